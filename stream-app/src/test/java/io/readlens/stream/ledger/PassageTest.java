package io.readlens.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.ledger.Passage.Lost;
import org.junit.jupiter.api.Test;

class PassageTest {
  private static final long LONG = Passage.STANDSTILL.toNanos();

  @Test
  void shouldGiveUpReadsOnceAPartitionStoodStillBelowItsLogsStart() {
    // Given
    Passage passage = new Passage(10, 0);
    assertThat(passage.standsStill(40, 0)).isFalse();
    assertThat(passage.standsStill(40, LONG - 1)).isFalse();

    // When
    boolean pending = passage.standsStill(45, LONG);

    // Then
    assertThat(pending).isTrue();
    assertThat(passage.pending()).isEqualTo(new Lost(10, 45));
    assertThat(passage.next()).isEqualTo(45);
  }

  @Test
  void shouldNotGiveUpReadsThatWereFetchedAndAreStillProcessed() {
    // Given
    Passage passage = new Passage(10, 0);
    passage.standsStill(40, 0);
    passage.take(10);

    // When
    boolean pending = passage.standsStill(40, LONG);

    // Then
    assertThat(pending).isFalse();
    assertThat(passage.pending()).isNull();
  }

  @Test
  void shouldCountOfWhatWasPassedOverOnlyWhatIsBelowTheStart() {
    // Given
    Passage passage = new Passage(0, 0);
    passage.take(0);
    passage.take(5);
    passage.take(20);
    passage.reach(22);

    // When
    var lost = passage.takePassedOver(9);

    // Then
    assertThat(lost).containsExactly(new Lost(1, 5), new Lost(6, 9));
    assertThat(passage.hasPassedOver()).isFalse();
  }

  @Test
  void shouldNoticeThatOffsetsGoBack() {
    // Given
    Passage passage = new Passage(100, 0);

    // When
    var expected = passage.take(0);

    // Then
    assertThat(expected).hasValue(100);
    assertThat(passage.next()).isEqualTo(1);
    assertThat(passage.hasPassedOver()).isFalse();
  }
}
