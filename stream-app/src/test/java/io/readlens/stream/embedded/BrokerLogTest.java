package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a broker's log says of its end. */
class BrokerLogTest {
  private static final String INFO = "2026-11-30 09:06:36.900 INFO  KafkaRaftServer [main] x\n";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ERROR Kafka$ [main] Exiting Kafka due to fatal exception~java.lang.RuntimeException: Error:"
            + " node ID not found in d/kafka|1|it ended with exit code 1: Error: node ID not found in"
            + " d/kafka, see ",
        "ERROR LogManager [log-recovery] Error while loading log dir d~java.nio.file"
            + ".FileSystemException: d/_schemas-0/0.log: Is a directory~    at java.base/x~2026-11-30"
            + " 09:06:37.000 ERROR LogManager [main] Shutdown broker because all log dirs have"
            + " failed|1|it ended with exit code 1: d/_schemas-0/0.log: Is a directory, see ",
        "ERROR LogDirFailureChannel [x] Error while appending~java.io.IOException: No space left on"
            + " device|1|: No space left on device; the disk is full: free some of it, see ",
        "ERROR KafkaRaftServer [main] Fatal~org.apache.kafka.common.KafkaException: Failed to"
            + " open~Caused by: java.io.IOException: Too many open files|1|: Too many open files;"
            + " raise the limit on open files (ulimit -n), see ",
        "ERROR KafkaRaftServer [main] Exiting~  java.lang.RuntimeException: No readable file~  \tat"
            + " x.Y.z(Y.java:1)|1|exit code 1: No readable file, see ",
        "ERROR KafkaRaftServer [main] the last word|3|exit code 3: the last word, see ",
        "INFO  KafkaRaftServer [main] fine|137|it was ended by signal 9, see ",
      })
  void shouldSayHowAndWhyABrokerEnded(String lines, int code, String ending) throws IOException {
    // Given
    Path file = Files.writeString(directory.resolve("broker.log"), earlier());
    BrokerLog log = BrokerLog.of(file);
    Files.writeString(
        file,
        INFO + "2026-11-30 09:06:36.974 " + lines.replace('~', '\n') + "\n" + INFO,
        StandardOpenOption.APPEND);

    // When, Then
    assertThat(log.ending(code)).contains(ending).endsWith(", see " + file);
  }

  @Test
  void shouldReadNoLinesOfEarlierStarts() throws IOException {
    // Given
    Path file = Files.writeString(directory.resolve("broker.log"), earlier());

    // When, Then
    assertThat(BrokerLog.of(file).ending(1)).isEqualTo("it ended with exit code 1, see " + file);
    assertThat(BrokerLog.of(directory.resolve("none")).ending(1)).contains("exit code 1, see ");
  }

  private static String earlier() {
    return INFO + "java.lang.IllegalStateException: of yesterday\n";
  }
}
