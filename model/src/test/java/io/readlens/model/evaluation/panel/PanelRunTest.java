package io.readlens.model.evaluation.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.DOUBLE;

import io.readlens.model.Call;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.Batches;
import io.readlens.model.evaluation.Hits.Interval;
import io.readlens.model.evaluation.panel.Panel.Row;
import io.readlens.model.evaluation.panel.Panel.Scoring;
import io.readlens.model.evaluation.panel.PanelReport.Line;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A made-up model, which says of a read what the read's name asks it to. */
class PanelRunTest {
  private static final Taxonomy TAXONOMY =
      Taxonomy.of(
          List.of(
              taxon(Rank.SUPERKINGDOM, 0, "Bacteria", -1),
              taxon(Rank.SUPERKINGDOM, 1, "Viruses", -1),
              taxon(Rank.PHYLUM, 0, "Bacillota", 0),
              taxon(Rank.PHYLUM, 1, "Uroviricota", 1),
              taxon(Rank.GENUS, 0, "Bacillus", 0),
              taxon(Rank.GENUS, 1, "Lambdavirus", 1)));
  private static final Truth BACILLUS = new Truth("Bacteria", "Bacillota", "Bacillus");
  private static final Truth NOVEL = new Truth("Bacteria", Truth.UNKNOWN, Truth.NONE);
  private static final String BASES = Fakes.random(120, 0.5, new Random(1));

  private final List<Integer> percents = new ArrayList<>();

  private static Taxon taxon(Rank rank, int index, String name, int parent) {
    return new Taxon(rank, index, OptionalInt.empty(), name, parent);
  }

  /** Names hold what is called, 0 or 1, of how many ranks, and where the spans are. */
  private static ExplainedRead explained(TokenizedRead read) {
    String[] asked = read.id().split("[-.]");
    List<Call> calls = new ArrayList<>();
    for (Rank rank : List.of(Rank.values()).subList(0, Integer.parseInt(asked[2]))) {
      int start = Integer.parseInt(asked[3]);
      calls.add(
          new Call(
              TAXONOMY.taxon(rank, Integer.parseInt(asked[1])),
              0.9,
              List.of(),
              Mask.of(new float[read.tokens()]),
              List.of(new Span(start, start + 30, 0.9f))));
    }
    return new ExplainedRead(calls, "model");
  }

  /** The taxon that is called, or would be, has by far the most. */
  private static TaxonProbabilities probabilities(TokenizedRead read) {
    float[] logits = new float[TAXONOMY.size()];
    for (Rank rank : Rank.values()) {
      logits[TAXONOMY.offset(rank) + Integer.parseInt(read.id().split("-")[1])] = 9;
    }
    return TaxonProbabilities.ofLogits(TAXONOMY, logits, 0);
  }

  private PanelReport run(Panel panel, Truth bayes) {
    return new PanelRun(
            reads -> reads.stream().map(PanelRunTest::explained).toList(),
            reads -> reads.stream().map(PanelRunTest::probabilities).toList(),
            InputFilter.standard(),
            Optional.ofNullable(bayes).map(truth -> (Function<Read, Truth>) read -> truth),
            percents::add)
        .run(List.of(panel))
        .get(0);
  }

  private static Panel panel(Scoring scoring, List<Measure> measures, Row... rows) {
    return new Panel("p", "P", "", scoring, measures, List.of(rows), "");
  }

  private static PanelRead read(String id, Truth truth) {
    return PanelRead.of(id, BASES, "g", truth);
  }

  private static List<Double> values(PanelReport report, String by, String measure) {
    return report.lines().stream()
        .filter(line -> line.by().equals(by) && line.measure().equals(measure))
        .flatMap(line -> line.values().stream())
        .map(Interval::value)
        .toList();
  }

  @Test
  void shouldJudgeCallsWhereTheTruthIsKnown() {
    // Given Bacillus called right at three ranks, at two, as a virus, and not at all; of a novel
    // genus calls at two ranks and at three; and a read that is mostly a tail
    Row row =
        new Row(
            "some",
            List.of(
                read("a-0-3-0", BACILLUS),
                read("b-0-2-0", BACILLUS),
                read("c-1-3-0", BACILLUS),
                read("d-1-0-0", BACILLUS),
                read("e-0-2-0", NOVEL),
                read("f-0-3-0", NOVEL),
                PanelRead.of("g-0-3-0", "A".repeat(300), "g", Truth.NOTHING)));

    // When
    PanelReport report =
        run(
            panel(
                Scoring.COMPARED,
                List.of(
                    Measure.CALLED,
                    Measure.WRONG,
                    Measure.RIGHT_OF_CALLED,
                    Measure.MOST_PROBABLE,
                    Measure.KEPT,
                    Measure.TOO_LITTLE),
                row),
            BACILLUS);

    // Then
    assertThat(values(report, Line.MODEL, "called")).containsExactly(5 / 7.0, 5 / 7.0, 3 / 7.0);
    assertThat(values(report, Line.MODEL, "called wrong"))
        .containsExactly(1 / 7.0, 1 / 5.0, 2 / 7.0);
    assertThat(values(report, Line.MODEL, "right of those called"))
        .containsExactly(4 / 5.0, 2 / 3.0, 1 / 3.0);
    assertThat(values(report, Line.MODEL, "most probable taxon right"))
        .containsExactly(4 / 6.0, 2 / 4.0, 2 / 4.0);
    assertThat(values(report, Line.MODEL, Measure.TOO_LITTLE.toString())).containsExactly(1 / 7.0);
    assertThat(values(report, Line.MODEL, Measure.KEPT.toString())).isEmpty();
    assertThat(values(report, Line.NAIVE_BAYES, "most probable taxon right"))
        .containsExactly(1.0, 1.0, 1.0);
    assertThat(report.lines()).allSatisfy(line -> assertThat(line.reads()).isEqualTo(7));
    assertThat(percents).isSorted().endsWith(100);
  }

