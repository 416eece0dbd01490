package io.readlens.stream.waiting;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long brokers and the schema registry may take to answer. Whoever waits says so every ten
 * seconds, or more often where the limit is below a minute.
 *
 * <p>Threading: safe for use by many threads.
 *
 * @param limit above zero
 */
public record Patience(Duration limit) {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int LEAST_LINES = 6;
  private static final int FAULTS_SHARE = 10;
  private static final Duration LEAST_OF_FAULTS = Duration.ofSeconds(5);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

  public Patience {
    if (limit.isZero() || limit.isNegative()) {
      throw new IllegalArgumentException(limit + " is not above zero");
    }
  }

  /**
   * Asks a question that ends by itself when the limit has passed, as Kafka's clients do, and says
   * meanwhile for whom it waits.
   *
   * @param whom such as {@code Kafka at kafka:9092}
   */
  public <T> T waitFor(String whom, Supplier<T> question) {
    return waitFor(() -> whom, question);
  }

  /**
   * The same, where for whom it waits may change meanwhile.
   *
   * @param whom asked for each line, by another thread
   */
  public <T> T waitFor(Supplier<String> whom, Supplier<T> question) {
    CountDownLatch answered = new CountDownLatch(1);
    Thread teller = new Thread(() -> tell(whom, answered), "readlens-patience");
    teller.setDaemon(true);
    teller.start();
    try {
      return question.get();
    } finally {
      answered.countDown();
    }
  }

  /**
   * Asks a question that ends at once, again and again until it is answered, and says meanwhile for
   * whom it waits, and what the last answer was.
   *
   * @param mayPass tells a failure that may pass from one that will not
   * @param closed ends the waiting when counted down, with the last failure
   * @throws RuntimeException the last failure, when the limit has passed or it will not pass
   */
  public <T> T retry(
      String whom,
      Supplier<T> question,
      Predicate<RuntimeException> mayPass,
      CountDownLatch closed) {
    AtomicReference<String> last = new AtomicReference<>("");
    long deadline = System.nanoTime() + limit.toNanos();
    return waitFor(
        () -> last.get().isEmpty() ? whom : whom + " (" + last.get() + ")",
        () -> {
          while (true) {
            try {
              return question.get();
            } catch (RuntimeException e) {
              last.set(String.valueOf(e.getMessage()));
              if (!mayPass.test(e) || System.nanoTime() - deadline > 0 || pause(closed)) {
                throw e;
              }
            }
          }
        });
  }

  /** Waits a moment; true if nobody wants the answer any more. */
  private static boolean pause(CountDownLatch closed) {
    try {
      return closed.await(BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /**
   * How long a server may be one that cannot be reached: a tenth of the limit, or five seconds
   * where that is more. One that is only busy accepts connections.
   */
  public Duration ofFaults() {
    Duration least = limit.compareTo(LEAST_OF_FAULTS) < 0 ? limit : LEAST_OF_FAULTS;
    Duration share = limit.dividedBy(FAULTS_SHARE);
    return share.compareTo(least) < 0 ? least : share;
  }

  /** How long whoever waits says nothing. */
  public Duration betweenLines() {
    Duration part = limit.dividedBy(LEAST_LINES);
    return part.compareTo(BETWEEN_LINES) < 0 ? part : BETWEEN_LINES;
  }

  private void tell(Supplier<String> whom, CountDownLatch answered) {
    Duration between = betweenLines();
    long start = System.nanoTime();
    try {
      while (!answered.await(between.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.info(
            "waiting for {}, {} s of {} s",
            whom.get(),
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
            limit.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
