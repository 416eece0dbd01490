package io.readlens.trainer;

import io.readlens.model.evaluation.CallCurve;
import io.readlens.model.evaluation.Condition;
import io.readlens.model.evaluation.Condition.By;
import io.readlens.model.evaluation.Confusion;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.Frontier;
import io.readlens.model.evaluation.Hits;
import io.readlens.model.evaluation.MaskStatistics;
import io.readlens.model.evaluation.MaskTarget;
import io.readlens.model.evaluation.ProfileCalls;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.Scores;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.evaluation.panel.PanelReport;
import io.readlens.model.read.Rank;
import io.readlens.model.text.Legible;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** An evaluation as tables for the terminal: a column a rank. */
final class EvaluationText {
  private static final List<Double> SHARES = List.of(1.0, 0.9, 0.8, 0.5);
  private static final int WORST = 10;

  private final EvaluationResult result;
  private final StringBuilder out = new StringBuilder();

  private EvaluationText(EvaluationResult result) {
    this.result = result;
  }

  static String of(EvaluationResult result) {
    EvaluationText text = new EvaluationText(result);
    if (result.reads().isPresent()) {
      text.report(result.report());
      text.profiles(result.profiles());
      text.robustness(result.robustness());
      text.views(result.views());
      text.confusion(result.report().confusion());
    }
    result.panels().forEach(text::panel);
    return text.out.toString();
  }

  private void report(ExplanationReport report) {
    out.append(
        String.format(
            Locale.ROOT,
            "%d reads, %d classified (%.1f %%): %s%n%n",
            report.reads(),
            report.classified(),
            100.0 * report.classified() / report.reads(),
            result.rule()));
    if (result.joint()) {
      out.append("one mask for all ranks, the largest of theirs at each token\n\n");
    }
    accuracies("masks of the predicted taxa", report, MaskTarget.PREDICTED);
    accuracies("masks of the true taxa", report, MaskTarget.TRUE_LABEL);
    for (MaskTarget target : MaskTarget.values()) {
      header("ratio to unmasked, masks of " + name(target));
      for (Condition condition :
          List.of(Condition.MASKED, Condition.SPANS, Condition.RELEVANT_CHUNKS)) {
        Scores scores = report.model().get(target);
        row(
            condition.toString(),
            rank ->
                interval(scores.of(condition, rank).ratioTo(scores.of(Condition.UNMASKED, rank))));
      }
      out.append('\n');
    }
    header("spans against controls (difference)");
    differences("", report.model().get(MaskTarget.PREDICTED));
    differences("referee, ", report.referee().get(MaskTarget.PREDICTED));
    out.append('\n');
    masks(report);
    frontier(report.frontier());
    header("probabilities");
    row("calibration error", rank -> number(report.reliability().get(rank).error()));
    for (double share : SHARES) {
      row(
          String.format(Locale.ROOT, "right of the surest %.0f %%", 100 * share),
          rank -> right(report.curves().get(rank), share));
    }
    row(
        "right of those called by the threshold alone",
        rank -> {
          CallCurve.Point point = report.curves().get(rank).at(result.rule().thresholds().of(rank));
          return number(point.right()) + " of " + number(point.called());
        });
  }

  private void profiles(List<ProfileCalls> profiles) {
    out.append('\n');
    header("profiles: threshold, called, right of those");
    for (ProfileCalls calls : profiles) {
      row(
          calls.profile().label() + ", " + calls.lengths(),
          rank -> {
            ProfileCalls.Counts counts = calls.counts().get(rank);
            return String.join(
                "  ",
                number(calls.thresholds().of(rank)),
                number(counts.shareCalled()),
                number(counts.precision()));
          });
      if (calls.counts().values().stream().anyMatch(counts -> counts.strangers() > 0)) {
        row(
            "  called of those of no label",
            rank -> {
              ProfileCalls.Counts counts = calls.counts().get(rank);
              return counts.strangersCalled() + " of " + counts.strangers();
            });
      }
    }
    out.append('\n');
  }

  private static String name(MaskTarget target) {
    return target == MaskTarget.PREDICTED ? "predicted taxa" : "true taxa";
  }

  private static String right(CallCurve curve, double share) {
    return curve.points().stream()
        .filter(point -> point.called() >= share)
        .findFirst()
        .map(point -> number(point.right()))
        .orElse("-");
  }

  private void accuracies(String masks, ExplanationReport report, MaskTarget target) {
    header("balanced accuracy [95 %], " + masks);
    rows("", report.model().get(target));
    rows("referee, ", report.referee().get(target));
    out.append('\n');
  }

  private void rows(String who, Scores scores) {
    for (Condition condition : scores.conditions()) {
      row(
          who + condition,
          rank -> {
            Hits hits = scores.of(condition, rank);
            String left = hits.leftOut() == 0 ? "" : " -" + hits.leftOut();
            return interval(hits.balancedAccuracy()) + left;
          });
    }
  }

  private void differences(String who, Scores scores) {
    for (Condition condition : Condition.paper()) {
      for (By by : List.of(By.RANDOM, By.USUAL)) {
        condition
            .control(by)
            .filter(scores.conditions()::contains)
            .ifPresent(
                control ->
                    row(
                        who + condition + " - " + (by == By.RANDOM ? "random" : "usual"),
                        rank ->
                            interval(
                                scores
                                    .of(condition, rank)
                                    .advantageOver(scores.of(control, rank)))));
      }
    }
  }

