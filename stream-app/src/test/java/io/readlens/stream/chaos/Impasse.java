package io.readlens.stream.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Tells that a wait is in vain: because nothing moves any more, or because processes start and end
 * all the time. How long anything takes is no sign, for the machine may be busy.
 *
 * <p>Threading: one thread.
 */
final class Impasse {
  /** Longer than any client or broker waits for another before it tries again. */
  private static final Duration STANDSTILL = Duration.ofMinutes(5);

  private static final int MANY_ENDINGS = 100;
  private static final Duration MOMENT = Duration.ofMillis(20);

  /** A wait in vain. */
  static final class Reached extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Reached(String message) {
      super(message);
    }
  }

  private record State(Progress.Snapshot progress, int endings) {}

  private final String awaited;
  private final LongSupplier nanos;
  private int endingsBefore = -1;
  private State last;
  private long since;

  /**
   * @param awaited what is waited for
   */
  Impasse(String awaited) {
    this(awaited, System::nanoTime);
  }

  Impasse(String awaited, LongSupplier nanos) {
    this.awaited = awaited;
    this.nanos = nanos;
    since = nanos.getAsLong();
  }

  /**
   * Looks whether something has moved.
   *
   * @param endings how many processes have ended so far
   * @throws Reached if nothing has for long
   */
  void look(Progress.Snapshot now, int endings) {
    State state = new State(now, endings);
    endingsBefore = endingsBefore < 0 ? endings : endingsBefore;
    if (!state.equals(last)) {
      last = state;
      since = nanos.getAsLong();
    }
    requireMotion(nanos.getAsLong() - since);
    if (endings - endingsBefore > MANY_ENDINGS) {
      throw new Reached(
          "waited for %s in vain: %d processes have ended".formatted(awaited, MANY_ENDINGS));
    }
  }

  /** Waits for what nothing but itself tells of. */
  static void await(String awaited, BooleanSupplier condition) {
    Impasse impasse = new Impasse(awaited);
    while (!condition.getAsBoolean()) {
      impasse.requireMotion(impasse.nanos.getAsLong() - impasse.since);
      LockSupport.parkNanos(MOMENT.toNanos());
    }
  }

  private void requireMotion(long still) {
    if (still > STANDSTILL.toNanos()) {
      throw new Reached(
          "waited for %s in vain: nothing has moved for %d s"
              .formatted(awaited, STANDSTILL.toSeconds()));
    }
  }
}
