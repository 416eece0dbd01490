package io.readlens.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.ledger.Tallies.Balance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TalliesTest {
  private final Map<Integer, Map<String, Counts>> stored = new HashMap<>();
  private final Tallies tallies =
      new Tallies(partition -> stored.getOrDefault(partition, Map.of()));

  @Test
  void shouldGoOnFromWhatIsStored() {
    // Given
    stored.put(2, Map.of("soil", new Counts(9, 5, 2, 1, 1)));
    tallies.open(2);

    // When
    read(2, "soil", Counts.UNCLASSIFIED);

    // Then
    assertThat(tallies.takeChanges())
        .containsExactly(new Balance(new Account(2, "soil"), new Counts(10, 5, 3, 1, 1)));
  }

  @Test
  void shouldKeepSamplesAndPartitionsApart() {
    // Given
    tallies.open(0);
    tallies.open(1);

    // When
    read(0, "soil", Counts.CLASSIFIED);
    read(1, "soil", Counts.TOO_SHORT);
    read(0, "", Counts.DEAD_LETTERED);
    read(0, "soil", Counts.CLASSIFIED);

    // Then
    assertThat(tallies.takeChanges())
        .containsExactlyInAnyOrder(
            new Balance(new Account(0, "soil"), new Counts(2, 2, 0, 0, 0)),
            new Balance(new Account(1, "soil"), new Counts(1, 0, 0, 1, 0)),
            new Balance(new Account(0, ""), new Counts(1, 0, 0, 0, 1)));
  }

  @Test
  void shouldTellAChangeOnce() {
    // Given
    stored.put(0, Map.of("untouched", Counts.NONE));
    tallies.open(0);
    read(0, "soil", Counts.CLASSIFIED);
    tallies.takeChanges();

    // When
    List<Balance> again = tallies.takeChanges();

    // Then
    assertThat(again).isEmpty();
    assertThat(tallies.counts(new Account(0, "soil"))).isEqualTo(new Counts(1, 1, 0, 0, 0));
  }

  @Test
  void shouldTakeBackWhatWasNotCommittedWhenAPartitionIsClosed() {
    // Given
    tallies.open(0);
    tallies.open(1);
    read(0, "soil", Counts.CLASSIFIED);
    read(1, "soil", Counts.CLASSIFIED);

    // When
    tallies.close(0);

    // Then
    assertThat(tallies.takeChanges())
        .extracting(Balance::account)
        .containsExactly(new Account(1, "soil"));
    assertThat(tallies.counts(new Account(0, "soil"))).isEqualTo(Counts.NONE);
  }

  @Test
  void shouldBeginAnewWithWhatIsStoredWhenAPartitionIsOpenedAgain() {
    // Given
    tallies.open(0);
    read(0, "soil", Counts.CLASSIFIED);
    stored.put(0, Map.of("soil", new Counts(5, 5, 0, 0, 0)));

    // When
    tallies.open(0);

    // Then
    assertThat(tallies.takeChanges()).isEmpty();
    assertThat(tallies.counts(new Account(0, "soil"))).isEqualTo(new Counts(5, 5, 0, 0, 0));
  }

  @Test
  void shouldRefuseToCommitAReadWithoutAnOutcome() {
    // Given
    tallies.open(0);
    read(0, "soil", Counts.CLASSIFIED);
    tallies.add(0, "soil", Counts.RECEIVED);

    // When
    var thrown = assertThatThrownBy(tallies::takeChanges);

    // Then
    thrown.isInstanceOf(IllegalStateException.class).hasMessageContaining("0/soil");
  }

  private void read(int partition, String sample, Counts outcome) {
    tallies.add(partition, sample, Counts.RECEIVED);
    tallies.add(partition, sample, outcome);
  }
}
