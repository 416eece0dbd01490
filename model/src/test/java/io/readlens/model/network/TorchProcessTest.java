package io.readlens.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import io.readlens.model.process.Why;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TorchProcessTest {
  private static final TorchProcess.C LIBC = Native.load("c", TorchProcess.C.class);
  private static final String CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

  @Test
  void boundsWhatOneDnnKeeps() {
    // Given a process that nobody has told how much
    // When it is prepared
    TorchProcess.forInference();

    // Then libraries that are loaded from now on read the bound in their environment
    assertThat(LIBC.getenv(CAPACITY)).isEqualTo("32");
  }

  @Test
  void leavesWhatTheEnvironmentSays() {
    // Given an environment with a bound of its own
    String before = LIBC.getenv(CAPACITY);
    LIBC.setenv(CAPACITY, "7", 1);

    // When the process is prepared
    TorchProcess.forInference();

    // Then that bound stands
    assertThat(LIBC.getenv(CAPACITY)).isEqualTo("7");
    LIBC.setenv(CAPACITY, before == null ? "32" : before, 1);
  }

  /** Loads the engine, and says why that fails. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try {
          TorchProcess.manager().close();
        } catch (IllegalStateException e) {
          System.err.println(Why.of(e));
        }
      }
    }
  }

  @Test
  void namesTheDirectoryWhereTheEngineCannotBeUnpacked(@TempDir Path directory) throws Exception {
    // Given a directory that cannot be made
    Path cache = Files.createFile(directory.resolve("file")).resolve("cache");

    // When the engine is loaded, twice
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.offline=true",
                "-DDJL_CACHE_DIR=" + cache,
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();

    // Then each time one line has its name and what to set
    String said = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.lines())
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("cannot unpack and load the PyTorch engine in " + cache)
                    .contains("DJL_CACHE_DIR names another directory")
                    .endsWith(cache + ": Not a directory"));
  }
}
