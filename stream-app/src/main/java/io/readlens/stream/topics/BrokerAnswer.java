package io.readlens.stream.topics;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

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

  /** The same of a topic, which Kafka does not name when it refuses to speak of it. */
  public static <T> T of(KafkaFuture<T> asked, String topic) {
    try {
      return of(asked);
    } catch (TopicAuthorizationException e) {
      throw new TopicAuthorizationException(e.getMessage(), Set.of(topic));
    }
  }
}