  @Test
  void shouldCompareReadsWithTheirOriginals() {
    // Given an original called at two ranks whose bases are the first 60; and reads of it that are
    // called the same, the same with a span on what was added, one rank more, another, and nothing
    Read original = Read.of("o-0-2-0", BASES);
    List<PanelRead> made = new ArrayList<>();
    for (String id : List.of("a-0-2-0", "b-0-2-40", "c-0-3-0", "d-1-2-0", "e-0-0-0")) {
      made.add(PanelRead.made(id, BASES, "g", BACILLUS, original, 0, 60));
    }

    // When
    PanelReport report =
        run(
            panel(
                Scoring.MEASURES,
                List.of(
                    Measure.KEPT,
                    Measure.CHANGED,
                    Measure.SAME_CALLS,
                    Measure.SAME_RECORD,
                    Measure.SPAN_OUTSIDE),
                new Row("made", made)),
            null);

    // Then
    assertThat(values(report, Line.MODEL, Measure.KEPT.toString()))
        .containsExactly(3 / 5.0, 3 / 5.0, Double.NaN);
    assertThat(values(report, Line.MODEL, Measure.CHANGED.toString()))
        .containsExactly(1 / 5.0, 1 / 5.0, Double.NaN);
    assertThat(values(report, Line.MODEL, Measure.SAME_CALLS.toString())).containsExactly(2 / 5.0);
    assertThat(values(report, Line.MODEL, Measure.SAME_RECORD.toString())).containsExactly(1 / 5.0);
    assertThat(values(report, Line.MODEL, Measure.SPAN_OUTSIDE.toString()))
        .containsExactly(1 / 5.0);
  }

  @Test
  void shouldShowSpansAloneAndJudgeTheirRank() {
    // Given a model that calls a read at two ranks, and of its spans only those of the phylum
    List<String> asked = new ArrayList<>();
    Panel panel =
        panel(
            Scoring.SPANS,
            List.of(Measure.KEPT),
            new Row("whole", List.of(read("a-0-2-6", BACILLUS))));

    // When
    PanelReport report =
        new PanelRun(
                reads ->
                    reads.stream()
                        .peek(read -> asked.add(read.id() + " " + read.length()))
                        .map(
                            read ->
                                read.id().endsWith("superkingdom")
                                    ? new ExplainedRead(List.of(), "model")
                                    : explained(read))
                        .toList(),
                reads -> List.of(),
                InputFilter.NONE,
                Optional.empty(),
                percents::add)
            .run(List.of(panel))
            .get(0);

    // Then the joined spans have 30 bases, and the masked read all
    assertThat(asked)
        .containsExactly(
            "a-0-2-6 120",
            "a-0-2-6.superkingdom 120",
            "a-0-2-6.phylum 120",
            "a-0-2-6.superkingdom 30",
            "a-0-2-6.phylum 30");
    assertThat(values(report, Line.MODEL, Measure.KEPT.toString()))
        .containsExactly(0.0, 1.0, Double.NaN, 0.0, 1.0, Double.NaN);
  }

  @Test
  void shouldSayWhichBackgroundReadsWereNamed() {
    // Given
    List<PanelRead> reads = new ArrayList<>();
    for (String kind : List.of("organelle", "organelle", "rRNA", "none")) {
      reads.add(read(kind + reads.size(), Truth.NOTHING));
    }

    // When
    PanelReport report =
        new PanelRun(
                all -> all.stream().map(PanelRunTest::background).toList(),
                all -> List.of(),
                InputFilter.NONE,
                Optional.empty(),
                percents::add)
            .run(
                List.of(
                    panel(
                        Scoring.BACKGROUND,
                        List.of(Measure.BACKGROUND, Measure.UNLIKE),
                        new Row("mitochondrion", reads))))
            .get(0);

    // Then
    assertThat(values(report, Line.MODEL, Measure.BACKGROUND.toString())).containsExactly(0.75);
    assertThat(values(report, Line.MODEL, "named organelle")).containsExactly(0.5);
    assertThat(values(report, Line.MODEL, "named rRNA")).containsExactly(0.25);
    assertThat(values(report, Line.MODEL, Measure.UNLIKE.toString())).containsExactly(0.25);
  }

