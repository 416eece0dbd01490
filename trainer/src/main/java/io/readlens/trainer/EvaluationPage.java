package io.readlens.trainer;

import static io.readlens.model.evaluation.MaskTarget.PREDICTED;

import io.readlens.model.evaluation.Agreement;
import io.readlens.model.evaluation.CallCurve;
import io.readlens.model.evaluation.Condition;
import io.readlens.model.evaluation.Condition.By;
import io.readlens.model.evaluation.Confusion;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.Hits;
import io.readlens.model.evaluation.MaskStatistics.Summary;
import io.readlens.model.evaluation.MaskTarget;
import io.readlens.model.evaluation.ProfileCalls;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.Scores;
import io.readlens.model.evaluation.panel.PanelReport;
import io.readlens.model.read.Rank;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** An evaluation as one page of HTML that needs nothing but itself: no network and no script. */
final class EvaluationPage {
  private static final List<Rank> RANKS = List.of(Rank.values());
  private static final int WORST = 15;
  private static final List<Double> SHARES = List.of(1.0, 0.9, 0.8, 0.5);
  private static final String NONE = "–";
  private static final Hits.Interval NOT_COUNTED =
      new Hits.Interval(Double.NaN, Double.NaN, Double.NaN);

  private final EvaluationResult result;
  private final Markup page = new Markup();
  private final EvaluationPlots plots;

  private EvaluationPage(EvaluationResult result) {
    this.result = result;
    this.plots = new EvaluationPlots(result, page);
  }

  static String of(EvaluationResult result) {
    return "<!DOCTYPE html>\n" + new EvaluationPage(result).write();
  }

  private Markup write() {
    String title = "What checkpoint " + shortId() + " calls, and what its spans show";
    page.open("html", "lang", "en").open("head").leaf("meta", "charset", "utf-8");
    page.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.element("title", title).element("style", styleSheet()).close().line();
    page.open("body").element("h1", title).open("p");
    if (result.reads().isPresent()) {
      page.text(report().reads() + " reads of ").element("code", result.input());
      page.text(", " + report().classified() + " of them called (");
      page.text(percent((double) report().classified() / report().reads()) + "). ");
    }
    page.text("Checkpoint ").element("code", result.checkpointId()).text(".").close();
    if (result.reads().isPresent()) {
      accuracies();
      controls();
      masks();
      probabilities();
      sameDna();
      confusion();
    }
    result.panels().forEach(this::panel);
    learning();
    return page.close().close().line();
  }

  private ExplanationReport report() {
    return result.report();
  }

  private String shortId() {
    return result.checkpointId().substring(0, Math.min(12, result.checkpointId().length()));
  }

