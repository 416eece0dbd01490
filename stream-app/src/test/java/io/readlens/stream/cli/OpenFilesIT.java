package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program where so few files may be open that the JVM cannot read all its classes. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class OpenFilesIT {
  @ParameterizedTest
  @ValueSource(ints = {30, 40})
  void shouldSayInOneLineThatTooFewFilesMayBeOpen(int most) throws Exception {
    // When
    Process program =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n " + most + "; exec \"$@\" --version",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .start();

    // Then
    String said = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).isEqualTo(1);
    // That JNA's library cannot be unpacked may be said before.
    assertThat(said)
        .matches("(?s)(readlens: JNA cannot .+\n)?readlens: cannot load classes .+ too low\\?\n")
        .doesNotContain("\tat ");
  }
}
