package io.readlens.stream.config;

import java.time.Duration;

/**
 * What follows from a device's speed, so that a slow device, or one that is asked about long reads,
 * neither lets a transaction time out nor leaves the group: either would have the same reads done
 * again and again, for ever.
 *
 * @param queueTokens tokens that may wait for the device
 * @param maxPollRecords reads that one poll may bring
 * @param transactionTimeout how long a transaction may be open
 */
public record Fit(long queueTokens, int maxPollRecords, Duration transactionTimeout) {
  /** Work in stock: it bridges what a stream thread does between two polls. */
  private static final double STOCK_SECONDS = 1;

  /**
   * After a crash, readers of committed records wait for the transactions that it left open. Kafka
   * Streams' own default is 10 s; much less, and a pause of the machine would abort what is alive.
   */
  private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(5);

  /** More would make a crash felt so long that somebody should have asked for it. */
  private static final Duration MOST_TIMEOUT = Duration.ofSeconds(60);

  /** A batch is fitted to a fifth of a second; no machine pauses fifty times as long. */
  private static final Duration LEAST_DEADLINE = Duration.ofSeconds(10);

  private static final int LEAST_POLL = 16;

  /** More reads in hand than a quick device needs only cost memory, and the collector time. */
  private static final int MOST_POLL = 500;

  /** Tokens of a read of 1,500 bases: the polls of all stream threads are a second's such work. */
  private static final int ORDINARY_READ = 251;

  /**
   * How long one batch may keep the device before the device counts as stuck: an answer that comes
   * when its transaction has timed out is of no use.
   */
  public Duration deviceDeadline() {
    return transactionTimeout.compareTo(LEAST_DEADLINE) < 0 ? LEAST_DEADLINE : transactionTimeout;
  }

  /**
   * A device at work.
   *
   * @param tokensPerSecond what it answers
   * @param onDevice tokens that it may have in hand at once
   * @param longestRead tokens of the longest read that is accepted, counted once for each window
   */
  public record Device(double tokensPerSecond, long onDevice, long longestRead) {
    double seconds(long tokens) {
      return tokens / tokensPerSecond;
    }
  }

  /**
   * Fits the settings that nobody has set to the device, and checks those that somebody has.
   *
   * <ul>
   *   <li>A transaction must outlive the longest wait between two commits: a stream thread that has
   *       written something waits for the longest read, behind a full queue and what is on the
   *       device. That must take no more than half of {@code transaction.timeout.ms}.
   *   <li>A poll must be done in half of {@code max.poll.interval.ms}, should all its reads be of
   *       the greatest length and every stream thread have as many.
   * </ul>
   *
   * @throws ConfigurationException if no setting would do: it names the one to change
   */
  static Fit of(AppConfig config, Device device) {
    int pollRecords = pollRecords(config, device);
    long most = Math.max(2 * device.onDevice(), (long) (STOCK_SECONDS * device.tokensPerSecond()));
    long least = 2 * device.onDevice();
    Duration limit = config.transactionTimeout().orElse(MOST_TIMEOUT);
    long queue = wait(device, most) <= limit.toMillis() / 2e3 ? most : least;
    double wait = wait(device, queue);
    if (wait > limit.toMillis() / 2e3) {
      throw new ConfigurationException(
          ("the device needs %.1f s for the longest read accepted and all before it, more than half"
                  + " of transaction.timeout.ms = %d: lower max.read.length = %d to %d, or raise"
                  + " transaction.timeout.ms to %d")
              .formatted(
                  wait,
                  limit.toMillis(),
                  config.maxReadLength(),
                  longestThatFits(config, device, limit.toMillis() / 2e3 - wait(device, queue, 0)),
                  Math.round(Math.ceil(2 * wait) * 1e3)));
    }
    Duration needed = Duration.ofSeconds(Math.round(Math.ceil(2 * wait)));
    Duration fitted = needed.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : needed;
    return new Fit(queue, pollRecords, config.transactionTimeout().orElse(fitted));
  }

  private static int pollRecords(AppConfig config, Device device) {
    double interval = config.maxPollInterval().toMillis() / 2e3;
    double longest = config.streamThreads() * device.seconds(device.longestRead());
    double most = Math.floor(interval / longest);
    int wanted =
        (int)
            Math.min(
                MOST_POLL,
                Math.max(
                    LEAST_POLL, device.tokensPerSecond() / ORDINARY_READ / config.streamThreads()));
    int given = config.maxPollRecords().orElse(0);
    if (most < Math.max(1, given)) {
      throw new ConfigurationException(
          ("max.poll.records%s: the device needs %.1f s for a read of %d bases, so that %.0f for each"
                  + " stream thread fill half of max.poll.interval.ms = %d: lower %s or raise"
                  + " max.poll.interval.ms")
              .formatted(
                  given == 0 ? "" : " = " + given,
                  device.seconds(device.longestRead()),
                  config.maxReadLength(),
                  most,
                  config.maxPollInterval().toMillis(),
                  given > 1 ? "it, or max.read.length," : "max.read.length"));
    }
    return given == 0 ? (int) Math.min(wanted, most) : given;
  }

  private static double wait(Device device, long queue) {
    return wait(device, queue, device.longestRead());
  }

  private static double wait(Device device, long queue, long longest) {
    return device.seconds(queue + device.onDevice() + longest);
  }

  private static long longestThatFits(AppConfig config, Device device, double seconds) {
    double share = seconds / device.seconds(device.longestRead());
    return Math.max(config.minReadLength(), (long) (share * config.maxReadLength()));
  }
}
