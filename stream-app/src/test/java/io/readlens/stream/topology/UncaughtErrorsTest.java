package io.readlens.stream.topology;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UncaughtErrorsTest {
  private final UncaughtErrors errors = new UncaughtErrors();

  static List<KafkaException> whatMayPass() {
    return List.of(
        new TimeoutException("brokers are slow"),
        new DisconnectException("brokers are gone"),
        new InvalidTxnStateException("the transaction is over"));
  }

  @ParameterizedTest
  @MethodSource("whatMayPass")
  void shouldTryAgainWhatMayPass(KafkaException cause) {
    // Given
    StreamsException wrapped = new StreamsException(cause);

    // When
    StreamThreadExceptionResponse response = errors.handle(wrapped);

    // Then
    assertThat(response).isEqualTo(REPLACE_THREAD);
    assertThat(errors.fatal()).isEmpty();
  }

  @Test
  void shouldStopAtWhatWillNotPassAndKeepTheFirstCause() {
    // Given
    RecordTooLargeException first = new RecordTooLargeException("first");
    errors.handle(new StreamsException(new StreamsException(first)));

    // When
    StreamThreadExceptionResponse response = errors.handle(new IllegalStateException("second"));

    // Then
    assertThat(response).isEqualTo(SHUTDOWN_CLIENT);
    assertThat(errors.fatal()).containsSame(first);
  }
}
