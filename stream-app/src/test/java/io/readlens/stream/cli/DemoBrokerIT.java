package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo} in a process of its own, whose broker is killed. */
@Timeout(300)
class DemoBrokerIT {
  @TempDir Path folder;

  @Test
  void shouldKeepAndNameTheLogOfABrokerThatWasKilled() throws Exception {
    // Given
    Path reads = folder.resolve("reads.fasta");
    Files.writeString(reads, ">a\n" + "ACGT".repeat(60) + "\n");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path errors = folder.resolve("errors.txt");
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "demo",
                "--input",
                reads.toString())
            .redirectError(Redirect.to(errors.toFile()))
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> said = new ArrayList<>();
      String line = out.readLine();
      while (line != null && !line.startsWith("all stays up")) {
        said.add(line);
        line = out.readLine();
      }
      assertThat(line).as(Files.readString(errors)).isNotNull();
      assertThat(said)
          .anyMatch(each -> each.matches("broker    127\\.0\\.0\\.1:\\d+"))
          .anyMatch(each -> each.matches("registry  http://127\\.0\\.0\\.1:\\d+"));

      // When
      demo.children().forEach(ProcessHandle::destroyForcibly);
      int code = demo.waitFor();

      // Then
      assertThat(code).isEqualTo(1);
      List<Path> kept;
      try (Stream<Path> files = Files.walk(temporary)) {
        kept = files.filter(file -> file.endsWith("broker.log")).toList();
      }
      assertThat(kept).hasSize(1).first().asString().contains("readlens-demo");
      assertThat(kept.get(0).getParent()).isDirectoryNotContaining(file -> !kept.contains(file));
      assertThat(errors)
          .content()
          .contains("the broker has ended; ending what works with it")
          .endsWith(
              "readlens: the broker is gone: it was ended by signal 9, see " + kept.get(0) + "\n");
    } finally {
      demo.destroyForcibly().onExit().join();
    }
  }
}
