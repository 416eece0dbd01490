package io.readlens.stream.config;

import java.util.Locale;

/**
 * A device's speed, as Kafka's settings are fitted to it that cannot change while a client lives. A
 * device that is slower than it seemed is slow, and no reason not to start. What follows from its
 * speed at any moment is the device worker's to know.
 *
 * @param tokensPerSecond what the device answers on a quiet machine
 * @param longestRead tokens of the longest read that is accepted, counted once for each window
 */
public record Fit(double tokensPerSecond, long longestRead) {
  private static final int LEAST_POLL = 16;

  /** More reads in hand than a quick device needs only cost memory, and the collector time. */
  private static final int MOST_POLL = 500;

  /** Tokens of a read of 1,500 bases: the polls of all stream threads are a second's such work. */
  private static final int ORDINARY_READ = 251;

  /**
   * Reads that one poll brings: a second's work for all stream threads, but no more than are done
   * in half of {@code max.poll.interval.ms}, should all be of the greatest length and every stream
   * thread have as many; at least one.
   */
  int maxPollRecords(AppConfig config) {
    double wanted = tokensPerSecond / ORDINARY_READ / config.streamThreads();
    double longest = config.streamThreads() * longestRead / tokensPerSecond;
    double inTime = Math.floor(config.maxPollInterval().toMillis() / 2e3 / longest);
    return (int) Math.max(1, Math.min(inTime, Math.min(MOST_POLL, Math.max(LEAST_POLL, wanted))));
  }

  /**
   * Requires that this will do for an application whose polls were fitted to another model, and
   * cannot be fitted again: where polls last too long, Kafka takes the partitions away in the
   * middle of each, time and again. Ordinary reads are reckoned with, and one of the greatest
   * length: a poll of many long ones is done late, as it is at any speed.
   *
   * @param first what the polls were fitted to; where that is too slow as well, nothing is required
   * @param fitted the application's settings
   * @throws ConfigurationException if it is too slow
   */
  public void requireEnoughFor(AppConfig fitted, Fit first) {
    double limit = fitted.maxPollInterval().toMillis() / 1e3;
    if (seconds(fitted) > limit && first.seconds(fitted) <= limit) {
      String what =
          poll(fitted) > longestRead
              ? "a poll of " + fitted.maxPollRecords() + " reads of 1500 bases"
              : "a read of " + fitted.maxReadLength() + " bases";
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "it is too slow: %s by each stream thread takes %.0f s, max.poll.interval.ms allows"
                  + " %.0f s; raise that, or start instances with this checkpoint",
              what,
              seconds(fitted),
              limit));
    }
  }

  /** Tokens of a poll of ordinary reads. */
  private static double poll(AppConfig fitted) {
    return (double) fitted.maxPollRecords() * ORDINARY_READ;
  }

  /** What a poll takes, or a single long read, if all stream threads have one. */
  private double seconds(AppConfig fitted) {
    return fitted.streamThreads() * Math.max(poll(fitted), (double) longestRead) / tokensPerSecond;
  }
}