  private void masks(ExplanationReport report) {
    Function<Rank, MaskStatistics.Summary> masks = rank -> report.masks().get(rank).summary();
    header("published masks");
    row("calls", rank -> String.valueOf(masks.apply(rank).calls()));
    row("mean score", rank -> number(masks.apply(rank).meanScore()));
    row("tokens kept", rank -> number(masks.apply(rank).keptTokens()));
    row("bases kept", rank -> number(masks.apply(rank).keptBases()));
    row("spans a call", rank -> number(masks.apply(rank).spans()));
    row("calls of at most 4 spans", rank -> number(masks.apply(rank).fewSpans()));
    row("bases a span", rank -> number(masks.apply(rank).spanBases()));
    row("bases a span, mean by read", rank -> number(masks.apply(rank).spanBasesOfRead()));
    row("calls without a span", rank -> String.valueOf(masks.apply(rank).withoutSpans()));
    row("calls that keep all", rank -> String.valueOf(masks.apply(rank).wholeReads()));
    row(
        "label forcing (a wrong label's spans)",
        rank -> interval(report.labelForcing().get(rank).accuracy()));
    row("entropy of a fully masked read", rank -> number(report.hiddenEntropy().get(rank)));
    row("least entropy of blank reads", rank -> number(report.blankEntropy().get(rank)));
    out.append('\n');
  }

  private void views(List<SeveralViews> all) {
    header("balanced accuracy of several views [95 %]");
    for (SeveralViews views : all) {
      String name =
          String.format(Locale.ROOT, "%d, at %.0f reads/s", views.count(), views.readsPerSecond());
      row(name, rank -> interval(views.hits().get(rank).balancedAccuracy()));
    }
    out.append('\n');
  }

  private void frontier(Map<Rank, List<Frontier>> frontier) {
    header("thresholds: kept, ratio to unmasked, forcing");
    for (int i = 0; i < frontier.get(Rank.GENUS).size(); i++) {
      int step = i;
      row(
          String.format(Locale.ROOT, "%.1f", frontier.get(Rank.GENUS).get(i).threshold()),
          rank -> {
            Frontier at = frontier.get(rank).get(step);
            return String.join(
                "  ", number(at.kept()), number(at.ratio().value()), number(at.forced().value()));
          });
    }
    out.append('\n');
  }

  private void robustness(Robustness robustness) {
    out.append(
        String.format(
            Locale.ROOT, "%-52s %s%n%n", "random reads called", number(robustness.randomCalled())));
    header("reads of no label there");
    row("reads", rank -> String.valueOf(strangers(rank).reads()));
    row("called nonetheless", rank -> interval(strangers(rank).accuracy()));
    out.append('\n');
    header("the same DNA");
    row("other strand, same call", rank -> number(robustness.strand().get(rank).calls()));
    row("other strand, overlap of spans", rank -> number(robustness.strand().get(rank).spans()));
    row("  by chance", rank -> number(robustness.strand().get(rank).chance()));
    row("other frame, same call", rank -> number(robustness.frame().get(rank).calls()));
    row("other frame, overlap of spans", rank -> number(robustness.frame().get(rank).spans()));
    row("  by chance", rank -> number(robustness.frame().get(rank).chance()));
    row(
        "balanced accuracy of shuffled 6-mers",
        rank -> interval(robustness.shuffled().get(rank).balancedAccuracy()));
    out.append('\n');
  }

  private Hits strangers(Rank rank) {
    return result.report().strangers().get(rank);
  }

  private void confusion(Map<Rank, Confusion> confusion) {
    out.append("most confused: reads (share of its reads)\n");
    for (Rank rank : Rank.values()) {
      for (Confusion.Pair pair : confusion.get(rank).worst(WORST)) {
        out.append(
            String.format(
                Locale.ROOT,
                "%-13s %-30s called %-30s %5d (%.2f)%n",
                rank.label(),
                Legible.of(result.taxonomy().taxon(rank, pair.truth()).name()),
                Legible.of(result.taxonomy().taxon(rank, pair.called()).name()),
                pair.reads(),
                pair.share()));
      }
    }
  }

  private void panel(PanelReport panel) {
    out.append(out.isEmpty() ? "" : "\n").append(Legible.of(panel.title())).append(" [95 %]\n");
    if (panel.lines().isEmpty()) {
      out.append(Legible.of(panel.note())).append('\n');
      return;
    }
    String row = "";
    for (PanelReport.Line line : panel.lines()) {
      if (!line.row().equals(row)) {
        row = line.row();
        header(Legible.of(row) + " (" + line.reads() + ")");
      }
      String by = line.by().equals(PanelReport.Line.MODEL) ? "" : line.by() + ", ";
      String ofReads = line.isOfWholeReads() ? interval(line.values().get(0)) : "";
      row(
          "  " + by + Legible.of(line.measure()),
          rank ->
              !line.isOfWholeReads()
                  ? interval(line.of(rank))
                  : rank == Rank.SUPERKINGDOM ? ofReads : "");
    }
  }

  private void header(String title) {
    row(title, Rank::label);
  }

  private void row(String name, Function<Rank, String> cell) {
    out.append(
        String.format(
                Locale.ROOT,
                "%-52s %-22s %-22s %s",
                name,
                cell.apply(Rank.SUPERKINGDOM),
                cell.apply(Rank.PHYLUM),
                cell.apply(Rank.GENUS))
            .stripTrailing());
    out.append('\n');
  }

  private static String interval(Hits.Interval interval) {
    return Double.isNaN(interval.value())
        ? "-"
        : String.format(
            Locale.ROOT, "%.3f [%.3f,%.3f]", interval.value(), interval.low(), interval.high());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }
}
