package io.readlens.stream.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.Call;
import io.readlens.model.checkpoint.CallRule;
import io.readlens.model.evaluation.Comparison;
import io.readlens.model.evaluation.Comparison.Accuracy;
import io.readlens.model.evaluation.Comparison.Example;
import io.readlens.model.evaluation.Comparison.OfRank;
import io.readlens.model.read.Rank;
import io.readlens.model.text.Legible;
import io.readlens.model.text.LegibleJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A comparison of two checkpoints, or of one by two rules, for people and for programs.
 *
 * @param a what is before
 * @param b what would follow
 * @param leftOut reads that neither was asked about
 */
record DiffReport(Side a, Side b, Comparison comparison, long leftOut) {
  private static final ObjectMapper JSON = new ObjectMapper(LegibleJson.factory());
  private static final String ROW = "%-44s %14s %14s %14s";

  /**
   * One of the two.
   *
   * @param checkpointId digest of the checkpoint
   * @param rule by what it calls
   */
  record Side(String checkpointId, CallRule rule) {}

  /** The table, a line of text a row. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("a      " + a.checkpointId);
    lines.add("       " + a.rule);
    lines.add("b      " + b.checkpointId);
    lines.add("       " + b.rule);
    lines.add(
        "reads  "
            + comparison.reads()
            + (leftOut == 0 ? "" : ", " + leftOut + " too short or invalid left out"));
    lines.add("");
    lines.add(row("", Rank::label));
    lines.add(counts("the same call", OfRank::same));
    lines.add(counts("another taxon", OfRank::other));
    lines.add(counts("called by a alone", OfRank::onlyA));
    lines.add(counts("called by b alone", OfRank::onlyB));
    lines.add(counts("called by neither", OfRank::neither));
    lines.add("");
    lines.add(row("spans of the same calls: IoU, mean", rank -> number(mean(rank))));
    lines.add(row("  a tenth of the reads below", rank -> number(quantile(rank, 0.1))));
    lines.add(row("  half of them below", rank -> number(quantile(rank, 0.5))));
    lines.add(row("  no base in common", rank -> String.valueOf(disjoint(rank))));
    if (Stream.of(Rank.values()).anyMatch(rank -> of(rank).cut() > 0)) {
      lines.add(counts("  more spans than a call carries", OfRank::cut));
    }
    if (withTruth()) {
      lines.add("");
      lines.add(counts("reads of known taxon", ofRank -> ofRank.ofA().reads()));
      lines.add(row("balanced accuracy of a, no call a miss", r -> number(of(r).ofA().balanced())));
      lines.add(row("  of b", rank -> number(of(rank).ofB().balanced())));
      lines.add(row("share of a's calls that are right", r -> number(of(r).ofA().precision())));
      lines.add(row("  of b's", rank -> number(of(rank).ofB().precision())));
      lines.add(counts("right by b, not by a", OfRank::corrected));
      lines.add(counts("right by a, not by b", OfRank::spoiled));
    }
    for (Rank rank : Rank.values()) {
      for (Example example : of(rank).examples()) {
        lines.add(line(rank, example));
      }
    }
    return lines;
  }

  private boolean withTruth() {
    return Stream.of(Rank.values()).anyMatch(rank -> of(rank).ofA().reads() > 0);
  }

  private OfRank of(Rank rank) {
    return comparison.of(rank);
  }

  private static String row(String name, Function<Rank, String> cell) {
    return ROW.formatted(
            name, cell.apply(Rank.SUPERKINGDOM), cell.apply(Rank.PHYLUM), cell.apply(Rank.GENUS))
        .stripTrailing();
  }

  private String counts(String name, Function<OfRank, Integer> count) {
    return row(name, rank -> String.valueOf(count.apply(of(rank))));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private double mean(Rank rank) {
    return of(rank).overlaps().stream().mapToDouble(iou -> iou).average().orElse(Double.NaN);
  }

  /** The overlap that this share of the reads has at most. */
  private double quantile(Rank rank, double share) {
    List<Double> sorted = of(rank).overlaps();
    return sorted.isEmpty()
        ? Double.NaN
        : sorted.get((int) Math.min(sorted.size() - 1L, (long) (share * sorted.size())));
  }

  private long disjoint(Rank rank) {
    return of(rank).overlaps().stream().filter(iou -> iou == 0).count();
  }

  private static String line(Rank rank, Example example) {
    return Legible.of(
        "%-14s %s: %s -> %s%s"
            .formatted(
                rank.label(),
                example.readId(),
                called(example.a()),
                called(example.b()),
                example.truth().map(name -> ", truly " + name).orElse("")));
  }

  private static String called(Optional<Call> call) {
    return call.map(c -> c.taxon().name() + " " + number(c.probability())).orElse("no call");
  }

  /** The figures, a rank's under its name. */
  ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("a", a.checkpointId).put("b", b.checkpointId);
    json.put("reads", comparison.reads()).put("leftOut", leftOut);
    put(json.putObject("ruleA"), a.rule);
    put(json.putObject("ruleB"), b.rule);
    ObjectNode ranks = json.putObject("ranks");
    for (Rank rank : Rank.values()) {
      ranks.set(rank.label(), json(rank));
    }
    return json;
  }

  private ObjectNode json(Rank rank) {
    OfRank ofRank = of(rank);
    ObjectNode json = JSON.createObjectNode();
    json.put("same", ofRank.same()).put("other", ofRank.other());
    json.put("onlyA", ofRank.onlyA()).put("onlyB", ofRank.onlyB());
    json.put("neither", ofRank.neither());
    ObjectNode spans = json.putObject("spanOverlap");
    spans.put("reads", ofRank.overlaps().size()).put("disjoint", disjoint(rank));
    spans.put("cut", ofRank.cut());
    putIfNumber(spans, "mean", mean(rank));
    for (int percent = 10; percent < 100; percent += 10) {
      putIfNumber(spans, "p" + percent, quantile(rank, percent / 100.0));
    }
    if (ofRank.ofA().reads() > 0) {
      ObjectNode accuracy = json.putObject("accuracy");
      accuracy.put("reads", ofRank.ofA().reads());
      put(accuracy.putObject("a"), ofRank.ofA());
      put(accuracy.putObject("b"), ofRank.ofB());
      accuracy.put("corrected", ofRank.corrected()).put("spoiled", ofRank.spoiled());
    }
    ArrayNode examples = json.putArray("examples");
    for (Example example : ofRank.examples()) {
      ObjectNode node = examples.addObject();
      node.put("readId", example.readId());
      put(node.putObject("a"), example.a());
      put(node.putObject("b"), example.b());
      node.put("truth", example.truth().orElse(null));
    }
    return json;
  }

  private static void put(ObjectNode into, CallRule rule) {
    into.put("profile", rule.profileName());
    ObjectNode thresholds = into.putObject("thresholds");
    for (Rank rank : Rank.values()) {
      thresholds.put(rank.label(), rule.thresholds().of(rank));
    }
  }

  private static void put(ObjectNode into, Accuracy accuracy) {
    putIfNumber(into, "balanced", accuracy.balanced());
    putIfNumber(into, "precision", accuracy.precision());
  }

  private static void put(ObjectNode into, Optional<Call> call) {
    call.ifPresent(c -> into.put("name", c.taxon().name()).put("probability", c.probability()));
  }

  private static void putIfNumber(ObjectNode into, String name, double value) {
    if (!Double.isNaN(value)) {
      into.put(name, value);
    }
  }
}
