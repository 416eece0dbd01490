package io.readlens.stream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every read has one outcome, although applications, broker, registry and device fail while reads
 * flow; and the test that says so notices an application of which it is not true.
 *
 * <p>The kills hit open transactions: what those had written was aborted and done again, so a
 * read_uncommitted consumer sees as many outcomes twice as were aborted, but for those of reads
 * that were deleted before they could be done again, and a read_committed one none.
 *
 * <p>{@code mvn verify} runs a short form. The long form, 60,000 reads at least and 20 faults, and
 * no other test:
 *
 * <pre>mvn -B -ntp -Pchaos -DskipTests verify -pl stream-app -am</pre>
 *
 * <p>Both print a seed, and {@code -Dreadlens.chaos.seed=...} sends the same reads and has the same
 * faults strike after as many of them, in the same order; the moment within a transaction is the
 * machine's to choose. The report is kept in {@code target/chaos/}.
 *
 * <p>Nothing here is too slow: a trial ends in failure when nothing moves any more. To fill a disk
 * takes a small one, which only root may mount; elsewhere that fault is left out, and it says so.
 */
@Timeout(10_800)
class ChaosIT {
  private static final int READS = Integer.getInteger("readlens.chaos.reads", 30_000);
  private static final int FAULTS = Integer.getInteger("readlens.chaos.faults", 16);
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("readlens.chaos.outage", 5));
  private static final int CONTROL_READS = 5_000;

  private static final Path DIRECTORY = Path.of("target", "chaos");

  private final long seed = Long.getLong("readlens.chaos.seed", System.nanoTime());

  @Test
  void shouldGiveEachReadOneOutcomeThroughFaults() throws IOException {
    // Given
    Plan plan = Plan.of(Product.class, READS, FAULTS, possible(), OUTAGE, seed);

    // When
    Report report = run(plan);

    // Then
    assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FLAWLESS);
    assertThat(report.outcomes()).as(report.toString()).isEqualTo(report.due());
    assertThat(report.ledger()).as(report.toString()).isEmpty();
    assertThat(report.surprises()).as(report.toString()).isEmpty();
    assertThat(report.killed()).as(report.toString()).isPositive();
    assertThat(report.uncommitted().doubled())
        .as(report.toString())
        .hasSize(report.aborted().size() - report.neverCommitted());
  }

  @Test
  void shouldNoticeThatANaiveBufferLosesReads() throws IOException {
    // Given
    Set<Fault> kills = EnumSet.of(Fault.KILL_LONE);
    Plan plan = Plan.of(NaiveApp.class, CONTROL_READS, 1, kills, OUTAGE, seed);

    // When
    Report report = run(plan);

    // Then
    assertThat(report.verdict().lost()).as(report.toString()).isNotEmpty();
  }

  private static Set<Fault> possible() {
    Set<Fault> possible = EnumSet.allOf(Fault.class);
    Disk.obstacle()
        .ifPresent(
            obstacle -> {
              System.out.println("chaos: left out, " + Fault.FILL_DISK + ": " + obstacle);
              possible.remove(Fault.FILL_DISK);
            });
    return possible;
  }

  private static Report run(Plan plan) throws IOException {
    String name = plan.app().getSimpleName() + "-" + plan.seed();
    System.out.println("chaos: " + plan.app().getSimpleName() + ", seed " + plan.seed());
    Path directory = DIRECTORY.resolve(name + "-" + System.currentTimeMillis());
    double load = load();
    try (Trial trial = new Trial(plan, directory)) {
      Report report = trial.run();
      System.out.println(report);
      Files.writeString(DIRECTORY.resolve(name + ".txt"), command(plan.seed(), load) + report);
      return report;
    }
  }

  /** How many processes have wanted a core lately, on average. */
  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String command(long seed, double before) {
    boolean longForm = System.getProperty("readlens.chaos.faults") != null;
    return """
        $ mvn -B -ntp%s verify -pl stream-app -am -Dreadlens.chaos.seed=%d
        on %d processors, load average %.0f before and %.0f after

        """
        .formatted(
            longForm ? " -Pchaos -DskipTests" : "",
            seed,
            Runtime.getRuntime().availableProcessors(),
            before,
            load());
  }
}
