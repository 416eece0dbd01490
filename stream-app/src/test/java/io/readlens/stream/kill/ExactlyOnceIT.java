package io.readlens.stream.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every read has one outcome, although the application is killed while reads flow; and the test
 * that says so notices an application of which it is not true.
 *
 * <p>The kills hit open transactions: what those had written was aborted and done again, so a
 * read_uncommitted consumer sees as many outcomes twice as were aborted, and a read_committed one
 * none.
 *
 * <p>{@code mvn verify} runs a short form. The long form, 20,000 reads and three kills, and no
 * other test:
 *
 * <pre>mvn -B -ntp -Pkill -DskipTests verify -pl stream-app -am</pre>
 *
 * <p>Both print a seed, and {@code -Dreadlens.kill.seed=...} sends the same reads and kills after
 * as many of them again; the moment within a transaction is the machine's to choose.
 */
@Timeout(600)
class ExactlyOnceIT {
  private static final int READS = Integer.getInteger("readlens.kill.reads", 4_000);
  private static final int KILLS = Integer.getInteger("readlens.kill.kills", 2);
  private static final int CONTROL_KILLS = Integer.getInteger("readlens.kill.control.kills", 1);
  private static final Path DIRECTORY = Path.of("target", "kill");

  private final long seed = Long.getLong("readlens.kill.seed", System.nanoTime());

  @Test
  void shouldGiveEachReadOneOutcomeThroughKills() throws IOException {
    // Given
    Plan plan = new Plan(KilledApp.class, READS, KILLS, seed);

    // When
    Report report = run(plan);

    // Then
    assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.FLAWLESS);
    assertThat(report.outcomes()).as(report.toString()).isEqualTo(READS);
    assertThat(report.aborted()).as(report.toString()).isPositive();
    assertThat(report.uncommitted().doubled()).as(report.toString()).hasSize(report.aborted());
  }

  @Test
  void shouldNoticeThatANaiveBufferLosesReads() throws IOException {
    // Given
    Plan plan = new Plan(NaiveApp.class, READS, CONTROL_KILLS, seed);

    // When
    Report report = run(plan);

    // Then
    assertThat(report.verdict().lost()).as(report.toString()).isNotEmpty();
  }

  private static Report run(Plan plan) throws IOException {
    try (KillTrial trial = new KillTrial(plan, DIRECTORY)) {
      Report report = trial.run();
      System.out.print(report);
      return report;
    }
  }
}
