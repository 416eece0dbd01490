package io.readlens.stream.topics;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;

/** Waits for what an admin client has asked a broker. */
public final class BrokerAnswer {
  private BrokerAnswer() {}

  /**
   * Waits for as long as the client's own timeouts allow.
   *
   * @throws KafkaException what the broker or the client says instead of an answer
   * @throws InterruptException if the caller was interrupted
   */
  public static <T> T of(KafkaFuture<T> asked) {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
