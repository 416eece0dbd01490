package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the bundled checkpoint's page, on made-up genomes and few reads. */
class CheckpointPageTest {
  private static final Path PAGE =
      Path.of("../model/src/main/resources/io/readlens/checkpoint/default/README.md");
  private static final Pattern SHELL_BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```");
  private static final Pattern READS = Pattern.compile("--(reads|imitation) [1-9][0-9]*");
  private static final String TRAINER = "$T ";

  @TempDir Path directory;

  @Test
  void shouldMakeACheckpointAsThePageSays() throws IOException {
    // Given
    String genomes = new ToyPack().withBackground().directory().toString();
    String unknown = ToyPack.writeStranger(directory.resolve("unknown")).toString();
    List<String> commands = commands();
    assertThat(commands).hasSize(4);
    String reads = directory.resolve("reads.fastq.gz").toString();
    run("cut --genomes " + genomes + " --use TEST_REGION --per-genome 4 --out " + reads);

    // When
    for (String command : commands) {
      run(
          few(command)
              .replace("$GENOMES", genomes)
              .replace("$UNKNOWN", unknown)
              .replace("$KINDS", "vector,rRNA"));
    }

    // Then
    assertThat(Checkpoint.load(directory.resolve("default")).id()).hasSize(64);
    assertThat(directory.resolve("out.html")).content().startsWith("<!DOCTYPE html>");
    assertThat(directory.resolve("out.json")).isNotEmptyFile();
  }

  private static List<String> commands() throws IOException {
    return SHELL_BLOCK
        .matcher(Files.readString(PAGE))
        .results()
        .flatMap(block -> block.group(1).replace("\\\n", " ").lines())
        .filter(line -> line.startsWith(TRAINER))
        .map(line -> line.substring(TRAINER.length()))
        .toList();
  }

  /** The same with reads for a second, not for minutes. */
  private static String few(String command) {
    String few = READS.matcher(command).replaceAll("--$1 64");
    return few.startsWith("classifier ") && few.equals(command) ? few + " --reads 64" : few;
  }

  /** Files that a command names without a directory are in the test's. */
  private void run(String command) {
    String[] words = command.strip().split(" +");
    for (int i = 1; i < words.length; i++) {
      boolean isFile =
          List.of("--out", "--from", "--checkpoint", "--input", "--truth", "--json", "--html")
              .contains(words[i - 1]);
      if (isFile) {
        words[i] = directory.resolve(words[i]).toString();
      }
    }
    assertThat(Main.commandLine().execute(words)).as(command).isZero();
  }
}
