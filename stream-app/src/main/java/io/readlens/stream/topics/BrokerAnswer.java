package io.readlens.stream.topics;

import io.readlens.model.process.Why;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** Waits for what an admin client has asked a broker. */
public final class BrokerAnswer {
  /** What Kafka's client tells of itself. */
  private static final Pattern CALL =
      Pattern.compile("Call\\(callName=(\\w+).*\\) timed out at \\d+ after (\\d+) attempt\\(s\\)");

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

  /**
   * What is said where brokers have not answered in time.
   *
   * @param brokers where they are
   * @param limit how long they had, as {@code patience.seconds} says
   */
  public static String late(String brokers, Duration limit, TimeoutException failure) {
    return "no answer from Kafka at %s in %d s: %s; patience.seconds lets it take longer"
        .formatted(
            brokers,
            limit.toSeconds(),
            CALL.matcher(Why.of(failure)).replaceAll("$1, asked $2 times"));
  }

  /** Waits for the same of a topic, which Kafka does not name when it refuses to speak of it. */
  public static <T> T of(KafkaFuture<T> asked, String topic) {
    try {
      return of(asked);
    } catch (TopicAuthorizationException e) {
      throw new TopicAuthorizationException(e.getMessage(), Set.of(topic));
    }
  }
}
