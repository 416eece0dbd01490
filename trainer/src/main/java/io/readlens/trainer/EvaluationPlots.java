package io.readlens.trainer;

import io.readlens.model.evaluation.CallCurve;
import io.readlens.model.evaluation.Confusion;
import io.readlens.model.evaluation.Frontier;
import io.readlens.model.evaluation.MaskStatistics;
import io.readlens.model.evaluation.MaskStatistics.Bin;
import io.readlens.model.evaluation.MaskStatistics.Place;
import io.readlens.model.evaluation.Reliability;
import io.readlens.model.evaluation.panel.PanelReport.Tradeoff;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.trainer.Chart.Axis;
import io.readlens.trainer.Chart.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The plots of an evaluation, each with a sentence above it that says what one sees. */
final class EvaluationPlots {
  private static final List<Rank> RANKS = List.of(Rank.values());
  private static final int SMALL = 340;
  private static final int LARGE = 520;
  private static final int HEIGHT = 260;

  private static final String READS = "reads";
  private static final String VALIDATION = "validation_";

  /** Columns of a learning curve that are neither a loss nor an accuracy. */
  private static final Set<String> NOT_PLOTTED =
      Set.of("step", READS, "seconds", "gradient_norm", "learning_rate");

  private final EvaluationResult result;
  private final Markup page;

  EvaluationPlots(EvaluationResult result, Markup page) {
    this.result = result;
    this.page = page;
  }

  private interface Plot {
    void draw();
  }

  private void figure(String headline, String rest, Plot plot) {
    page.open("figure").open("figcaption").element("strong", headline);
    page.text(" " + rest).close();
    plot.draw();
    page.close().line();
  }

