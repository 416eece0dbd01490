package io.readlens.stream.checkpoints;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.checkpoint.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Checkpoints that must not get into service: each copied from the bundled one and spoiled. */
public enum BadCheckpoint {
  /** One row of the embeddings: that of one token. */
  NAN_IN_A_ROW("tensor esm.embeddings.word_embeddings.weight is not finite: number 256000 of it") {
    @Override
    void spoil(Path directory) throws IOException {
      CheckpointFiles.numbers(
          directory,
          CLASSIFIER,
          "esm.embeddings.word_embeddings.weight",
          numbers -> {
            for (int i = 0; i < HIDDEN; i++) {
              numbers.putFloat((1_000 * HIDDEN + i) * Float.BYTES, Float.NaN);
            }
          });
    }
  },

  INFINITE("tensor explainer.output.presence.bias is not finite: number 168 of it is -Infinity") {
    @Override
    void spoil(Path directory) throws IOException {
      CheckpointFiles.numbers(
          directory,
          EXPLAINER,
          "explainer.output.presence.bias",
          numbers -> numbers.putFloat(168 * Float.BYTES, Float.NEGATIVE_INFINITY));
    }
  },

  BF16("tensor classifier.genus.weight is BF16, only F32 is read") {
    @Override
    void spoil(Path directory) throws IOException {
      header(
          directory,
          CLASSIFIER,
          header -> header.withObject("classifier.genus.weight").put("dtype", "BF16"));
    }
  },

  F64("tensor explainer.output.scale.weight is F64, only F32 is read") {
    @Override
    void spoil(Path directory) throws IOException {
      header(
          directory,
          EXPLAINER,
          header -> header.withObject("explainer.output.scale.weight").put("dtype", "F64"));
    }
  },

