package io.readlens.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.Condition;
import io.readlens.model.evaluation.ExplanationEvaluation;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.Hits;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.NaiveBayes;
import io.readlens.model.evaluation.Reliability;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code evaluate}: measures a checkpoint on labelled reads. */
@Command(
    name = "evaluate",
    description = "Measure a checkpoint's calls and explanations on reads whose taxa are known.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  @Option(names = "--checkpoint", description = "Checkpoint; the bundled one if not given.")
  private Path checkpoint;

  @Option(names = "--input", required = true, description = "Reads, FASTQ or FASTA, plain or gz.")
  private Path input;

  @Option(
      names = "--truth",
      required = true,
      description = "Table of the columns readId, superkingdom, phylum, genus and taxid.")
  private Path truth;

  @Option(
      names = "--genomes",
      description = "Directory of labelled genomes: adds the 6-mer naive Bayes as a referee.")
  private Path genomes;

  @Option(names = "--json", description = "File for the figures as JSON.")
  private Path json;

  @Option(names = "--seed", description = "Seed of the controls.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws IOException {
    Checkpoint loaded = checkpoint == null ? Checkpoint.bundled() : Checkpoint.load(checkpoint);
    Taxonomy taxonomy = loaded.taxonomy();
    List<LabelledRead> reads = reads(taxonomy);
    ExplanationEvaluation.Referee referee = genomes == null ? null : referee(taxonomy);
    try (ExplainedClassifier model = ExplainedClassifier.load(loaded, "auto", 0)) {
      ExplanationReport report =
          new ExplanationEvaluation(model, reads, seed).run(referee, EvaluateCommand::progress);
      System.err.println();
      Robustness robustness = Robustness.of(model, reads, seed);
      print(report);
      print(robustness);
      if (json != null) {
        Files.writeString(
            json,
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(tree(report, robustness))
                + "\n");
      }
    }
    return 0;
  }

  private static void progress(int percent) {
    System.err.printf("\r%3d %%", Math.min(100, percent));
  }

  private List<LabelledRead> reads(Taxonomy taxonomy) throws IOException {
    Map<String, Map<String, String>> truths = new HashMap<>();
    for (Map<String, String> row : Table.read(truth)) {
      for (Rank rank : Rank.values()) {
        if (!row.containsKey(rank.label())) {
          throw new IOException(truth + " has no column " + rank.label());
        }
      }
      truths.put(row.get("readId"), row);
    }
    List<LabelledRead> reads = new ArrayList<>();
    try (ReadFile file = ReadFile.open(input)) {
      while (file.hasNext()) {
        SequenceRecord record = file.next();
        Map<String, String> row = truths.get(record.id());
        if (row == null) {
          throw new IOException(truth + " has no row for read " + record.id() + " of " + input);
        }
        Read read = Read.of(record.id(), record.sequence());
        reads.add(
            new LabelledRead(
                read,
                Tokenizer.tokenize(read),
                row.getOrDefault("genome", row.get("taxid")),
                label(taxonomy, Rank.SUPERKINGDOM, row),
                label(taxonomy, Rank.PHYLUM, row),
                label(taxonomy, Rank.GENUS, row)));
      }
    }
    if (reads.isEmpty()) {
      throw new IOException(input + " has no reads to evaluate");
    }
    return reads;
  }

  private static int label(Taxonomy taxonomy, Rank rank, Map<String, String> row) {
    return taxonomy.find(rank, row.get(rank.label())).map(Taxon::index).orElse(-1);
  }

  private ExplanationEvaluation.Referee referee(Taxonomy taxonomy) throws IOException {
    NaiveBayes bayes = new NaiveBayes();
    List<Genome> known = GenomePack.open(genomes).genomes(GenomePack.Use.REFERENCE);
    known.forEach(genome -> bayes.add(genome.segments()));
    return (read, parts, rank) -> {
      int genome = bayes.call(read, parts);
      return genome < 0
          ? -1
          : taxonomy.find(rank, known.get(genome).name(rank)).map(Taxon::index).orElse(-1);
    };
  }

  private static void print(ExplanationReport report) {
    System.out.printf(
        Locale.ROOT,
        "%d reads, %d classified (%.1f %%)%n%n",
        report.reads(),
        report.classified(),
        100.0 * report.classified() / report.reads());
    header("balanced accuracy [95 % over genomes]");
    rows("", report.model());
    rows("referee, ", report.referee());
    System.out.println();
    header("spans against random spans (difference)");
    differences("", report.model());
    differences("referee, ", report.referee());
    System.out.println();
    header("published masks");
    row("calls", rank -> String.valueOf(report.masks().get(rank).calls()));
    row("bases kept", rank -> number(report.masks().get(rank).keptBases()));
    row("spans a call", rank -> number(report.masks().get(rank).spans()));
    row("bases a span", rank -> number(report.masks().get(rank).spanBases()));
    row("calls without a span", rank -> String.valueOf(report.masks().get(rank).withoutSpans()));
    row("label forcing (a wrong label's spans)", rank -> number(report.labelForcing().get(rank)));
    row("entropy of a fully masked read", rank -> number(report.hiddenEntropy().get(rank)));
    row("least entropy of blank reads", rank -> number(report.blankEntropy().get(rank)));
  }

  private static void print(Robustness robustness) {
    System.out.println();
    header("probabilities");
    row("calibration error", rank -> number(robustness.reliability().get(rank).error()));
    System.out.printf(
        Locale.ROOT, "%-52s %s%n", "random reads called", number(robustness.randomCalled()));
    System.out.println();
    header("the same DNA");
    row("other strand, same call", rank -> number(robustness.strand().get(rank).calls()));
    row("other strand, overlap of spans", rank -> number(robustness.strand().get(rank).spans()));
    row("other frame, same call", rank -> number(robustness.frame().get(rank).calls()));
    row("other frame, overlap of spans", rank -> number(robustness.frame().get(rank).spans()));
    row(
        "balanced accuracy of shuffled 6-mers",
        rank -> interval(robustness.shuffled().get(rank).balancedAccuracy()));
  }

  private interface Cell {
    String of(Rank rank);
  }

  private static void header(String title) {
    row(title, Rank::label);
  }

  private static void row(String name, Cell cell) {
    System.out.printf(
        "%-52s %-22s %-22s %-22s%n",
        name, cell.of(Rank.SUPERKINGDOM), cell.of(Rank.PHYLUM), cell.of(Rank.GENUS));
  }

  private static void rows(String who, Map<Condition, Map<Rank, Hits>> hits) {
    hits.forEach(
        (condition, byRank) ->
            row(who + condition, rank -> interval(byRank.get(rank).balancedAccuracy())));
  }

  private static void differences(String who, Map<Condition, Map<Rank, Hits>> hits) {
    if (!hits.isEmpty()) {
      difference(who + "kept", hits, Condition.SPANS, Condition.RANDOM_SPANS);
      difference(who + "kept, mean mask", hits, Condition.SPANS, Condition.USUAL_PLACES);
      difference(who + "left out", hits, Condition.WITHOUT_SPANS, Condition.WITHOUT_RANDOM_SPANS);
      difference(
          who + "left out, mean mask",
          hits,
          Condition.WITHOUT_SPANS,
          Condition.WITHOUT_USUAL_PLACES);
    }
  }

  private static void difference(
      String name, Map<Condition, Map<Rank, Hits>> hits, Condition one, Condition other) {
    row(name, rank -> interval(hits.get(one).get(rank).advantageOver(hits.get(other).get(rank))));
  }

  private static String interval(Hits.Interval interval) {
    return String.format(
        Locale.ROOT, "%.3f [%.3f,%.3f]", interval.value(), interval.low(), interval.high());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static ObjectNode tree(ExplanationReport report, Robustness robustness) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("reads", report.reads()).put("classified", report.classified());
    accuracies(root.putObject("balancedAccuracy"), report.model());
    accuracies(root.putObject("refereeBalancedAccuracy"), report.referee());
    ObjectNode masks = root.putObject("masks");
    report.masks().forEach((rank, value) -> masks.set(rank.label(), mapper.valueToTree(value)));
    root.set("labelForcing", byLabel(mapper, report.labelForcing()));
    root.set("hiddenEntropy", byLabel(mapper, report.hiddenEntropy()));
    root.set("blankEntropy", byLabel(mapper, report.blankEntropy()));
    root.put("randomCalled", robustness.randomCalled());
    for (Rank rank : Rank.values()) {
      Reliability reliability = robustness.reliability().get(rank);
      ObjectNode calibration = root.withObject("/calibration").putObject(rank.label());
      calibration.put("error", reliability.error());
      calibration.set("bins", mapper.valueToTree(reliability.bins()));
      root.withObject("/otherStrand")
          .set(rank.label(), mapper.valueToTree(robustness.strand().get(rank)));
      root.withObject("/otherFrame")
          .set(rank.label(), mapper.valueToTree(robustness.frame().get(rank)));
      root.withObject("/shuffledBalancedAccuracy")
          .set(
              rank.label(), mapper.valueToTree(robustness.shuffled().get(rank).balancedAccuracy()));
    }
    return root;
  }

  private static void accuracies(ObjectNode into, Map<Condition, Map<Rank, Hits>> hits) {
    hits.forEach(
        (condition, byRank) -> {
          ObjectNode node = into.putObject(condition.name().toLowerCase(Locale.ROOT));
          byRank.forEach(
              (rank, value) ->
                  node.set(rank.label(), new ObjectMapper().valueToTree(value.balancedAccuracy())));
        });
  }

  private static ObjectNode byLabel(ObjectMapper mapper, Map<Rank, Double> values) {
    ObjectNode node = mapper.createObjectNode();
    values.forEach((rank, value) -> node.put(rank.label(), value));
    return node;
  }
}
