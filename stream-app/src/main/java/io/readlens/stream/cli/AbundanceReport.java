package io.readlens.stream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.abundance.AbundanceEstimate;
import io.readlens.model.abundance.AbundanceEstimate.Amount;
import io.readlens.model.abundance.AbundanceEstimate.Interval;
import io.readlens.model.abundance.AbundanceEstimate.Share;
import io.readlens.model.abundance.Origin;
import io.readlens.model.abundance.SampleCalls;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.text.Legible;
import io.readlens.model.text.LegibleJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Estimates of samples, for people and for programs.
 *
 * <p>Threading: one thread.
 */
final class AbundanceReport {
  /** What the estimates of a checkpoint without a confusion are. */
  static final String NO_CONFUSION =
      "the checkpoint has no confusion, so calls are counted as they are, right or wrong;"
          + " the trainer's calibrate measures one";

  private static final String NOT_SETTLED = "the search did not settle: take the shares as rough";
  private static final ObjectMapper JSON = new ObjectMapper(LegibleJson.factory());
  private static final int BAR = 24;

  /** Of a smaller share the table says only how many there are. */
  private static final double SHOWN = 0.001;

  /** An interval that begins below does not show that anything is there. */
  private static final double PRESENT = 0.0005;

  private final Checkpoint checkpoint;
  private final long deadLetters;
  private final List<Sample> samples = new ArrayList<>();

  private record Sample(String name, SampleCalls calls, AbundanceEstimate estimate) {}

  AbundanceReport(Checkpoint checkpoint, long deadLetters) {
    this.checkpoint = checkpoint;
    this.deadLetters = deadLetters;
  }

  void add(String name, SampleCalls calls, AbundanceEstimate estimate) {
    samples.add(new Sample(name, calls, estimate));
  }

