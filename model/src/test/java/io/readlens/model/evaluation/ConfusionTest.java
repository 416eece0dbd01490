package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.evaluation.Confusion.Pair;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionTest {
  @Test
  void shouldNameTheWorstMistakesFirst() {
    // Given four reads of taxon 0, of which one is called 1 and two are called 2, and one of taxon
    // 1
    Confusion confusion = new Confusion(3);
    confusion.add(0, 0);
    confusion.add(0, 1);
    confusion.add(0, 2);
    confusion.add(0, 2);
    confusion.add(1, 0);

    // When
    List<Pair> worst = confusion.worst(2);

    // Then a mistake that is all of a taxon's reads comes before one that is a quarter of them
    assertThat(worst).containsExactly(new Pair(0, 2, 2, 0.5), new Pair(1, 0, 1, 1));
    assertThat(confusion.worst(9)).hasSize(3).contains(new Pair(0, 1, 1, 0.25));
  }

  @Test
  void shouldCountReads() {
    // Given
    Confusion confusion = new Confusion(2);

    // When
    confusion.add(1, 0);
    confusion.add(1, 1);

    // Then
    assertThat(confusion.reads(1)).isEqualTo(2);
    assertThat(confusion.reads(1, 0)).isEqualTo(1);
    assertThat(confusion.reads(0)).isZero();
  }
}
