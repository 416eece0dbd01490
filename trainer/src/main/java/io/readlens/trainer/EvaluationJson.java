package io.readlens.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.evaluation.Condition;
import io.readlens.model.evaluation.Condition.By;
import io.readlens.model.evaluation.Confusion;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.Hits;
import io.readlens.model.evaluation.MaskStatistics;
import io.readlens.model.evaluation.MaskTarget;
import io.readlens.model.evaluation.ProfileCalls;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.Scores;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.evaluation.panel.PanelReport;
import io.readlens.model.read.Rank;
import io.readlens.model.text.LegibleJson;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * An evaluation as one JSON object. Its names are those of the enums and records, and stay; a
 * figure that could not be measured is null.
 */
final class EvaluationJson {
  private static final ObjectMapper JSON = new ObjectMapper(LegibleJson.factory());
  private static final int MOST_PAIRS = 100;

  private EvaluationJson() {}

  /** The object as text of several lines. */
  static String text(EvaluationResult result) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(of(result)) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and texts is always JSON", e);
    }
  }

  static ObjectNode of(EvaluationResult result) {
    ObjectNode root = JSON.createObjectNode();
    root.put("checkpoint", result.checkpointId());
    root.put("profile", result.rule().profileName());
    root.set("thresholds", byRank(rank -> JSON.valueToTree(result.rule().thresholds().of(rank))));
    if (result.reads().isPresent()) {
      addReads(root, result);
    }
    if (!result.panels().isEmpty()) {
      ArrayNode panels = root.putArray("panels");
      result.panels().forEach(panel -> panels.add(panel(panel)));
    }
    nullForNaN(root);
    return root;
  }

  private static ObjectNode panel(PanelReport panel) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", panel.name()).put("title", panel.title()).put("note", panel.note());
    ArrayNode lines = node.putArray("lines");
    for (PanelReport.Line line : panel.lines()) {
      ObjectNode each = lines.addObject();
      each.put("row", line.row()).put("by", line.by()).put("measure", line.measure());
      each.put("reads", line.reads());
      if (line.isOfWholeReads()) {
        each.set("value", JSON.valueToTree(line.values().get(0)));
      } else {
        each.setAll(byRank(rank -> JSON.valueToTree(line.of(rank))));
      }
    }
    if (!panel.tradeoffs().isEmpty()) {
      node.set("tradeoffs", JSON.valueToTree(panel.tradeoffs()));
    }
    return node;
  }

  private static void addReads(ObjectNode root, EvaluationResult result) {
    ExplanationReport report = result.report();
    Robustness robustness = result.robustness();
    root.put("input", result.input());
    root.put("scope", result.joint() ? "joint" : "per_rank");
    root.put("reads", report.reads()).put("classified", report.classified());
    root.set("balancedAccuracy", byTarget(report.model(), EvaluationJson::accuracies));
    root.set("refereeBalancedAccuracy", byTarget(report.referee(), EvaluationJson::accuracies));
    root.set("ratioToUnmasked", byTarget(report.model(), EvaluationJson::ratios));
    root.set("advantageOverControls", byTarget(report.model(), EvaluationJson::advantages));
    root.set(
        "refereeAdvantageOverControls", byTarget(report.referee(), EvaluationJson::advantages));
    root.set("masks", byRank(rank -> masks(report.masks().get(rank))));
    root.set(
        "labelForcing",
        byRank(
            rank ->
                hits(report.labelForcing().get(rank).accuracy(), report.labelForcing().get(rank))));
    root.set("frontier", byRank(rank -> JSON.valueToTree(report.frontier().get(rank))));
    root.set("hiddenEntropy", byRank(rank -> JSON.valueToTree(report.hiddenEntropy().get(rank))));
    root.set("blankEntropy", byRank(rank -> JSON.valueToTree(report.blankEntropy().get(rank))));
    root.set(
        "calibration",
        byRank(
            rank ->
                JSON.createObjectNode()
                    .put("error", report.reliability().get(rank).error())
                    .set("bins", JSON.valueToTree(report.reliability().get(rank).bins()))));
    root.set(
        "callCurve",
        byRank(
            rank -> {
              double threshold = result.rule().thresholds().of(rank);
              ObjectNode node = JSON.createObjectNode();
              node.set("atThreshold", JSON.valueToTree(report.curves().get(rank).at(threshold)));
              node.set("points", JSON.valueToTree(report.curves().get(rank).points()));
              return node;
            }));
    ArrayNode profiles = root.putArray("profiles");
    for (ProfileCalls calls : result.profiles()) {
      ObjectNode node = profiles.addObject().put("profile", calls.profile().name());
      node.put("fromBases", calls.lengths().from()).put("toBases", calls.lengths().to());
      node.set(
          "ranks",
          byRank(
              rank -> {
                ObjectNode counts = JSON.valueToTree(calls.counts().get(rank));
                return counts.put("threshold", calls.thresholds().of(rank));
              }));
    }
    root.set("confusion", byRank(rank -> confusion(result, rank)));
    root.set("otherStrand", byRank(rank -> JSON.valueToTree(robustness.strand().get(rank))));
    root.set("otherFrame", byRank(rank -> JSON.valueToTree(robustness.frame().get(rank))));
    root.set(
        "shuffledBalancedAccuracy",
        byRank(rank -> JSON.valueToTree(robustness.shuffled().get(rank).balancedAccuracy())));
    ArrayNode views = root.putArray("views");
    for (SeveralViews several : result.views()) {
      ObjectNode node = views.addObject().put("views", several.count());
      node.put("readsPerSecond", several.readsPerSecond());
      node.set(
          "balancedAccuracy",
          byRank(rank -> JSON.valueToTree(several.hits().get(rank).balancedAccuracy())));
    }
    root.put("randomCalled", robustness.randomCalled());
    root.set(
        "strangersCalled",
        byRank(
            rank -> hits(report.strangers().get(rank).accuracy(), report.strangers().get(rank))));
  }

  private static ObjectNode byRank(Function<Rank, JsonNode> value) {
    ObjectNode node = JSON.createObjectNode();
    for (Rank rank : Rank.values()) {
      node.set(rank.label(), value.apply(rank));
    }
    return node;
  }

  private static ObjectNode byTarget(
      Map<MaskTarget, Scores> scores, Function<Scores, ObjectNode> value) {
    ObjectNode node = JSON.createObjectNode();
    scores.forEach((target, some) -> node.set(name(target), value.apply(some)));
    return node;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode hits(Hits.Interval interval, Hits hits) {
    ObjectNode node = JSON.valueToTree(interval);
    return node.put("reads", hits.reads()).put("leftOut", hits.leftOut());
  }

  private static ObjectNode accuracies(Scores scores) {
    ObjectNode node = JSON.createObjectNode();
    for (Condition condition : scores.conditions()) {
      node.set(
          name(condition),
          byRank(
              rank ->
                  hits(scores.of(condition, rank).balancedAccuracy(), scores.of(condition, rank))));
    }
    return node;
  }

  private static ObjectNode ratios(Scores scores) {
    ObjectNode node = JSON.createObjectNode();
    for (Condition condition : scores.conditions()) {
      if (condition != Condition.UNMASKED) {
        node.set(
            name(condition),
            byRank(
                rank ->
                    JSON.valueToTree(
                        scores.of(condition, rank).ratioTo(scores.of(Condition.UNMASKED, rank)))));
      }
    }
    return node;
  }

  private static ObjectNode advantages(Scores scores) {
    ObjectNode node = JSON.createObjectNode();
    for (Condition condition : Condition.paper()) {
      for (By by : List.of(By.RANDOM, By.USUAL)) {
        condition
            .control(by)
            .filter(scores.conditions()::contains)
            .ifPresent(
                control ->
                    node.withObject("/" + name(condition))
                        .set(
                            name(by),
                            byRank(
                                rank ->
                                    JSON.valueToTree(
                                        scores
                                            .of(condition, rank)
                                            .advantageOver(scores.of(control, rank))))));
      }
    }
    return node;
  }

  private static ObjectNode masks(MaskStatistics masks) {
    ObjectNode node = JSON.valueToTree(masks.summary());
    node.set("scores", JSON.valueToTree(masks.scores()));
    node.set("profile", JSON.valueToTree(masks.profile()));
    node.set("spanLengths", JSON.valueToTree(masks.spanLengths()));
    node.set("spanCounts", JSON.valueToTree(masks.spanCounts()));
    return node;
  }

  /** Up to the phylum as a matrix, row the truth and column the call; the worst pairs always. */
  private static ObjectNode confusion(EvaluationResult result, Rank rank) {
    Confusion confusion = result.report().confusion().get(rank);
    ObjectNode node = JSON.createObjectNode();
    if (rank != Rank.GENUS) {
      ArrayNode taxa = node.putArray("taxa");
      result.taxonomy().taxa(rank).forEach(taxon -> taxa.add(taxon.name()));
      ArrayNode rows = node.putArray("reads");
      for (int truth = 0; truth < confusion.taxa(); truth++) {
        ArrayNode row = rows.addArray();
        for (int called = 0; called < confusion.taxa(); called++) {
          row.add(confusion.reads(truth, called));
        }
      }
    }
    ArrayNode worst = node.putArray("worst");
    for (Confusion.Pair pair : confusion.worst(MOST_PAIRS)) {
      worst
          .addObject()
          .put("truth", result.taxonomy().taxon(rank, pair.truth()).name())
          .put("called", result.taxonomy().taxon(rank, pair.called()).name())
          .put("reads", pair.reads())
          .put("share", pair.share());
    }
    return node;
  }

  private static void nullForNaN(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              entry -> {
                if (isNotFinite(entry.getValue())) {
                  entry.setValue(object.nullNode());
                }
              });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        if (isNotFinite(array.get(i))) {
          array.setNull(i);
        }
      }
    }
    node.forEach(EvaluationJson::nullForNaN);
  }

  private static boolean isNotFinite(JsonNode value) {
    return value.isFloatingPointNumber() && !Double.isFinite(value.asDouble());
  }
}
