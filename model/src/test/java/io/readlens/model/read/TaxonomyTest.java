package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaxonomyTest {
  private static final String TSV =
      """
      rank\tindex\ttaxId\tname\tparent
      superkingdom\t0\t2157\tArchaea\tNA
      superkingdom\t1\t2\tBacteria\tNA
      phylum\t0\t1224\tPseudomonadota\t1
      phylum\t1\t28889\tThermoproteota\t0
      phylum\t2\tNA\tCyanobacteriota\t1
      genus\t0\t561\tEscherichia\t0
      genus\t1\tNA\tPicosynechococcus\t2
      """;

  @Test
  void shouldWriteAndReadKindsOfBackground() {
    // Given
    String text = TSV + "background\t0\tNA\tvector\tNA\n" + "background\t1\tNA\tnothing\tNA\n";

    // When
    Taxonomy taxonomy = Taxonomy.fromTsv(text);

    // Then
    assertThat(taxonomy.background()).containsExactly("vector", "nothing");
    assertThat(taxonomy.classes()).isEqualTo(taxonomy.size() + 2);
    assertThat(taxonomy.toTsv()).isEqualTo(text);
    assertThat(taxonomy).isNotEqualTo(Taxonomy.fromTsv(TSV));
  }

  @Test
  void shouldKnowTheClassesThatATaxonIsMadeOf() {
    // Given
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);
    Taxon bacteria = taxonomy.taxon(Rank.SUPERKINGDOM, 1);
    Taxon thermoproteota = taxonomy.taxon(Rank.PHYLUM, 1);

    // When / Then
    assertThat(taxonomy.leaves(bacteria)).containsExactly(1, 2, 4, 5, 6);
    assertThat(taxonomy.leaves(thermoproteota)).containsExactly(3);
    assertThat(taxonomy.ofClass(3)).isEqualTo(thermoproteota);
    assertThat(taxonomy.ofClass(6)).isEqualTo(taxonomy.taxon(Rank.GENUS, 1));
    assertThatThrownBy(() -> taxonomy.ofClass(7)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "background\t0\tNA\tvector\tNA\n",
        "background\t1\tNA\tnothing\tNA\n",
        "background\t0\t5\tnothing\tNA\n",
        "background\t0\tNA\tnothing\t0\n",
        "background\t0\tNA\t\tNA\n",
        "background\t0\tNA\tvector\tNA\nbackground\t1\tNA\tnothing\tNA\nbackground\t0\tNA\tx\tNA\n"
      })
  void shouldRefuseBackgroundThatIsNone(String lines) {
    assertThatThrownBy(() -> Taxonomy.fromTsv(TSV + lines))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldReadWhatItWrites() {
    // Given
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);

    // When
    String written = taxonomy.toTsv();

    // Then
    assertThat(written).isEqualTo(TSV);
    assertThat(Taxonomy.fromTsv(written)).isEqualTo(taxonomy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NA",
        " Bacteria ",
        "'a' \"b\"",
        "#",
        "a\\tb",
        "D\u00fcne \ud83e\udda0",
        "a\u2028b",
        "\u202ea",
        "\ufeffa",
        "-1",
        "name"
      })
  void shouldReadBackWhateverNameATaxonMayHave(String name) {
    // Given
    Taxonomy taxonomy =
        Taxonomy.of(
            List.of(
                new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.empty(), name, -1),
                new Taxon(Rank.PHYLUM, 0, OptionalInt.of(Integer.MAX_VALUE), name, 0),
                new Taxon(Rank.GENUS, 0, OptionalInt.of(1), name, 0)));

    // When
    Taxonomy read = Taxonomy.fromTsv(taxonomy.toTsv());

    // Then
    assertThat(read).isEqualTo(taxonomy);
  }

  @Test
  void shouldNumberClassesRankByRank() {
    // When
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);

    // Then
    assertThat(taxonomy.size()).isEqualTo(7);
    assertThat(taxonomy.size(Rank.PHYLUM)).isEqualTo(3);
    assertThat(taxonomy.offset(Rank.SUPERKINGDOM)).isZero();
    assertThat(taxonomy.offset(Rank.PHYLUM)).isEqualTo(2);
    assertThat(taxonomy.offset(Rank.GENUS)).isEqualTo(5);
  }

  @Test
  void shouldFindTaxaByNameAndByTaxId() {
    // When
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);

    // Then
    Taxon bacteria = new Taxon(Rank.SUPERKINGDOM, 1, OptionalInt.of(2), "Bacteria", -1);
    assertThat(taxonomy.find(Rank.SUPERKINGDOM, "Bacteria")).contains(bacteria);
    assertThat(taxonomy.findByTaxId(Rank.SUPERKINGDOM, 2)).contains(bacteria);
    assertThat(taxonomy.find(Rank.PHYLUM, "Bacteria")).isEmpty();
    assertThat(taxonomy.findByTaxId(Rank.GENUS, 2)).isEmpty();
  }

  @Test
  void shouldLeaveAnUnknownTaxIdEmpty() {
    // When
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);

    // Then
    assertThat(taxonomy.taxon(Rank.GENUS, 1).taxId()).isEmpty();
  }

  @Test
  void shouldClimbToTheRoot() {
    // Given
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);

    // When
    List<Taxon> lineage = taxonomy.lineage(taxonomy.taxon(Rank.GENUS, 1));

    // Then
    assertThat(lineage)
        .extracting(Taxon::name)
        .containsExactly("Bacteria", "Cyanobacteriota", "Picosynechococcus");
  }

  @Test
  void shouldNotCareForTheOrderOfTaxa() {
    // Given
    Taxonomy taxonomy = Taxonomy.fromTsv(TSV);
    List<Taxon> taxa = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      taxa.addAll(taxonomy.taxa(rank));
    }
    Collections.shuffle(taxa, new Random(5));

    // When
    Taxonomy shuffled = Taxonomy.of(taxa);

    // Then
    assertThat(shuffled).isEqualTo(taxonomy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          phylum~0~1224         | class~0~1224          | line 4, column rank: .*'class'
          phylum~0~1224         | phylum~x~1224         | line 4, column index: .*'x'
          phylum~0~1224         | phylum~-1~1224        | line 4, column index: .*'-1'
          phylum~0~1224         | phylum~0~0            | line 4, column taxId: .*'0'
          phylum~0~1224         | phylum~0~             | line 4, column taxId: .*''
          Pseudomonadota~1      | Pseudomonadota~NA     | line 4, column parent: .*'NA'
          Archaea~NA            | Archaea~0             | line 2, column parent: .*'0'
          Escherichia~0         | ~0                    | line 7, column name: .*''
          Escherichia~0         | Escherichia           | line 7 has 4 columns, not 5
          index~taxId           | taxId~index           | line 1 is not the header .*
          Pseudomonadota~1      | Pseudomonadota~2      | Pseudomonadota has parent 2 of 2
          phylum~0~1224         | phylum~1~1224         | .*indices of rank phylum.*
          Thermoproteota        | Pseudomonadota        | phylum Pseudomonadota stands twice
          28889                 | 1224                  | taxId 1224 of .* stands twice
          """)
  void shouldNameTheLineAndColumnAtFault(String sound, String broken, String message) {
    // Given
    String tsv = TSV.replace(sound.replace('~', '\t'), broken.replace('~', '\t'));

    // When
    // Then
    assertThat(tsv).isNotEqualTo(TSV);
    assertThatThrownBy(() -> Taxonomy.fromTsv(tsv))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .matches(".*" + message);
  }

  @ParameterizedTest
  @CsvSource({"superkingdom", "phylum", "genus"})
  void shouldRefuseAnEmptyRank(String rank) {
    // Given
    String tsv = TSV.replaceAll("(?m)^" + rank + "\t.*\n", "");

    // When
    // Then
    assertThatThrownBy(() -> Taxonomy.fromTsv(tsv))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(rank);
  }

  @Test
  void shouldRefuseAnEmptyFile() {
    // When
    // Then
    assertThatThrownBy(() -> Taxonomy.fromTsv(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 1");
  }
}
