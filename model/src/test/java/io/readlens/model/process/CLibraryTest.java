package io.readlens.model.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.network.TorchProcess;
import io.readlens.model.terminal.LiveView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs where JNA's library can be unpacked and loaded, and where it cannot. */
@EnabledOnOs(OS.LINUX)
class CLibraryTest {
  @TempDir Path directory;

  @BeforeEach
  void prepare() throws IOException {
    Files.createDirectory(directory.resolve("sound"));
    Files.createFile(directory.resolve("file"));
  }

  /** As both programs begin, and end. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Ending.install();
      TorchProcess.forInference();
      CLibrary.fault().ifPresent(System.err::println);
      System.out.println(LiveView.onOutput().isPresent());
      Ending.exit(7);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-Djna.tmpdir=HERE/file, HERE/file (HERE/file",
    "-Djna.tmpdir=HERE/file/a, HERE/file/a (HERE/file",
    "-Djna.tmpdir=HERE/sound -Djna.noclasspath=true, HERE/sound (Unable to locate JNA native",
    "-Djna.tmpdir=HERE/sound -Djna.nounpack=true, HERE/sound (",
  })
  void shouldGoOnWithoutItAndNameTheDirectoryAndWhatToSet(String options, String named)
      throws Exception {
    // When
    Process program = start(options);

    // Then
    String out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(err).isEqualTo(7);
    assertThat(out).isEqualTo("false\n");
    assertThat(err.lines()).hasSize(1);
    assertThat(err)
        .startsWith(
            "JNA cannot unpack and load its library in "
                + named.replace("HERE", directory.toString()))
        .endsWith("java -Djna.tmpdir=DIR -jar ...\n");
    assertThat(left()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sound", "missing/yet"})
  void shouldLeaveNothingWhereItIsUnpacked(String name) throws Exception {
    // When
    Process program = start("-Djna.tmpdir=HERE/" + name);

    // Then
    String err = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).isEqualTo(7);
    assertThat(err).isEmpty();
    assertThat(directory.resolve(name)).isEmptyDirectory();
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("sound"))) {
      return files.toList();
    }
  }

  private Process start(String options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.replace("HERE", directory.toString()).split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    return new ProcessBuilder(command).start();
  }
}
