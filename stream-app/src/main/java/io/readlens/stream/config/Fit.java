package io.readlens.stream.config;

/**
 * A device's speed, as Kafka's settings are fitted to it that cannot change while a client lives.
 * Nothing here can fail: a device that is slower than it seemed is slow, and no reason not to
 * start. What follows from its speed at any moment is the device worker's to know.
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
}
