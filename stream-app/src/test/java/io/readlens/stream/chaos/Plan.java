package io.readlens.stream.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What is tried.
 *
 * @param app main class of the application, see {@link Instance}
 * @param reads how many to send
 * @param strikes in order; one instance runs before the first
 * @param outage how long the registry stays down
 * @param seed decides the reads, the strikes and whom they hit
 */
record Plan(Class<?> app, int reads, List<Strike> strikes, Duration outage, long seed) {
  /**
   * A fault, and when.
   *
   * @param fault what happens
   * @param burst reads that are sent at once, so that the application is busy
   * @param after how many of them have an outcome when it happens
   */
  record Strike(Fault fault, int burst, int after) {}

  private static final int LEAST_BURST = 1_000;
  private static final int MOST_BURST = 2_000;

  /**
   * Draws strikes until each fault that is required is among them.
   *
   * @param count how many strikes
   * @param from which faults
   */
  static Plan of(
      Class<?> app,
      int reads,
      int count,
      Set<Fault> from,
      Set<Fault> required,
      Duration outage,
      long seed) {
    Random random = new Random(seed);
    List<Strike> strikes;
    do {
      strikes = strikes(count, from, random);
    } while (!strikes.stream().map(Strike::fault).toList().containsAll(required));
    return new Plan(app, reads, List.copyOf(strikes), outage, seed);
  }

  private static List<Strike> strikes(int count, Set<Fault> from, Random random) {
    List<Strike> strikes = new ArrayList<>();
    int instances = 1;
    while (strikes.size() < count) {
      int running = instances;
      List<Fault> possible =
          from.stream().sorted().filter(fault -> fault.canStrike(running)).toList();
      Fault fault = possible.get(random.nextInt(possible.size()));
      int burst = LEAST_BURST + random.nextInt(MOST_BURST - LEAST_BURST + 1);
      strikes.add(new Strike(fault, burst, random.nextInt(burst / 2)));
      instances = fault.leaves(instances);
    }
    return strikes;
  }
}
