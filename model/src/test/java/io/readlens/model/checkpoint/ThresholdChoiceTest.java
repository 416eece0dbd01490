package io.readlens.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.read.Rank;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdChoiceTest {
  private static final Decision MEASURED =
      Decision.uncalibrated(0, 0, 0, 0.5f)
          .calling(
              new Thresholds(0.5, 0.5, 0.6),
              new Thresholds(0.9, 0.7, 0.8),
              new Thresholds(0.99, 0.97, 0.98));

  @Test
  void shouldReadNumbersOfSomeRanks() {
    // When
    Map<Rank, Double> numbers = ThresholdChoice.numbers(" genus:.95, superkingdom : 1 ");

    // Then
    assertThat(numbers)
        .containsExactly(Map.entry(Rank.SUPERKINGDOM, 1.0), Map.entry(Rank.GENUS, 0.95));
    assertThat(ThresholdChoice.numbers("none")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "; '' names no rank",
        "species:0.9; 'species:0.9' names no rank",
        "0.9; '0.9' names no rank",
        "genus; 'genus' has no number from 0 to 1",
        "genus:1.01; 'genus:1.01' has no number from 0 to 1",
        "genus:-0.1; 'genus:-0.1' has no number from 0 to 1",
        "genus:NaN; 'genus:NaN' has no number from 0 to 1",
        "genus:0x1p-1; 'genus:0x1p-1' has no number from 0 to 1",
        "genus:0,9; '9' names no rank",
        "genus:0.9,genus:0.8; genus is there twice",
        "phylum:0.5,; '' names no rank",
      },
      quoteCharacter = '"')
  void shouldRefuseWhatIsNoThreshold(String text, String message) {
    // Given
    String given = text == null ? "" : text;

    // When
    // Then
    assertThatThrownBy(() -> ThresholdChoice.numbers(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void shouldTakeAProfileAndNumbersInPlaceOfSomeOfIt() {
    // Given
    ThresholdChoice choice = new ThresholdChoice(Profile.STRICT, Map.of(Rank.PHYLUM, 0.5));

    // When
    CallRule rule = MEASURED.rule(choice);

    // Then
    assertThat(rule.thresholds()).isEqualTo(new Thresholds(0.99, 0.5, 0.98));
    assertThat(rule.profile()).isEmpty();
    assertThat(rule).hasToString("custom, superkingdom:0.99,phylum:0.5,genus:0.98");
    assertThat(choice).hasToString("strict but phylum:0.5");
  }

  @Test
  void shouldNameTheProfileWhoseThresholdsTheyAreHoweverTheyWereAskedFor() {
    // Given
    ThresholdChoice numbers =
        new ThresholdChoice(
            Profile.SENSITIVE, Map.of(Rank.GENUS, 0.8, Rank.SUPERKINGDOM, 0.9, Rank.PHYLUM, 0.7));
    ThresholdChoice profile = new ThresholdChoice(Profile.STRICT, Map.of());

    // When
    CallRule ofNumbers = MEASURED.rule(numbers);
    CallRule ofProfile = MEASURED.rule(profile);

    // Then
    assertThat(ofNumbers).isEqualTo(MEASURED.rule(ThresholdChoice.BALANCED));
    assertThat(ofNumbers.profile()).isEqualTo(Optional.of(Profile.BALANCED));
    assertThat(ofProfile.profileName()).isEqualTo("STRICT");
    assertThat(numbers).hasToString("superkingdom:0.9,phylum:0.7,genus:0.8");
  }

  @Test
  void shouldHaveProfilesOfADecisionThatMeasuredNone() {
    // When
    Decision decision = Decision.uncalibrated(0.92, 0.5, 0.3, 0.5f);

    // Then
    assertThat(decision.thresholds(Profile.SENSITIVE)).isEqualTo(new Thresholds(0.5, 0.5, 0.3));
    assertThat(decision.thresholds(Profile.BALANCED)).isEqualTo(new Thresholds(0.92, 0.5, 0.3));
    assertThat(decision.thresholds(Profile.STRICT)).isEqualTo(new Thresholds(0.95, 0.95, 0.95));
    assertThat(Decision.uncalibrated(0.99, 0, 0, 0.5f).thresholds(Profile.STRICT).superkingdom())
        .isEqualTo(0.99);
  }

  @Test
  void shouldRefuseAProfileThatIsStricterThanAStricterOne() {
    // Given
    Thresholds low = new Thresholds(0.5, 0.5, 0.5);
    Thresholds high = new Thresholds(0.5, 0.6, 0.5);

    // When
    // Then
    assertThatThrownBy(() -> MEASURED.calling(high, low, high))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the sensitive threshold of a phylum, 0.6, is above the balanced one, 0.5");
    assertThatThrownBy(() -> MEASURED.calling(low, high, low))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the balanced threshold of a phylum, 0.6, is above the strict one, 0.5");
  }

  @Test
  void shouldKnowProfilesByTheirNames() {
    // When
    // Then
    assertThat(Profile.parse(" Strict")).isEqualTo(Profile.STRICT);
    assertThatThrownBy(() -> Profile.parse("paranoid"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
