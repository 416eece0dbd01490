package io.readlens.stream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.ledger.Counts;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Reads a and b are at offsets 0 and 1 of partition 0, c at offset 0 of partition 1. */
class VerdictTest {
  private static final List<SentRead> SENT =
      List.of(
          new SentRead("a", "sample", 0, in("reads", 0), 0, 0, "fine", Counts.NONE),
          new SentRead("b", "sample", 0, in("reads", 0), 1, 0, "bad", Counts.NONE),
          new SentRead("c", "sample", 0, in("reads", 1), 0, 1, "fine", Counts.NONE));

  private static final Outcome A = new Outcome("a", in("out", 0), 0, "fine");
  private static final Outcome B = new Outcome("b", in("out", 0), 0, "bad");
  private static final Outcome C = new Outcome("c", in("out", 1), 0, "fine");

  @Test
  void shouldFindNoFlawInOneOutcomeEach() {
    // Given
    List<Outcome> outcomes = List.of(C, A, B);

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(Verdict.FLAWLESS);
  }

  @Test
  void shouldNameReadsWithoutAnOutcome() {
    // Given
    List<Outcome> outcomes = List.of(B);

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict)
        .isEqualTo(new Verdict(List.of("a", "c"), List.of(), List.of(), List.of()))
        .hasToString("lost 2 (a, c), doubled 0, wrong 0, disordered 0");
  }

  @Test
  void shouldNameReadsWithOutcomesTooMany() {
    // Given
    List<Outcome> outcomes = List.of(A, A, A, B, C);

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(new Verdict(List.of(), List.of("a", "a"), List.of(), List.of()));
  }

  @Test
  void shouldNameReadsWithAnotherOutcomeThanWasDue() {
    // Given
    List<Outcome> outcomes = List.of(A, new Outcome("b", in("out", 0), 0, "fine"), C);

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(new Verdict(List.of(), List.of(), List.of("b"), List.of()));
  }

  @Test
  void shouldNameOutcomesOfReadsThatNobodySent() {
    // Given
    List<Outcome> outcomes = List.of(A, B, C, new Outcome("d", in("out", 1), 0, "fine"));

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(new Verdict(List.of(), List.of(), List.of("d"), List.of()));
  }

  @Test
  void shouldNameReadsWhoseOutcomeCameBehindALaterRead() {
    // Given
    List<Outcome> outcomes = List.of(B, A, C);

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(new Verdict(List.of(), List.of(), List.of(), List.of("a")));
  }

  @Test
  void shouldNotCompareTheOrderOfTwoTopics() {
    // Given
    List<Outcome> outcomes = List.of(new Outcome("b", in("letters", 0), 0, "bad"), A, C);

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(Verdict.FLAWLESS);
  }

  @Test
  void shouldNameReadsWhoseOutcomeIsInAnotherPartition() {
    // Given
    List<Outcome> outcomes = List.of(A, B, new Outcome("c", in("out", 2), 0, "fine"));

    // When
    Verdict verdict = Verdict.of(SENT, outcomes);

    // Then
    assertThat(verdict).isEqualTo(new Verdict(List.of(), List.of(), List.of(), List.of("c")));
  }

  private static TopicPartition in(String topic, int partition) {
    return new TopicPartition(topic, partition);
  }
}
