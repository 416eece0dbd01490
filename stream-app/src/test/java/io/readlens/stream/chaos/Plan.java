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
 * @param reads how many to send at least: more if the faults last longer
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
   * @param outage how long the broker, the registry, the topic or a process that is stopped stay
   *     away, the time to start left out
   */
  record Strike(Fault fault, int burst, int after, Duration outage) {}

  private static final int LEAST_BURST = 1_000;
  private static final int MOST_BURST = 2_000;

  /**
   * Draws strikes: each fault is among them, and none more than once more often than another.
   *
   * @param count how many strikes, as many as there are faults at least
   * @param from which faults
   * @param outage how long the registry stays away, or a process that is stopped; the broker and
   *     the topic up to half as long
   */
  static Plan of(Class<?> app, int reads, int count, Set<Fault> from, Duration outage, long seed) {
    Random random = new Random(seed);
    List<Fault> faults;
    do {
      faults = draw(count, from, random);
    } while (!canStrike(faults));
    return new Plan(app, reads, strikes(faults, outage, random), seed);
  }

  private static List<Fault> draw(int count, Set<Fault> from, Random random) {
    List<Fault> drawn = new ArrayList<>();
    while (drawn.size() < count) {
      List<Fault> round = new ArrayList<>(from.stream().sorted().toList());
      Collections.shuffle(round, random);
      drawn.addAll(round.subList(0, Math.min(round.size(), count - drawn.size())));
    }
    Collections.shuffle(drawn, random);
    return drawn;
  }

  private static boolean canStrike(List<Fault> faults) {
    int instances = 1;
    for (Fault fault : faults) {
      if (!fault.canStrike(instances)) {
        return false;
      }
      instances = fault.leaves(instances);
    }
    return true;
  }

  private static List<Strike> strikes(List<Fault> faults, Duration outage, Random random) {
    List<Strike> strikes = new ArrayList<>();
    for (Fault fault : faults) {
      int burst = LEAST_BURST + random.nextInt(MOST_BURST - LEAST_BURST + 1);
      int after = random.nextInt(burst / 2);
      Duration some = Duration.ofMillis(Math.round(random.nextDouble() * outage.toMillis() / 2));
      boolean brief = fault == Fault.KILL_BROKER || fault == Fault.RECREATE_READS;
      strikes.add(new Strike(fault, burst, after, brief ? some : outage));
    }
    return List.copyOf(strikes);
  }
}
