package io.readlens.model.abundance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallConfusionTest {
  private static final String HEADER = "originRank\torigin\tbases\tcalledRank\tcalled\treads\n";
  private static final Taxonomy LABELS = Toy.taxonomy();

  private static Origin genus(String name) {
    return Origin.of(LABELS.find(Rank.GENUS, name).orElseThrow());
  }

  private static CallConfusion confusion() {
    CallConfusion.Builder builder = new CallConfusion.Builder();
    Outcome escherichia = Outcome.called(LABELS.find(Rank.GENUS, "Escherichia").orElseThrow());
    for (int i = 0; i < 3; i++) {
      builder.add(genus("Escherichia"), 1500, escherichia);
    }
    builder.add(genus("Salmonella"), 150, Outcome.none("NOT_PROBABLE_ENOUGH"));
    builder.add(Origin.of(LABELS.taxon(Rank.PHYLUM, 1)), 1500, escherichia);
    builder.add(Origin.unknown(), 1500, Outcome.called(LABELS.taxon(Rank.SUPERKINGDOM, 1)));
    builder.add(Origin.background("vector"), 1500, Outcome.background("vector"));
    return builder.build();
  }

  @Test
  void shouldReadBackWhatItWrites() {
    // Given
    CallConfusion confusion = confusion();

    // When
    String text = confusion.toTsv();
    CallConfusion read = CallConfusion.fromTsv(text, LABELS);

    // Then
    assertThat(text)
        .isEqualTo(
            HEADER
                + "genus\tSalmonella\t150\tnone\tNOT_PROBABLE_ENOUGH\t1\n"
                + "genus\tEscherichia\t1500\tgenus\tEscherichia\t3\n"
                + "phylum\t%s\t1500\tgenus\tEscherichia\t1\n"
                    .formatted(LABELS.taxon(Rank.PHYLUM, 1).name())
                + "unknown\tNA\t1500\tsuperkingdom\tViruses\t1\n"
                + "background\tvector\t1500\tbackground\tvector\t1\n");
    assertThat(read).isEqualTo(confusion);
    assertThat(read.lengths()).containsExactly(150, 1500);
    assertThat(read.reads()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({"1, 150", "474, 150", "475, 1500", "1500, 1500", "100000, 1500"})
  void shouldTakeTheLengthThatIsNearestByFactor(int bases, int length) {
    // When / Then
    assertThat(confusion().nearestLength(bases)).isEqualTo(length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "genus;Escherichia;150;genus;Escherichia|line 2 has 5 columns, not 6",
        "genus;Nobody;150;none;X;1|line 2: origin is 'Nobody', not a label of that rank",
        "family;Escherichia;150;none;X;1|line 2: originRank is 'family', not a rank, or background",
        "unknown;Escherichia;150;none;X;1|line 2: originRank is 'unknown', not a rank",
        "background; ;150;none;X;1|line 2: origin is ' ', not a kind of background",
        "genus;Escherichia;0;none;X;1|line 2: bases is '0', not a number from 1 to 100000000",
        "genus;Escherichia;150;none;X;many|line 2: reads is 'many', not a number",
        "genus;Escherichia;150;none;;1|line 2: called is '', not a reason",
        "genus;Escherichia;150;background;;1|line 2: called is '', not a kind of background",
        "genus;Escherichia;150;some;X;1|line 2: calledRank is 'some', not a rank, background or"
            + " none",
        "genus;Escherichia;150;genus;Nobody;1|line 2: called is 'Nobody', not a label of that rank",
      })
  void shouldNameTheLineAndTheColumnAtFault(String line, String fault) {
    // Given
    String text = HEADER + line.replace(';', '\t') + "\n";

    // When / Then
    assertThatThrownBy(() -> CallConfusion.fromTsv(text, LABELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(fault);
  }

  @Test
  void shouldRefuseATableThatIsNone() {
    // Given
    String line = "genus\tEscherichia\t150\tnone\tX\t1\n";

    // When / Then
    assertThatThrownBy(() -> CallConfusion.fromTsv("", LABELS))
        .hasMessageContaining("line 1 is not the header");
    assertThatThrownBy(() -> CallConfusion.fromTsv(HEADER, LABELS))
        .hasMessageContaining("reads of 0 lengths");
    assertThatThrownBy(() -> CallConfusion.fromTsv(HEADER + line + line, LABELS))
        .hasMessageContaining("line 3 counts what came before");
    StringBuilder lengths = new StringBuilder(HEADER);
    for (int i = 1; i <= CallConfusion.MOST_LENGTHS + 1; i++) {
      lengths.append(line.replace("150", String.valueOf(i)));
    }
    assertThatThrownBy(() -> CallConfusion.fromTsv(lengths.toString(), LABELS))
        .hasMessageContaining("reads of 17 lengths");
  }
}