  /** For people: a line of text a row. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add("checkpoint " + checkpoint.id());
    if (checkpoint.confusion().isEmpty()) {
      lines.add(NO_CONFUSION);
    }
    for (Sample sample : samples) {
      lines.add("");
      addTable(sample, lines);
    }
    return lines;
  }

  private static void addTable(Sample sample, List<String> lines) {
    AbundanceEstimate estimate = sample.estimate;
    lines.add(
        "%s: %,d reads, %,d bases%s"
            .formatted(
                sample.name.isEmpty() ? "no sample named" : Legible.of(sample.name),
                sample.calls.reads(),
                sample.calls.bases(),
                notAsked(sample.calls)));
    if (!estimate.settled()) {
      lines.add(NOT_SETTLED);
    }
    if (estimate.shares().isEmpty()) {
      return;
    }
    lines.add(
        "%-44s %22s %22s %9s".formatted("", "% of reads (95 %)", "% of bases (95 %)", "called"));
    double most =
        estimate.shares().stream().mapToDouble(s -> s.amount().reads().value()).max().orElse(1);
    List<Share> small = new ArrayList<>();
    for (Share share : estimate.shares()) {
      if (share.amount().reads().value() < SHOWN) {
        small.add(share);
      } else {
        String name = name(share.origin()) + (isPresent(share) ? "" : " ?");
        lines.add(row(name, share.amount(), "%,9d".formatted(share.called()), most));
      }
    }
    if (!small.isEmpty()) {
      lines.add(
          "%d more below %s %%, together %s %%"
              .formatted(
                  small.size(),
                  percent(SHOWN),
                  percent(small.stream().mapToDouble(s -> s.amount().reads().value()).sum())));
    }
    lines.add(row("all unknown", estimate.unknown(), "", 0));
    if (estimate.background().reads().value() > 0) {
      lines.add(row("all background", estimate.background(), "", 0));
    }
  }

  private static String row(String name, Amount amount, String called, double most) {
    int bar = most == 0 ? 0 : (int) Math.round(BAR * amount.reads().value() / most);
    return "%-44s %22s %22s %9s %s"
        .formatted(name, cell(amount.reads()), cell(amount.bases()), called, "#".repeat(bar))
        .stripTrailing();
  }

  private static String cell(Interval interval) {
    return "%s (%s-%s)"
        .formatted(percent(interval.value()), percent(interval.low()), percent(interval.high()));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, share >= 0.0995 ? "%.1f" : "%.2f", 100 * share);
  }

  private static boolean isPresent(Share share) {
    return share.amount().reads().low() >= PRESENT;
  }

  private static String notAsked(SampleCalls calls) {
    return calls.notAsked().isEmpty()
        ? ""
        : calls.notAsked().entrySet().stream()
            .map(each -> "%,d %s".formatted(each.getValue(), each.getKey()))
            .collect(Collectors.joining(", ", "; left out: ", ""));
  }

  private static String name(Origin origin) {
    if (origin.isBackground()) {
      return Legible.of("background: " + origin.background());
    }
    return origin
        .taxon()
        .map(
            taxon ->
                switch (taxon.rank()) {
                  case GENUS -> Legible.of(taxon.name());
                  case PHYLUM -> Legible.of("unknown genus of " + taxon.name());
                  case SUPERKINGDOM -> Legible.of("unknown phylum of " + taxon.name());
                })
        .orElse("unknown altogether");
  }

  /** For programs: a header and a line a share. */
  List<String> tsv() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "sample\tkind\trank\ttaxId\tname\tcalled\treads\treadsLow\treadsHigh"
            + "\tbases\tbasesLow\tbasesHigh\tcorrected");
    for (Sample sample : samples) {
      for (Share share : sample.estimate.shares()) {
        lines.add(
            String.join(
                "\t",
                Legible.of(sample.name),
                kind(share.origin()),
                share.origin().taxon().map(taxon -> taxon.rank().label()).orElse("NA"),
                share.origin().taxon().map(AbundanceReport::taxId).orElse("NA"),
                nameCell(share.origin()),
                String.valueOf(share.called()),
                cells(share.amount()),
                corrected(sample)));
      }
      lines.add(sum(sample, "unknown", sample.estimate.unknown()));
      lines.add(sum(sample, "background", sample.estimate.background()));
    }
    return lines;
  }

  private static String sum(Sample sample, String name, Amount amount) {
    return String.join(
        "\t",
        Legible.of(sample.name),
        "sum",
        "NA",
        "NA",
        name,
        "NA",
        cells(amount),
        corrected(sample));
  }

  private static String corrected(Sample sample) {
    return sample.estimate.corrected() ? "yes" : "no";
  }

  private static String kind(Origin origin) {
    return origin.isGenus() ? "genus" : origin.isBackground() ? "background" : "unknown";
  }

  private static String taxId(Taxon taxon) {
    return taxon.taxId().isPresent() ? String.valueOf(taxon.taxId().getAsInt()) : "NA";
  }

  private static String nameCell(Origin origin) {
    return origin.isBackground()
        ? Legible.of(origin.background())
        : origin.taxon().map(taxon -> Legible.of(taxon.name())).orElse("NA");
  }

  private static String cells(Amount amount) {
    return cells(amount.reads()) + "\t" + cells(amount.bases());
  }

  private static String cells(Interval interval) {
    return String.format(
        Locale.ROOT, "%.6f\t%.6f\t%.6f", interval.value(), interval.low(), interval.high());
  }

  /** For programs: all in one object. */
  String json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("checkpointId", checkpoint.id());
    json.put("corrected", checkpoint.confusion().isPresent());
    json.put("deadLetters", deadLetters);
    ArrayNode all = json.putArray("samples");
    samples.forEach(sample -> all.add(json(sample)));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and texts is always JSON", e);
    }
  }

  private ObjectNode json(Sample sample) {
    ObjectNode json = JSON.createObjectNode();
    json.put("sample", sample.name);
    json.put("reads", sample.calls.reads()).put("bases", sample.calls.bases());
    ObjectNode left = json.putObject("notAsked");
    for (Map.Entry<String, Long> each : sample.calls.notAsked().entrySet()) {
      left.put(each.getKey(), each.getValue());
    }
    json.put("settled", sample.estimate.settled());
    ArrayNode shares = json.putArray("shares");
    sample.estimate.shares().forEach(share -> shares.add(json(share)));
    json.set("unknown", json(sample.estimate.unknown()));
    json.set("background", json(sample.estimate.background()));
    return json;
  }

  private ObjectNode json(Share share) {
    Origin origin = share.origin();
    ObjectNode json = JSON.createObjectNode();
    json.put("kind", kind(origin));
    if (origin.isBackground()) {
      json.put("name", origin.background());
    }
    if (origin.taxon().isPresent()) {
      Taxon taxon = origin.taxon().get();
      json.put("rank", taxon.rank().label());
      json.put("taxId", taxon.taxId().isPresent() ? taxon.taxId().getAsInt() : null);
      json.put("name", taxon.name());
      for (Taxon above : checkpoint.taxonomy().lineage(taxon)) {
        if (above.rank() != Rank.GENUS && above.rank() != taxon.rank()) {
          json.put(above.rank().label(), above.name());
        }
      }
    }
    json.put("called", share.called());
    json.setAll(json(share.amount()));
    return json;
  }

  private static ObjectNode json(Amount amount) {
    ObjectNode json = JSON.createObjectNode();
    json.set("reads", json(amount.reads()));
    json.set("bases", json(amount.bases()));
    return json;
  }

  private static ObjectNode json(Interval interval) {
    return JSON.createObjectNode()
        .put("share", interval.value())
        .put("low", interval.low())
        .put("high", interval.high());
  }
}
