package io.readlens.stream.checkpoints;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Checkpoints for tests: the bundled one, copied and changed. */
public final class CheckpointFiles {
  private static final List<String> NAMES =
      List.of(
          "config.json",
          "classifier.safetensors",
          "explainer.safetensors",
          "labels.tsv",
          "metrics.json",
          "SHA256SUMS");

  private CheckpointFiles() {}

  /** The bundled checkpoint with other metrics, and so another id, and without its confusion. */
  public static Checkpoint write(Path directory, int number) {
    try {
      Files.createDirectories(directory);
      for (String name : NAMES) {
        String resource = "/io/readlens/checkpoint/default/" + name;
        try (InputStream in = Checkpoint.class.getResourceAsStream(resource)) {
          Files.write(directory.resolve(name), in.readAllBytes());
        }
      }
      Path sums = directory.resolve("SHA256SUMS");
      List<String> lines = new ArrayList<>(Files.readAllLines(sums));
      lines.removeIf(line -> line.endsWith("  confusion.tsv"));
      Files.write(sums, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    edit(directory, "metrics.json", "{", "{\"number\": " + number + ",");
    return Checkpoint.load(directory);
  }

  /** Changes the first of a text in a file, and makes the digests agree with it. */
  public static void edit(Path directory, String file, String from, String to) {
    try {
      Path path = directory.resolve(file);
      String text = Files.readString(path);
      int at = text.indexOf(from);
      Files.writeString(path, text.substring(0, at) + to + text.substring(at + from.length()));
      sign(directory, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a file to a checkpoint, and to its digests. */
  public static void add(Path directory, String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text);
      Files.writeString(
          directory.resolve("SHA256SUMS"),
          Sha256.of(text.getBytes(StandardCharsets.UTF_8)) + "  " + file + "\n",
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the digests agree with a file. */
  static void sign(Path directory, String file) {
    try {
      Path path = directory.resolve(file);
      String digest = Sha256.of(Files.readAllBytes(path));
      Path sums = directory.resolve("SHA256SUMS");
      Files.writeString(
          sums,
          Files.readString(sums)
              .lines()
              .map(line -> line.endsWith(" " + file) ? digest + "  " + file : line)
              .collect(Collectors.joining("\n", "", "\n")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes the numbers of a tensor, and makes the digests agree. */
  public static void numbers(
      Path directory, String file, String tensor, Consumer<ByteBuffer> change) {
    try {
      byte[] content = Files.readAllBytes(directory.resolve(file));
      ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      int header = Math.toIntExact(buffer.getLong());
      int start =
          new ObjectMapper()
              .readTree(content, Long.BYTES, header)
              .get(tensor)
              .get("data_offsets")
              .get(0)
              .intValue();
      change.accept(
          buffer.position(Long.BYTES + header + start).slice().order(ByteOrder.LITTLE_ENDIAN));
      Files.write(directory.resolve(file), content);
      sign(directory, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips a bit of a file. */
  public static void corrupt(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      content[content.length / 2] ^= 1;
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts a file in half. */
  public static void truncate(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(content, content.length / 2));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
