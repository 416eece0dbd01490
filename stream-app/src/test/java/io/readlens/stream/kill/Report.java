package io.readlens.stream.kill;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of a plan.
 *
 * @param outcomes how many a read_committed consumer sees
 * @param aborted how many more a read_uncommitted one sees
 * @param verdict on those that a read_committed consumer sees
 * @param uncommitted on those that a read_uncommitted one sees
 * @param duration of all, from the first start to the last look
 */
record Report(
    Plan plan,
    List<Kill> kills,
    int outcomes,
    int aborted,
    Verdict verdict,
    Verdict uncommitted,
    Duration duration) {
  @Override
  public String toString() {
    return "%s, seed %d: %,d reads, %d kill(s), %.1f s%n"
            .formatted(
                plan.app().getSimpleName(),
                plan.seed(),
                plan.reads(),
                kills.size(),
                duration.toMillis() / 1e3)
        + kills.stream().map("  killed %s%n"::formatted).collect(Collectors.joining())
        + "  %,d outcomes committed, %,d aborted; %s%n".formatted(outcomes, aborted, verdict);
  }
}
