package io.readlens.stream.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What is tried.
 *
 * @param app main class of the application, see {@link Instance}
 * @param reads how many to send
 * @param strikes in order; one instance runs before the first
 * @param seed decides the reads, the strikes and whom they hit
 */
record Plan(Class<?> app, int reads, List<Strike> strikes, long seed) {
  /**
   * A fault, and when.
   *
   * @param fault what happens
   * @param burst reads that are sent at once, so that the application is busy
   * @param after how many of them have an outcome when it happens
   * @param outage how long the broker or the registry stay away, the time to start left out
   */
  record Strike(Fault fault, int burst, int after, Duration outage) {}

  private static final int LEAST_BURST = 1_000;
  private static final int MOST_BURST = 2_000;

  /**
   * Draws strikes until each fault is among them, and none more than twice as often as its share.
   *
   * @param count how many strikes
   * @param from which faults
   * @param outage how long the registry stays away; the broker up to half as long
   */
  static Plan of(Class<?> app, int reads, int count, Set<Fault> from, Duration outage, long seed) {
    Random random = new Random(seed);
    List<Strike> strikes;
    do {
      strikes = strikes(count, from, outage, random);
    } while (!isBalanced(strikes.stream().map(Strike::fault).toList(), from));
    return new Plan(app, reads, List.copyOf(strikes), seed);
  }

  private static boolean isBalanced(List<Fault> drawn, Set<Fault> from) {
    return from.stream()
        .mapToInt(fault -> Collections.frequency(drawn, fault))
        .allMatch(times -> times >= 1 && times * from.size() <= 2 * drawn.size());
  }

  private static List<Strike> strikes(int count, Set<Fault> from, Duration outage, Random random) {
    List<Strike> strikes = new ArrayList<>();
    int instances = 1;
    while (strikes.size() < count) {
      int running = instances;
      List<Fault> possible =
          from.stream().sorted().filter(fault -> fault.canStrike(running)).toList();
      Fault fault = possible.get(random.nextInt(possible.size()));
      int burst = LEAST_BURST + random.nextInt(MOST_BURST - LEAST_BURST + 1);
      int after = random.nextInt(burst / 2);
      long broker = Math.round(random.nextDouble() * outage.toMillis() / 2);
      strikes.add(
          new Strike(
              fault,
              burst,
              after,
              fault == Fault.KILL_BROKER ? Duration.ofMillis(broker) : outage));
      instances = fault.leaves(instances);
    }
    return strikes;
  }
}