  private static String styleSheet() {
    try (InputStream css = EvaluationPage.class.getResourceAsStream("evaluation.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void section(String title, String note) {
    page.line().element("h2", title).element("p", note, "class", "note");
  }

  /** The paper's table, and what spans must bear besides. */
  private void accuracies() {
    section(
        "What is called from the whole read, and from parts of it",
        "Balanced accuracy of the most probable taxon: the mean recall over the taxa that occur. "
            + "Below it the 95 % interval, bootstrapped over genomes. Masks are those of the "
            + "predicted taxon, as published, and beside them those of the true one, which nobody "
            + "knows in a stream."
            + (result.joint()
                ? " All ranks share one mask, the largest of theirs at each token."
                : ""));
    page.open("div", "class", "scroll").open("table").open("thead").open("tr");
    page.element("th", "the classifier is shown");
    for (Rank rank : RANKS) {
      page.element("th", rank.label(), "colspan", "2", "class", "group");
    }
    page.close().open("tr").element("th", "masks of the taxon that is");
    for (int i = 0; i < RANKS.size(); i++) {
      page.element("th", "predicted").element("th", "true");
    }
    page.close().close().open("tbody");
    for (Condition condition : Condition.paper()) {
      row(condition.toString());
      for (Rank rank : RANKS) {
        for (MaskTarget target : MaskTarget.values()) {
          cell(report().model().get(target).of(condition, rank));
        }
      }
      page.close();
    }
    heading("ratio to unmasked", 7);
    for (Condition condition :
        List.of(Condition.MASKED, Condition.SPANS, Condition.RELEVANT_CHUNKS)) {
      row(condition.toString());
      for (Rank rank : RANKS) {
        for (MaskTarget target : MaskTarget.values()) {
          Scores scores = report().model().get(target);
          cell(scores.of(condition, rank).ratioTo(scores.of(Condition.UNMASKED, rank)));
        }
      }
      page.close();
    }
    heading("label forcing: the spans of a random wrong taxon make the classifier call it", 7);
    row("share of reads");
    for (Rank rank : RANKS) {
      cell(report().labelForcing().get(rank).accuracy());
      page.element("td", "");
    }
    page.close().close().close().close();
    page.element(
        "p",
        "Chunks are fed alone, each as a read of its own, and their probabilities averaged; reads "
            + "without a chunk of the kind are left out: "
            + leftOut()
            + " (superkingdom / phylum / genus, masks of predicted taxa).",
        "class",
        "note");
  }

  private String leftOut() {
    Scores scores = report().model().get(PREDICTED);
    Function<Condition, String> count =
        condition ->
            String.join(
                " / ",
                RANKS.stream()
                    .map(rank -> String.valueOf(scores.of(condition, rank).leftOut()))
                    .toList());
    return count.apply(Condition.RELEVANT_CHUNKS)
        + " without a relevant one, "
        + count.apply(Condition.IRRELEVANT_CHUNKS)
        + " without an irrelevant one";
  }

  private void controls() {
    section(
        "Evidence, or an agreement between classifier and Explainer?",
        "The same reads, with as many spans of the same lengths put anywhere, and with as many "
            + "tokens where masks are highest on average. Spans are evidence if what they keep is "
            + "called better than either, and what they leave worse"
            + (hasReferee()
                ? ", by the classifier and by the referee, a 6-mer naive Bayes that had no part in "
                    + "the training."
                : ".")
            + " Differences whose interval excludes zero are bold.");
    for (Rank rank : RANKS) {
      page.element("h3", capital(rank));
      page.open("div", "class", "scroll").open("table").open("thead").open("tr");
      page.element("th", "shown").element("th", "masks").element("th", "random spans");
      page.element("th", "mean mask").element("th", "masks − random");
      page.element("th", "masks − mean mask").close().close().open("tbody");
      heading("to the classifier", 6);
      Condition.paper().forEach(c -> control(report().model().get(PREDICTED), c, rank));
      if (hasReferee()) {
        heading("to the referee", 6);
        Condition.paper().forEach(c -> control(report().referee().get(PREDICTED), c, rank));
      }
      page.close().close().close();
    }
  }

  private boolean hasReferee() {
    return !report().referee().get(PREDICTED).conditions().isEmpty();
  }

  private void control(Scores scores, Condition condition, Rank rank) {
    Optional<Hits> own = hits(scores, Optional.of(condition), rank);
    if (own.isPresent()) {
      Optional<Hits> random = hits(scores, condition.control(By.RANDOM), rank);
      Optional<Hits> usual = hits(scores, condition.control(By.USUAL), rank);
      row(condition.toString());
      cell(own.get());
      random.ifPresentOrElse(this::cell, this::none);
      usual.ifPresentOrElse(this::cell, this::none);
      random.ifPresentOrElse(other -> difference(own.get().advantageOver(other)), this::none);
      usual.ifPresentOrElse(other -> difference(own.get().advantageOver(other)), this::none);
      page.close();
    }
  }

  private static Optional<Hits> hits(Scores scores, Optional<Condition> condition, Rank rank) {
    return condition.filter(scores.conditions()::contains).map(c -> scores.of(c, rank));
  }

  private void masks() {
    section(
        "What the published masks keep",
        result.joint()
            ? "Of the calls that are published, with one mask for all of a read's ranks."
            : "Of the calls that are published: each called rank has its own mask and spans.");
    page.open("div", "class", "plots wide");
    table(
        new Line("calls", rank -> String.valueOf(summary(rank).calls())),
        new Line("mean mask score", rank -> number(summary(rank).meanScore())),
        new Line("share of tokens kept", rank -> number(summary(rank).keptTokens())),
        new Line("share of a read's bases kept", rank -> number(summary(rank).keptBases())),
        new Line("spans a call", rank -> decimal(summary(rank).spans())),
        new Line("calls of at most four spans", rank -> percent(summary(rank).fewSpans())),
        new Line("bases a span", rank -> decimal(summary(rank).spanBases())),
        new Line("bases a span, mean over reads", rank -> decimal(summary(rank).spanBasesOfRead())),
        new Line("calls without a span", rank -> String.valueOf(summary(rank).withoutSpans())),
        new Line("calls that keep all tokens", rank -> String.valueOf(summary(rank).wholeReads())));
    plots.histograms();
    page.close();
    page.element("h3", "Masks along the read");
    plots.profiles();
    page.element("h3", "What another threshold would keep");
    page.element(
        "p",
        "Of masks thresholded at 0.1, 0.3, 0.5, 0.7 and 0.9: the balanced accuracy from their "
            + "spans alone, over that of whole reads, and how often the spans of a random wrong "
            + "taxon make the classifier call it. Good spans are few, suffice and force nothing: at "
            + "the left the one line is high and the other low.",
        "class",
        "note");
    plots.frontiers();
  }

  private Summary summary(Rank rank) {
    return report().masks().get(rank).summary();
  }

  private void probabilities() {
    section(
        "Whether probabilities mean what they say",
        "Of the most probable taxon of every read. Dots are the larger the more reads they stand "
            + "for.");
    plots.reliability();
    page.open("div", "class", "plots wide");
    plots.callCurves();
    table(
        Stream.concat(
                SHARES.stream()
                    .map(
                        share ->
                            new Line(
                                "right of the surest " + format("%.0f %%", 100 * share),
                                rank -> number(right(rank, share)))),
                Stream.of(
                    new Line(
                        "calibration error",
                        rank -> number(report().reliability().get(rank).error()))))
            .toArray(Line[]::new));
    page.close();
    profiles();
  }

  /** What each profile calls of each length. */
  private void profiles() {
    page.element("h3", "What each profile calls, by how long reads are");
    page.element(
        "p",
        "Share of the reads of a known taxon that are called, and the share of those calls that "
            + "is right; behind the profile's name its threshold. This page's other figures are of "
            + result.rule()
            + ".",
        "class",
        "note");
    table(
        result.profiles().stream()
            .map(
                calls ->
                    new Line(
                        calls.profile().label() + ", " + calls.lengths(),
                        rank -> {
                          ProfileCalls.Counts counts = calls.counts().get(rank);
                          return "%s: %s, %s"
                              .formatted(
                                  number(calls.thresholds().of(rank)),
                                  percent(counts.shareCalled()),
                                  percent(counts.precision()));
                        }))
            .toArray(Line[]::new));
  }

  /** The share of right calls where a share of the reads is called. */
  private double right(Rank rank, double share) {
    return report().curves().get(rank).points().stream()
        .filter(point -> point.called() >= share)
        .findFirst()
        .map(CallCurve.Point::right)
        .orElse(Double.NaN);
  }

  private void sameDna() {
    Robustness robustness = result.robustness();
    section(
        "The same DNA read another way, and DNA of nobody",
        "A read's other strand, and a read that begins one to five bases later, should be called "
            + "the same, for the same bases. Overlap is intersection over union of the bases in "
            + "spans, where both are called the same; by chance: with one's spans put anywhere.");
    table(
        new Line("other strand: same call", rank -> number(strand(rank).calls())),
        new Line("other strand: overlap of spans", rank -> number(strand(rank).spans())),
        new Line("overlap by chance", rank -> number(strand(rank).chance())),
        new Line("other frame: same call", rank -> number(frame(rank).calls())),
        new Line("other frame: overlap of spans", rank -> number(frame(rank).spans())),
        new Line("overlap by chance", rank -> number(frame(rank).chance())),
        new Line(
            "balanced accuracy of reads whose 6-mers are shuffled",
            rank -> interval(robustness.shuffled().get(rank).balancedAccuracy())),
        new Line(
            "entropy of a fully masked read, over the greatest",
            rank -> number(report().hiddenEntropy().get(rank))),
        new Line(
            "least entropy of blank reads, over the greatest",
            rank -> number(report().blankEntropy().get(rank))),
        new Line(
            "reads of a taxon without a label, called nonetheless",
            rank -> interval(report().strangers().get(rank).accuracy())));
    page.element("h3", "Several views of a read");
    page.element(
        "p",
        "Balanced accuracy of the mean over several views of each read, both strands and other "
            + "frames, and how many reads a second are classified so, without masks.");
    table(
        result.views().stream()
            .map(
                several ->
                    new Line(
                        several.count()
                            + ", at "
                            + Math.round(several.readsPerSecond())
                            + " reads/s",
                        rank -> interval(several.hits().get(rank).balancedAccuracy())))
            .toArray(Line[]::new));
    page.element(
        "p",
        "Of reads of random bases "
            + percent(robustness.randomCalled())
            + " were called at least a superkingdom.");
  }

  private Agreement strand(Rank rank) {
    return result.robustness().strand().get(rank);
  }

  private Agreement frame(Rank rank) {
    return result.robustness().frame().get(rank);
  }

  private void confusion() {
    section("What is taken for what", "The most probable taxon of every read, called or not.");
    plots.confusion(Rank.SUPERKINGDOM);
    plots.confusion(Rank.PHYLUM);
    page.element("h3", "The most confused genera");
    page.open("div", "class", "scroll").open("table").open("thead").open("tr");
    page.element("th", "reads of").element("th", "called", "class", "name");
    page.element("th", "reads").element("th", "share of its reads").close().close().open("tbody");
    for (Confusion.Pair pair : report().confusion().get(Rank.GENUS).worst(WORST)) {
      row(result.taxonomy().taxon(Rank.GENUS, pair.truth()).name());
      page.element(
          "td", result.taxonomy().taxon(Rank.GENUS, pair.called()).name(), "class", "name");
      page.element("td", String.valueOf(pair.reads())).element("td", number(pair.share()));
      page.close();
    }
    page.close().close().close();
  }

  private void panel(PanelReport panel) {
    section(panel.title(), panel.note());
    if (!panel.tradeoffs().isEmpty()) {
      plots.tradeoffs(panel.tradeoffs());
    }
    if (panel.lines().isEmpty()) {
      return;
    }
    page.open("div", "class", "scroll").open("table").open("thead").open("tr");
    page.element("th", "reads").element("th", "");
    RANKS.forEach(rank -> page.element("th", rank.label()));
    page.element("th", "a read").close().close().open("tbody");
    String row = "";
    for (PanelReport.Line line : panel.lines()) {
      if (!line.row().equals(row)) {
        row = line.row();
        heading(row + ": " + line.reads(), 3 + RANKS.size());
      }
      row(line.by());
      page.element("td", line.measure(), "class", "name");
      for (Rank rank : RANKS) {
        cell(line.isOfWholeReads() ? NOT_COUNTED : line.of(rank));
      }
      cell(line.isOfWholeReads() ? line.values().get(0) : NOT_COUNTED);
      page.close();
    }
    page.close().close().close();
  }

  private void learning() {
    if (!result.learningCurves().isEmpty()) {
      section("How it was trained", "The logs beside the checkpoint.");
      plots.learning();
    }
  }

  private record Line(String name, Function<Rank, String> cell) {}

  /** A table of a column a rank. */
  private void table(Line... lines) {
    page.open("div", "class", "scroll").open("table").open("thead").open("tr").element("th", "");
    RANKS.forEach(rank -> page.element("th", rank.label()));
    page.close().close().open("tbody");
    for (Line line : lines) {
      row(line.name);
      RANKS.forEach(rank -> page.element("td", line.cell.apply(rank)));
      page.close();
    }
    page.close().close().close();
  }

  private void row(String name) {
    page.line().open("tr").element("th", name, "scope", "row");
  }

  private void heading(String title, int columns) {
    page.line().open("tr", "class", "head");
    page.element("th", title, "colspan", String.valueOf(columns), "scope", "rowgroup").close();
  }

  private void cell(Hits hits) {
    cell(hits.balancedAccuracy());
  }

  private void cell(Hits.Interval interval) {
    if (Double.isNaN(interval.value())) {
      none();
      return;
    }
    page.open("td").text(number(interval.value()));
    page.element("small", number(interval.low()) + " to " + number(interval.high())).close();
  }

  /** Bold where its interval excludes zero. */
  private void difference(Hits.Interval interval) {
    boolean sure = interval.low() > 0 || interval.high() < 0;
    page.open("td").element(sure ? "strong" : "span", number(interval.value()));
    page.element("small", number(interval.low()) + " to " + number(interval.high())).close();
  }

  private void none() {
    page.element("td", NONE);
  }

  private static String interval(Hits.Interval interval) {
    String value = number(interval.value());
    return Double.isNaN(interval.value())
        ? value
        : value + " (" + number(interval.low()) + " to " + number(interval.high()) + ")";
  }

  private static String number(double value) {
    return format("%.3f", value);
  }

  private static String decimal(double value) {
    return format("%.1f", value);
  }

  private static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  /** With a true minus sign; a dash for what could not be measured. */
  private static String format(String format, double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, format, value).replace('-', '−');
  }

  private static String capital(Rank rank) {
    return rank.label().substring(0, 1).toUpperCase(Locale.ROOT) + rank.label().substring(1);
  }
}