  private static ExplainedRead background(TokenizedRead read) {
    String kind = read.id().replaceAll("[0-9]", "");
    return kind.equals("none")
        ? new ExplainedRead(List.of(), "model", ExplainedRead.UNLIKE_TRAINING_DATA)
        : new ExplainedRead(List.of(), "model", ExplainedRead.BACKGROUND, kind);
  }

  @Test
  void shouldHoldKnownGeneraAgainstNovelOnes() {
    // Given
    Panel panel =
        panel(
            Scoring.NOVELTY,
            List.of(Measure.CALLED, Measure.WRONG),
            new Row("known", List.of(read("a-0-3-0", BACILLUS), read("b-1-3-0", BACILLUS))),
            new Row("novel", List.of(read("c-0-3-0", NOVEL), read("d-0-1-0", NOVEL))));

    // When
    PanelReport report = run(panel, BACILLUS);

    // Then the model is as sure of all
    assertThat(report.tradeoffs()).hasSize(1);
    assertThat(report.tradeoffs().get(0).precision()).isEqualTo(0.5);
    assertThat(report.tradeoffs().get(0).novelCalled()).isEqualTo(1);
    assertThat(values(report, Line.MODEL, "area under the curve of the genus probability"))
        .containsExactly(0.5);
    assertThat(values(report, Line.NAIVE_BAYES, "called wrong"))
        .containsExactly(0.0, 0.0, 0.0, 0.0, Double.NaN, 1.0);
  }

  @Test
  void shouldScoreMixtures() {
    // Given half Bacillus, called so, and half of a novel genus, half of which is called a virus
    List<PanelRead> reads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      reads.add(read("a" + i + "-0-3-0", BACILLUS));
      reads.add(read("b" + i + (i % 2 == 0 ? "-1-3-0" : "-1-0-0"), NOVEL));
    }

    // When
    PanelReport report =
        run(
            panel(Scoring.MIXTURE, List.of(Measure.RIGHT_OF_CALLED), new Row("mixture", reads)),
            BACILLUS);

    // Then of 75 calls a third is of a genus that is not there
    assertThat(values(report, Line.MODEL, "L1 of the shares of genera"))
        .singleElement(DOUBLE)
        .isCloseTo(2 / 3.0, within(1e-9));
    assertThat(values(report, Line.MODEL, "false genera reported")).containsExactly(1.0);
    assertThat(values(report, Line.MODEL, "genera missed")).containsExactly(0.0);
    assertThat(values(report, Line.NAIVE_BAYES, "L1 of the shares of genera")).containsExactly(0.0);
    assertThat(values(report, Line.MODEL, "calibration error of the calls").get(2))
        .isCloseTo(0.9 - 2 / 3.0, within(1e-9));
  }

  @Test
  void shouldSeeThatRepeatsAreCalledWithoutFilters() {
    // Given
    Sources none =
        new Sources(
            List.of(), List.of(), "", List.of(), Map.of(), List.of(), r -> (b, x) -> b, Map.of());
    Panel artefacts = new Panels(none, 1, 1).all().get(0);
    Panel repeats = panel(Scoring.MEASURES, List.of(Measure.CALLED), artefacts.rows().get(0));
    PanelReport shown;
    PanelReport hidden;

    // When
    try (ExplainedClassifier model = ExplainedClassifier.load(Checkpoint.bundled(), "cpu", 0)) {
      shown = run(model, InputFilter.NONE, repeats);
      hidden = run(model, InputFilter.standard(), repeats);
    }

    // Then
    assertThat(values(shown, Line.MODEL, "called").get(0)).isGreaterThan(0.3);
    assertThat(values(hidden, Line.MODEL, "called").get(0)).isLessThan(0.005);
  }

  private static PanelReport run(ExplainedClassifier model, InputFilter filter, Panel panel) {
    return new PanelRun(
            reads -> Batches.ask(model, reads, model::explain),
            reads -> Batches.ask(model, reads, model::probabilities),
            filter,
            Optional.empty(),
            percent -> {})
        .run(List.of(panel))
        .get(0);
  }

  @Test
  void shouldSayWhatIsLeftOut() {
    // Given
    Panel panel =
        new Panel("p", "P", "", Scoring.MEASURES, List.of(), List.of(), "it needs --genomes");

    // When
    PanelReport report = run(panel, null);

    // Then
    assertThat(report.note()).isEqualTo("Left out: it needs --genomes");
    assertThat(report.lines()).isEmpty();
  }
}
