package io.readlens.stream.connect;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the brokers go away while something works with them, and when they are back. Kafka's
 * clients only try again, and what they log is not shown.
 *
 * <p>Brokers that are busy are not away: unless a fault is seen, they may be silent for a while.
 *
 * <p>Threading: asks on a thread of its own.
 */
final class BrokerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerWatch.class);
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Silence without a fault that can be seen is said after this. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(60);

  private final String brokers;
  private final Supplier<Future<?>> question;
  private final Supplier<Optional<Fault>> look;
  private final Runnable last;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** When the first question was asked that was not answered; 0 while all are. */
  private long silentSince;

  private String said = "";
  private long saidAt;

  /**
   * @param question asks the brokers; its answer may fail
   * @param look for a fault; takes a few seconds at most
   * @param last done when the watch ends
   */
  BrokerWatch(
      String brokers, Supplier<Future<?>> question, Supplier<Optional<Fault>> look, Runnable last) {
    this.brokers = brokers;
    this.question = question;
    this.look = look;
    this.last = last;
  }

  /**
   * @param settings of Kafka's admin client
   */
  static BrokerWatch start(
      String brokers, Map<String, ?> settings, Supplier<Optional<Fault>> look) {
    Map<String, Object> quick = new HashMap<>(settings);
    quick.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    quick.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER.toMillis());
    Admin admin = Admin.create(quick);
    BrokerWatch watch =
        new BrokerWatch(
            brokers,
            () -> admin.describeCluster().nodes().toCompletionStage().toCompletableFuture(),
            look,
            () -> admin.close(Duration.ZERO));
    Thread thread = new Thread(watch::run, "readlens-brokers");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  private void run() {
    try {
      while (!closed.await(BETWEEN_QUESTIONS.toMillis(), TimeUnit.MILLISECONDS)) {
        ask(System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      last.run();
    }
  }

  /**
   * Asks once, and says what is new.
   *
   * @param now in nanoseconds, of the same clock each time
   */
  void ask(long now) throws InterruptedException {
    if (isAnswered()) {
      if (!said.isEmpty()) {
        LOG.info("{} answer again, after {} s", brokers, seconds(now - silentSince));
      }
      silentSince = 0;
      said = "";
      return;
    }
    silentSince = silentSince == 0 ? now : silentSince;
    Optional<Fault> fault = look.get();
    boolean seen = fault.isPresent() && !fault.get().is(Fault.Kind.SILENCE);
    if (closed.getCount() == 0 || (!seen && now - silentSince < SILENCE.toNanos())) {
      return;
    }
    String words = fault.map(Fault::words).orElse(brokers + ": no answer");
    if (!words.equals(said) || now - saidAt >= BETWEEN_LINES.toNanos()) {
      LOG.warn(
          "{} (for {} s; what works with them waits)",
          ConnectionException.oneLine(words),
          seconds(now - silentSince));
      said = words;
      saidAt = now;
    }
  }

  private boolean isAnswered() throws InterruptedException {
    try {
      question.get().get(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  private static long seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
