package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.ExplanationEvaluation;
import io.readlens.model.evaluation.Hits;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.ProfileCalls;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.evaluation.panel.PanelReport;
import io.readlens.model.evaluation.panel.PanelReport.Line;
import io.readlens.model.evaluation.panel.PanelReport.Tradeoff;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** An evaluation of random weights on random reads of taxa with names that mean harm. */
class EvaluationPageTest {
  private static final String HOSTILE = "<script>alert('1')</script> & \"co\"\u202e";

  private static EvaluationResult result;

  @BeforeAll
  static void evaluate() {
    Taxonomy taxonomy =
        Taxonomy.of(
            List.of(
                new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.empty(), HOSTILE, -1),
                new Taxon(Rank.SUPERKINGDOM, 1, OptionalInt.empty(), "Viruses", -1),
                new Taxon(Rank.PHYLUM, 0, OptionalInt.empty(), HOSTILE, 0),
                new Taxon(Rank.PHYLUM, 1, OptionalInt.empty(), "Uroviricota", 1),
                new Taxon(Rank.GENUS, 0, OptionalInt.empty(), HOSTILE, 0),
                new Taxon(Rank.GENUS, 1, OptionalInt.empty(), "Lambdavirus", 1)),
            List.of("vector", Taxonomy.NOTHING));
    Checkpoint checkpoint = Checkpoint.random(Checkpoint.bundled().config(), taxonomy, 1);
    Random random = new Random(1);
    List<LabelledRead> reads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      StringBuilder bases = new StringBuilder();
      random.ints(120, 0, 4).forEach(digit -> bases.append("ACGT".charAt(digit)));
      Read read = Read.of("r" + i, bases);
      reads.add(new LabelledRead(read, Tokenizer.tokenize(read), "g" + i, i % 2, i % 2, i % 2));
    }
    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      result =
          new EvaluationResult(
              checkpoint.id(),
              taxonomy,
              model.callRule(),
              Optional.of(
                  new EvaluationResult.OfReads(
                      HOSTILE,
                      false,
                      new ExplanationEvaluation(model, reads, false, 1)
                          .run((read, parts, rank) -> parts.size() % 2, percent -> {}),
                      ProfileCalls.of(model, checkpoint.decision(), reads),
                      Robustness.of(model, InputFilter.NONE, reads, 1),
                      SeveralViews.of(checkpoint, "cpu", reads))),
              List.of(
                  new PanelReport(
                      "background",
                      HOSTILE,
                      HOSTILE,
                      List.of(
                          new Line(HOSTILE, Line.MODEL, "called", 7, shares(0.125, 0.25, 0.375)),
                          new Line(HOSTILE, Line.NAIVE_BAYES, "called", 7, shares(0.625)),
                          new Line("none", Line.MODEL, "called", 0, shares(Double.NaN))),
                      List.of(new Tradeoff(0.9, 0.5, Double.NaN, 0.25))),
                  new PanelReport("novel", "Novel", "Left out: why", List.of(), List.of())),
              Map.of(
                  "learning-curve-1.tsv",
                  List.of(
                      Map.of("reads", "10", "loss_genus", "2.5", "validation_genus", "NA"),
                      Map.of("reads", "20", "loss_genus", "1.5", "validation_genus", "0.5"))));
    }
  }

  private static List<Hits.Interval> shares(double... values) {
    return Arrays.stream(values).mapToObj(p -> new Hits.Interval(p, p / 2, 1)).toList();
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page)));
  }

  @Test
  void shouldBeOneWellFormedPageThatNeedsNothingElse() throws Exception {
    // When
    String page = EvaluationPage.of(result);

    // Then
    Document document = parse(page);
    assertThat(page).startsWith("<!DOCTYPE html>");
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(document.getElementsByTagName("link").getLength()).isZero();
    assertThat(page).doesNotContain("http:", "https:", "url(", "src=", "NaN", "Infinity");
    assertThat(document.getElementsByTagName("svg").getLength())
        .isEqualTo(3 + 3 + 3 + 3 + 1 + 2 + 1 + 2);
  }

  @Test
  void shouldShowHostileNamesAsTheyAre() throws Exception {
    // When
    Document document = parse(EvaluationPage.of(result));

    // Then
    NodeList labels = document.getElementsByTagName("text");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < labels.getLength(); i++) {
      texts.add(labels.item(i).getTextContent());
    }
    assertThat(texts).contains(Legible.of(HOSTILE));
    assertThat(document.getElementsByTagName("code").item(0).getTextContent())
        .isEqualTo(Legible.of(HOSTILE));
  }

  @Test
  void shouldWriteNothingThatATerminalObeys() throws IOException {
    // When
    List<String> written =
        List.of(EvaluationText.of(result), EvaluationJson.text(result), EvaluationPage.of(result));

    // Then
    assertThat(written)
        .allSatisfy(text -> assertThat(Legible.lines(text)).isEqualTo(text))
        .allSatisfy(text -> assertThat(text).contains("\\u202e"));
    assertThat(new ObjectMapper().readTree(written.get(1)))
        .isEqualTo(new ObjectMapper().readTree(EvaluationJson.of(result).toString()));
    assertThat(new ObjectMapper().readTree(written.get(1)).get("input").asText())
        .isEqualTo(HOSTILE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"de-DE", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva", "tr-TR", "fa-IR", "de-CH"})
  void shouldWriteTheSameInEveryLocale(String locale) {
    // Given
    Locale before = Locale.getDefault();
    List<String> expected =
        List.of(EvaluationText.of(result), EvaluationJson.text(result), EvaluationPage.of(result));

    // When
    List<String> written;
    try {
      Locale.setDefault(Locale.forLanguageTag(locale));
      written =
          List.of(
              EvaluationText.of(result), EvaluationJson.text(result), EvaluationPage.of(result));
    } finally {
      Locale.setDefault(before);
    }

    // Then
    assertThat(written).isEqualTo(expected);
  }

  @Test
  void shouldPutTheSameFiguresIntoPageAndJsonAndText() {
    // When
    ObjectNode json = EvaluationJson.of(result);
    String page = EvaluationPage.of(result);
    String text = EvaluationText.of(result);

    // Then
    for (String condition : List.of("unmasked", "masked", "spans", "inverted", "relevant_chunks")) {
      for (String target : List.of("predicted", "true_label")) {
        double value =
            json.at("/balancedAccuracy/" + target + "/" + condition + "/phylum/value").asDouble(-1);
        assertThat(value).isBetween(0.0, 1.0);
        String shown = String.format(Locale.ROOT, "%.3f", value);
        assertThat(page).contains(">" + shown + "<small>");
        assertThat(text).contains(shown);
      }
    }
    assertThat(json.at("/refereeBalancedAccuracy/predicted/spans/genus/reads").asInt())
        .isEqualTo(12);
    assertThat(json.at("/ratioToUnmasked/predicted/spans/genus").isMissingNode()).isFalse();
    assertThat(json.at("/confusion/phylum/reads").size()).isEqualTo(2);
    assertThat(json.at("/masks/genus/profile").isArray()).isTrue();
    assertThat(json.toString()).doesNotContain("NaN", "Infinity");
  }

  @Test
  void shouldTellOfPanelsWithTheirIntervals() {
    // When
    ObjectNode json = EvaluationJson.of(result);
    String page = EvaluationPage.of(result);
    String text = EvaluationText.of(result);

    // Then
    assertThat(json.at("/panels/0/lines/0/phylum/value").asDouble()).isEqualTo(0.25);
    assertThat(json.at("/panels/0/lines/0/reads").asInt()).isEqualTo(7);
    assertThat(json.at("/panels/0/lines/1/value/low").asDouble()).isEqualTo(0.3125);
    assertThat(json.at("/panels/0/lines/2/value/value").isNull()).isTrue();
    assertThat(json.at("/panels/0/tradeoffs/0/novelCalled").asDouble()).isEqualTo(0.25);
    assertThat(json.at("/panels/1/note").asText()).isEqualTo("Left out: why");
    assertThat(page)
        .contains(">0.250<small>0.125 to 1.000</small>", "Left out: why", "novel reads called");
    assertThat(text)
        .contains("0.250 [0.125,1.000]", "naive Bayes, called", "Left out: why")
        .contains("none (0)");
  }

  @Test
  void shouldTellOfPanelsAlone() throws Exception {
    // Given
    EvaluationResult panels =
        new EvaluationResult(
            "c0ffee",
            result.taxonomy(),
            result.rule(),
            Optional.empty(),
            result.panels(),
            Map.of());

    // When
    String page = EvaluationPage.of(panels);

    // Then
    assertThat(parse(page).getElementsByTagName("h2").getLength()).isEqualTo(2);
    assertThat(EvaluationJson.of(panels).has("balancedAccuracy")).isFalse();
    assertThat(EvaluationText.of(panels)).startsWith(Legible.of(HOSTILE) + " [95 %]");
  }
}