  private MaskStatistics masks(Rank rank) {
    return result.report().masks().get(rank);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String decimal(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.0f", value);
  }

  /** A value of each rank, from the root down. */
  private static String ofRanks(Function<Rank, String> value) {
    return String.join(" / ", RANKS.stream().map(value).toList());
  }

  /** Histograms, to stand in a grid. */
  void histograms() {
    bars(
        "Where mask scores lie.",
        "Of the tokens of called reads "
            + ofRanks(rank -> percent(masks(rank).summary().keptTokens()))
            + " are kept (superkingdom / phylum / genus).",
        "mask score of a token",
        "share of tokens",
        MaskStatistics::scores,
        bin -> String.format(Locale.ROOT, "%.2f", bin.from()));
    bars(
        "How long spans are.",
        "Their mean is " + ofRanks(rank -> decimal(masks(rank).summary().spanBases())) + " bases.",
        "length of a span, bases",
        "share of spans",
        MaskStatistics::spanLengths,
        bin -> String.format(Locale.ROOT, "%.0f–%.0f", bin.from(), bin.to() - 1));
    bars(
        "How many spans a call has.",
        "At most four: "
            + ofRanks(rank -> percent(masks(rank).summary().fewSpans()))
            + " of calls.",
        "spans of a call",
        "share of calls",
        MaskStatistics::spanCounts,
        bin -> decimal(bin.from()) + (bin.to() - bin.from() > 1 ? "+" : ""));
  }

  /** The mask along the read, one plot a rank. */
  void profiles() {
    page.open("div", "class", "plots");
    RANKS.forEach(this::profile);
    page.close();
  }

  private void bars(
      String headline,
      String rest,
      String across,
      String up,
      Function<MaskStatistics, List<Bin>> bins,
      Function<Bin, String> label) {
    List<List<Bin>> all = RANKS.stream().map(rank -> bins.apply(masks(rank))).toList();
    List<Bin> longest =
        all.stream().max((a, b) -> Integer.compare(a.size(), b.size())).orElseThrow();
    List<List<Double>> heights = new ArrayList<>();
    for (List<Bin> ofRank : all) {
      double sum = Math.max(1, ofRank.stream().mapToLong(Bin::count).sum());
      List<Double> shares = new ArrayList<>();
      for (int i = 0; i < longest.size(); i++) {
        shares.add(i < ofRank.size() ? ofRank.get(i).count() / sum : 0);
      }
      heights.add(shares);
    }
    double most = heights.stream().flatMap(List::stream).mapToDouble(x -> x).max().orElse(1);
    figure(
        headline,
        rest,
        () ->
            new Chart(
                    headline,
                    LARGE,
                    HEIGHT,
                    new Axis(across, 0, longest.size()),
                    new Axis(up, 0, most * 1.04))
                .bars(
                    RANKS.stream().map(Rank::label).toList(),
                    longest.stream().map(label).toList(),
                    heights)
                .writeTo(page));
  }

  private void profile(Rank rank) {
    List<Place> profile = masks(rank).profile();
    String headline = capital(rank.label()) + ".";
    figure(
        headline,
        "Mean score (line); eight tenths of the scores lie in the band.",
        () -> {
          Chart chart =
              new Chart(
                  headline + " Mask score along the read",
                  SMALL,
                  HEIGHT,
                  new Axis("place in the read, 0 its first base, 1 its last", 0, 1),
                  new Axis("mask score", 0, 1));
          chart.from(RANKS.indexOf(rank));
          chart.band(points(profile, Place::tenth), points(profile, Place::ninetieth));
          chart.line("mean", points(profile, Place::mean));
          chart.writeTo(page);
        });
  }

  /** What the masks' threshold trades, one plot a rank. */
  void frontiers() {
    page.open("div", "class", "plots");
    RANKS.forEach(this::frontier);
    page.close();
  }

  private void frontier(Rank rank) {
    List<Frontier> frontier = result.report().frontier().get(rank);
    double most =
        frontier.stream()
            .mapToDouble(at -> at.ratio().value())
            .filter(Double::isFinite)
            .reduce(1, Math::max);
    figure(
        capital(rank.label()) + ".",
        "",
        () -> {
          Chart chart =
              new Chart(
                  "Sufficiency and label forcing by share of bases kept, " + rank.label(),
                  SMALL,
                  HEIGHT,
                  new Axis("share of a read's tokens kept", 0, 1),
                  new Axis("share", 0, most));
          trade(chart, "accuracy from spans ÷ whole", frontier, at -> at.ratio().value());
          trade(chart, "label forcing", frontier, at -> at.forced().value());
          chart.writeTo(page);
        });
  }

  private static void trade(
      Chart chart, String name, List<Frontier> frontier, ToDoubleFunction<Frontier> value) {
    List<Frontier> measured =
        frontier.stream().filter(at -> Double.isFinite(value.applyAsDouble(at))).toList();
    chart.line(
        name, measured.stream().map(at -> new Point(at.kept(), value.applyAsDouble(at))).toList());
    for (Frontier at : measured) {
      chart.dot(
          new Point(at.kept(), value.applyAsDouble(at)),
          3.5,
          String.format(Locale.ROOT, "threshold %.1f", at.threshold()));
    }
  }

  private static List<Point> points(List<Place> profile, ToDoubleFunction<Place> value) {
    return profile.stream().map(p -> new Point(p.place(), value.applyAsDouble(p))).toList();
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /** What is right of what is called with which probability, one plot a rank. */
  void reliability() {
    page.open("div", "class", "plots");
    RANKS.forEach(this::reliability);
    page.close();
  }

  private void reliability(Rank rank) {
    Reliability reliability = result.report().reliability().get(rank);
    List<Reliability.Bin> bins = reliability.bins();
    long reads = bins.stream().mapToLong(Reliability.Bin::calls).sum();
    String headline = capital(rank.label()) + ".";
    figure(
        headline,
        String.format(
            Locale.ROOT,
            "Calibration error %.3f. Above the diagonal more is right than is said.",
            reliability.error()),
        () -> {
          Chart chart =
              new Chart(
                  headline + " Reliability",
                  SMALL,
                  HEIGHT,
                  new Axis("probability of the most probable taxon", 0, 1),
                  new Axis("share of reads that are right", 0, 1));
          chart.from(RANKS.indexOf(rank)).diagonal();
          chart.line(
              "right", bins.stream().map(b -> new Point(b.probability(), b.right())).toList());
          for (Reliability.Bin bin : bins) {
            chart.dot(
                new Point(bin.probability(), bin.right()),
                2 + 7 * Math.sqrt((double) bin.calls() / reads),
                bin.calls() + " reads");
          }
          chart.writeTo(page);
        });
  }

  /** How right calls are if fewer are made, to stand in a grid. */
  void callCurves() {
    Map<Rank, CallCurve> curves = result.report().curves();
    Function<Rank, CallCurve.Point> here =
        rank -> curves.get(rank).at(result.rule().thresholds().of(rank));
    double least =
        RANKS.stream()
            .flatMap(rank -> curves.get(rank).points().stream())
            .mapToDouble(CallCurve.Point::right)
            .min()
            .orElse(0);
    figure(
        "How right calls are if fewer are made.",
        "The dots are the thresholds that it called by: "
            + ofRanks(rank -> percent(here.apply(rank).right()))
            + " right of "
            + ofRanks(rank -> percent(here.apply(rank).called()))
            + " called.",
        () -> {
          Chart chart =
              new Chart(
                  "Share of calls that are right against share of reads called",
                  LARGE,
                  300,
                  new Axis("share of reads called, the surest first", 0, 1),
                  new Axis("share of them that is right", Math.floor(least * 10) / 10, 1));
          for (Rank rank : RANKS) {
            chart.line(
                rank.label(),
                curves.get(rank).points().stream()
                    .map(point -> new Point(point.called(), point.right()))
                    .toList());
            CallCurve.Point point = here.apply(rank);
            if (point.called() > 0) {
              chart.dot(
                  new Point(point.called(), point.right()),
                  5,
                  String.format(
                      Locale.ROOT, "%s: probability %.3f", rank.label(), point.threshold()));
            }
          }
          chart.writeTo(page);
        });
  }

  /** What a least probability of the genus trades: known reads called for novel ones called. */
  void tradeoffs(List<Tradeoff> tradeoffs) {
    figure(
        "What another threshold of the genus would give.",
        "From the left, the surest reads first. Good is a line of novel genera that stays low until"
            + " most known reads are called.",
        () -> {
          Chart chart =
              new Chart(
                  "Novel reads called, and known calls that are right, by known reads called",
                  LARGE,
                  300,
                  new Axis("share of the reads of known genera called to genus", 0, 1),
                  new Axis("share", 0, 1));
          chart.line("novel reads called", ofTradeoffs(tradeoffs, Tradeoff::novelCalled));
          chart.line("known calls that are right", ofTradeoffs(tradeoffs, Tradeoff::precision));
          chart.writeTo(page);
        });
  }

  private static List<Point> ofTradeoffs(List<Tradeoff> all, ToDoubleFunction<Tradeoff> value) {
    return all.stream()
        .map(each -> new Point(each.knownCalled(), value.applyAsDouble(each)))
        .toList();
  }

  void confusion(Rank rank) {
    Confusion confusion = result.report().confusion().get(rank);
    List<String> names = result.taxonomy().taxa(rank).stream().map(Taxon::name).toList();
    page.open("figure", "class", "full").open("figcaption");
    page.element("strong", capital(rank.label()) + ".");
    page.text(
        " Rows are what reads are, columns what they are called, each cell its share of the row.");
    page.close();
    // Sisters stand together.
    List<Integer> order =
        result.taxonomy().taxa(rank).stream()
            .sorted(Comparator.comparingInt(Taxon::parent).thenComparingInt(Taxon::index))
            .map(Taxon::index)
            .toList();
    new Heatmap("Confusion at the " + rank.label(), confusion, names, order).writeTo(page);
    page.close();
  }

  /** One plot of the losses and one of the accuracies for each stage of each log. */
  void learning() {
    page.open("div", "class", "plots wide");
    result
        .learningCurves()
        .forEach(
            (file, rows) -> {
              for (List<Map<String, String>> stage : stages(rows)) {
                List<String> columns = List.copyOf(stage.get(0).keySet());
                learning(
                    "Loss, and its terms.",
                    "loss",
                    file,
                    stage,
                    columns.stream()
                        .filter(c -> !NOT_PLOTTED.contains(c) && !c.startsWith(VALIDATION))
                        .toList());
                learning(
                    "Balanced accuracy on validation reads.",
                    "balanced accuracy",
                    file,
                    stage,
                    columns.stream().filter(c -> c.startsWith(VALIDATION)).toList());
              }
            });
    page.close();
  }

  /**
   * A log whose count of reads begins anew tells of another stage; one of a single line is none.
   */
  private static List<List<Map<String, String>>> stages(List<Map<String, String>> rows) {
    List<List<Map<String, String>>> stages = new ArrayList<>();
    double before = Double.POSITIVE_INFINITY;
    for (Map<String, String> row : rows) {
      double reads = value(row, READS);
      if (!(reads >= before)) {
        stages.add(new ArrayList<>());
      }
      stages.get(stages.size() - 1).add(row);
      before = reads;
    }
    stages.removeIf(stage -> stage.size() < 2);
    return stages;
  }

  private void learning(
      String shows, String up, String file, List<Map<String, String>> rows, List<String> columns) {
    List<List<Point>> lines = new ArrayList<>();
    for (String column : columns) {
      lines.add(
          rows.stream()
              .map(row -> new Point(value(row, READS), value(row, column)))
              .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
              .toList());
    }
    DoubleSummaryStatistics x = statistics(lines, Point::x);
    DoubleSummaryStatistics y = statistics(lines, Point::y);
    if (x.getCount() == 0) {
      return;
    }
    figure(
        shows,
        file,
        () -> {
          Chart chart =
              new Chart(
                  shows + " " + file,
                  LARGE,
                  HEIGHT,
                  new Axis("reads trained on", 0, x.getMax()),
                  new Axis(up, Math.floor(y.getMin() * 10) / 10, y.getMax()));
          for (int i = 0; i < columns.size(); i++) {
            if (!lines.get(i).isEmpty()) {
              chart.line(columns.get(i).replace('_', ' '), lines.get(i));
            }
          }
          chart.writeTo(page);
        });
  }

  private static DoubleSummaryStatistics statistics(
      List<List<Point>> lines, ToDoubleFunction<Point> value) {
    return lines.stream().flatMap(List::stream).mapToDouble(value).summaryStatistics();
  }

  /** NaN where the log has no number. */
  private static double value(Map<String, String> row, String column) {
    try {
      return Double.parseDouble(row.getOrDefault(column, ""));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