  HUGE_HEADER("it is no safetensors file: a header of 9223372036854775807 bytes") {
    @Override
    void spoil(Path directory) throws IOException {
      byte[] file = Files.readAllBytes(directory.resolve(CLASSIFIER));
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE);
      Files.write(directory.resolve(CLASSIFIER), file);
      CheckpointFiles.sign(directory, CLASSIFIER);
    }
  },

  /** Two tensors in one place. */
  OVERLAP("tensor explainer.output.presence.weight lies at bytes [") {
    @Override
    void spoil(Path directory) throws IOException {
      header(
          directory,
          EXPLAINER,
          header ->
              header
                  .withObject("explainer.output.presence.weight")
                  .putArray("data_offsets")
                  .add(3_000)
                  .add(6_128));
    }
  },

  BILLION_LAYERS("config.json: num_hidden_layers cannot be 1000000000; ") {
    @Override
    void spoil(Path directory) {
      CheckpointFiles.edit(
          directory,
          "config.json",
          "\"num_hidden_layers\" : 0,",
          "\"num_hidden_layers\" : 1000000000,");
    }
  },

  /** Weights of 52 MB, and 4 GB for two windows: as the canary in several of them wants. */
  WIDE_EXPLAINER(
      "explainer_hidden_size cannot be 19000 with window_tokens 8191: one window would take 2375 MiB,"
          + " 64 at most") {
    @Override
    void spoil(Path directory) {
      CheckpointFiles.edit(
          directory,
          "config.json",
          "\"explainer_hidden_size\" : 0,",
          "\"explainer_hidden_size\" : 19000,");
      CheckpointFiles.edit(
          directory, "config.json", "\"explainer\" : \"EVIDENCE\",", "\"explainer\" : \"SHARED\",");
      longWindows(directory);
    }
  },

  /** No weight depends on the number of heads. */
  MANY_HEADS(
      "num_attention_heads cannot be 128 with window_tokens 8191: one window would take 32768 MiB,"
          + " 512 at most") {
    @Override
    void spoil(Path directory) {
      CheckpointFiles.edit(
          directory,
          "config.json",
          "\"num_attention_heads\" : 4,",
          "\"num_attention_heads\" : 128,");
      CheckpointFiles.edit(
          directory, "config.json", "\"num_hidden_layers\" : 0,", "\"num_hidden_layers\" : 1,");
      longWindows(directory);
    }
  },

  MISSING_FILE("explainer.safetensors is missing; copy the whole checkpoint again") {
    @Override
    void spoil(Path directory) throws IOException {
      Files.delete(directory.resolve(EXPLAINER));
    }
  },

  HALF_UPLOADED("classifier.safetensors differs from its digest in SHA256SUMS") {
    @Override
    void spoil(Path directory) {
      CheckpointFiles.truncate(directory.resolve(CLASSIFIER));
    }
  },

  HUGE_DIGESTS("SHA256SUMS cannot be read: it is larger than the 1048576 bytes") {
    @Override
    void spoil(Path directory) throws IOException {
      try (RandomAccessFile file =
          new RandomAccessFile(directory.resolve("SHA256SUMS").toFile(), "rw")) {
        file.setLength(128 << 20);
      }
    }
  },

  /** As its server sends it: see {@link #ENDLESS_FILE}. */
  ENDLESS_BODY("classifier.safetensors cannot be read: it is larger than the ") {
    @Override
    void spoil(Path directory) {}
  },

  OTHER_LABELS("its labels are others than those in service") {
    @Override
    void spoil(Path directory) {
      CheckpointFiles.edit(directory, "labels.tsv", "Bacteria", "Bakteria");
    }
  };

  private static void longWindows(Path directory) {
    CheckpointFiles.edit(
        directory, "config.json", "\"window_tokens\" : 256,", "\"window_tokens\" : 8191,");
    CheckpointFiles.edit(
        directory,
        "config.json",
        "\"max_position_embeddings\" : 2050,",
        "\"max_position_embeddings\" : 8192,");
  }

  private static final String CLASSIFIER = "classifier.safetensors";
  private static final String EXPLAINER = "explainer.safetensors";
  private static final int HIDDEN = 256;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a server is to send without end if it serves {@link #ENDLESS_BODY}. */
  public static final String ENDLESS_FILE = CLASSIFIER;

  private final String reason;

  BadCheckpoint(String reason) {
    this.reason = reason;
  }

  /** What a refusal of it says, among other things. */
  public String reason() {
    return reason;
  }

  /** Makes it so; the directory holds the bundled checkpoint. */
  abstract void spoil(Path directory) throws IOException;

  /**
   * Writes it, and announces it as whoever made it would: by its own id and digests, before an
   * upload that leaves something out.
   *
   * @param location where instances are to find it
   */
  public CheckpointEvent write(Path directory, String location) {
    try {
      CheckpointFiles.write(directory, name().hashCode());
      boolean partly = this == MISSING_FILE || this == HALF_UPLOADED || this == HUGE_DIGESTS;
      if (!partly) {
        spoil(directory);
      }
      Map<String, String> digests = new LinkedHashMap<>();
      for (String line : Files.readAllLines(directory.resolve("SHA256SUMS"))) {
        String[] parts = line.split("  ");
        digests.put(parts[1], parts[0]);
      }
      CheckpointEvent event =
          CheckpointEvent.newBuilder()
              .setKind(CheckpointEventKind.ANNOUNCED)
              .setCheckpointId(Sha256.of(Files.readAllBytes(directory.resolve("SHA256SUMS"))))
              .setLocation(location)
              .setDigests(digests)
              .setLabelsDigest(digests.get("labels.tsv"))
              .setTime(Instant.EPOCH)
              .build();
      if (partly) {
        spoil(directory);
      }
      return event;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes the header of a file of tensors; the numbers stay. */
  private static void header(Path directory, String file, Consumer<ObjectNode> change)
      throws IOException {
    byte[] content = Files.readAllBytes(directory.resolve(file));
    int length = Math.toIntExact(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong());
    ObjectNode header = (ObjectNode) JSON.readTree(content, Long.BYTES, length);
    change.accept(header);
    byte[] changed = header.toString().getBytes(StandardCharsets.UTF_8);
    int numbers = content.length - Long.BYTES - length;
    ByteBuffer all =
        ByteBuffer.allocate(Long.BYTES + changed.length + numbers).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(changed.length).put(changed).put(content, Long.BYTES + length, numbers);
    Files.write(directory.resolve(file), all.array());
    CheckpointFiles.sign(directory, file);
  }
}
