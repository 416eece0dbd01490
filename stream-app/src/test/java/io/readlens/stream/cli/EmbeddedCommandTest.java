package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedCommandTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"--broker-port, broker", "--registry-port, registry"})
  void shouldNameThePortThatIsTakenBeforeAnythingStarts(String option, String owner)
      throws IOException {
    // Given
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(other.getLocalPort());

      // When
      CommandRun run = CommandRun.of("embedded", "--data-dir", directory.toString(), option, port);

      // Then
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .isEqualTo("readlens: " + owner + ": port " + port + " on 127.0.0.1 is already in use\n");
      assertThat(run.out()).isEmpty();
      assertThat(directory).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"65536", "-1", "http"})
  void shouldRefuseAPortThatIsNone(String port) {
    // When
    CommandRun run =
        CommandRun.of("embedded", "--data-dir", directory.toString(), "--broker-port=" + port);

    // Then
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--broker-port").contains(port).doesNotContain("\tat ");
  }

  @Test
  void shouldRefuseOnePortForBoth() {
    // When
    CommandRun run =
        CommandRun.of(
            "embedded", "--data-dir=" + directory, "--broker-port=24321", "--registry-port=24321");

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("readlens: registry: port 24321").hasLineCount(1);
  }
}
