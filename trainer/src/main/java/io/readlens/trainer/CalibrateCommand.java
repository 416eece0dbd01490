package io.readlens.trainer;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.abundance.CallConfusion;
import io.readlens.model.abundance.Origin;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.evaluation.CallMeasurement;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.Reliability;
import io.readlens.model.network.TorchProcess;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code calibrate}: fits what a checkpoint decides with. */
@Command(
    name = "calibrate",
    description = {
      "Fit a checkpoint's temperatures and thresholds on validation reads.",
      "A temperature a rank, higher for short reads and lower for long ones, makes its",
      "probabilities mean what they say. The superkingdom's threshold calls reads of random",
      "bases nothing, but never more of the genomes' reads than is asked for. Each profile",
      "(sensitive, balanced, strict) has the least thresholds by which its calls of every",
      "length are right as often as is asked for, and more likely right than not. Then count",
      "how reads of each genus are called by the balanced one: the confusion, with which an",
      "estimate of abundances corrects what it counts."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class CalibrateCommand implements Callable<Integer> {
  private static final int READS_PER_GENOME = 6;
  private static final int MOST_BASES = 1_000_000;

  /** Reads of each length and kind of background that the confusion is counted on. */
  private static final int KIND_READS = 100;

  @Mixin private DataOptions data;

  @Option(names = "--from", required = true, description = "Checkpoint to calibrate.")
  private Path from;

  @Option(names = "--out", required = true, description = "Checkpoint directory to write.")
  private Path out;

  @Option(
      names = "--lengths",
      split = ",",
      description = "Lengths in bases of reads cut from genomes.",
      defaultValue = "250,1500,1500,1500,1500,5000,20000")
  private List<Integer> lengths;

  @Option(
      names = "--refused",
      description = "Share of random reads to call nothing.",
      defaultValue = "0.98")
  private double refused;

  @Option(
      names = "--called",
      description = "Share of the genomes' reads to call at least.",
      defaultValue = "0.8")
  private double called;

  @Option(
      names = "--confusion-lengths",
      split = ",",
      description = "Lengths in bases of the reads that the confusion is counted on.",
      defaultValue = "150,500,1500,5000")
  private List<Integer> confusionLengths;

  @Option(
      names = "--confusion-reads",
      description = "Reads of each of these lengths from each genome; 0 for no confusion.",
      defaultValue = "20")
  private int confusionReads;

  @Option(
      names = "--unknown",
      paramLabel = "DIR",
      description =
          "Genomes of genera that the checkpoint does not know, in a directory like that of "
              + "--genomes: they say how reads of such are called, and one read in ten is of such "
              + "where a profile's precision is measured. Without them the confusion is guessed "
              + "from what genera are called that are not called their own.")
  private Path unknown;

  @Option(
      names = "--precision",
      split = ",",
      description = "Shares of the calls of sensitive, balanced and strict that are to be right.",
      defaultValue = "0.9,0.95,0.99")
  private List<Double> precision;

  @Spec private CommandSpec spec;

  @Option(names = "--seed", description = "Seed of everything random.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws IOException {
    requireOptions();
    Map<Profile, Double> wanted = precision();
    Checkpoint start = Checkpoint.load(from);
    TrainingSet set = data.open();
    Labels.requireAll(from, start.taxonomy(), set.taxonomy());
    List<LabelledRead> reads = set.validation(start.taxonomy(), lengths, READS_PER_GENOME, seed);
    if (reads.isEmpty()) {
      throw new IOException("the data has nothing to validate on, or no long enough region");
    }
    CallMeasurement known = toMeasure(set, start.taxonomy());
    List<LabelledRead> strangers = strangers(set, start.taxonomy());
    Checkpoint.requireSavable(out);
    Random bases = new Random(seed + 1);
    List<TokenizedRead> random =
        reads.stream()
            .map(read -> Read.of("random", randomBases(read.bases().length(), bases)))
            .map(set.filter()::tokenize)
            .toList();
    try (NDManager manager = TorchProcess.manager()) {
      Decision before = start.decision();
      Decision plain =
          Decision.uncalibrated(
              before.superkingdom(), before.phylum(), before.genus(), before.mask());
      List<TokenizedRead> tokens = reads.stream().map(LabelledRead::tokens).toList();
      List<Calibration.Answer> ofReads;
      List<Calibration.Answer> ofRandom;
      List<Calibration.Answer> ofStrangers;
      try (ExplainedClassifier model = ExplainedClassifier.load(start.deciding(plain), "cpu", 0)) {
        ofReads = answers(model, tokens);
        ofRandom = answers(model, random);
        ofStrangers = answers(model, strangers.stream().map(LabelledRead::tokens).toList());
      }
      Calibration calibration =
          new Calibration(start.taxonomy(), reads, ofReads).amid(strangers, ofStrangers);
      Decision fitted = calibration.fit(ofRandom, refused, called, wanted, before.mask());
      ObjectNode metrics = start.metrics();
      ObjectNode report = metrics.putObject("calibration").put("from", start.id());
      report.put("seed", seed).put("reads", reads.size());
      for (Rank rank : Rank.values()) {
        double error = error(rank, reads, ofReads, fitted);
        report.put(rank.label() + "_error", error);
        System.out.printf(
            "%-12s temperature %.3f (1 + %.1f / tokens) (%d / tokens)^%.2f,"
                + " calibration error %.3f (%.3f before)%n",
            rank.label(),
            ofOneWindow(fitted, rank),
            fitted.temperatureTokens(),
            Decision.GROWTH_FROM_TOKENS,
            fitted.temperatureGrowth(),
            error,
            error(rank, reads, ofReads, plain));
      }
      wanted.forEach(
          (profile, share) -> {
            System.out.println(
                profile.label() + ", " + share + " right: " + fitted.thresholds(profile));
            List<String> unreached = calibration.unreached(share, fitted);
            if (!unreached.isEmpty()) {
              System.out.println("  not reached at " + String.join(", ", unreached));
            }
            report
                .putObject(profile.label())
                .put("precision", share)
                .set("unreached", texts(unreached));
          });
      report.put("called", called(ofReads, fitted)).put("random_called", called(ofRandom, fitted));
      System.out.printf(
          "called: %.3f of %d reads, %.3f of as many random ones%n",
          called(ofReads, fitted), reads.size(), called(ofRandom, fitted));
      Optional<CallConfusion> confusion = confusion(start.deciding(fitted), known);
      report.put("confusion_reads", confusion.map(CallConfusion::reads).orElse(0L));
      System.out.println(Legible.of("wrote " + save(start, fitted, metrics, confusion, manager)));
      Provenance.inherit(from, out);
    }
    return 0;
  }

  private static double ofOneWindow(Decision decision, Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> decision.superkingdomTemperature();
      case PHYLUM -> decision.phylumTemperature();
      case GENUS -> decision.genusTemperature();
    };
  }

  private void requireOptions() {
    requireOption(confusionReads >= 0, "--confusion-reads = " + confusionReads + ": not below 0");
    requireOption(
        confusionLengths.stream().allMatch(length -> length >= 1 && length <= MOST_BASES)
            && confusionLengths.stream().distinct().count() == confusionLengths.size()
            && confusionLengths.size() <= CallConfusion.MOST_LENGTHS,
        "--confusion-lengths = %s: up to %d different lengths from 1 to %d"
            .formatted(confusionLengths, CallConfusion.MOST_LENGTHS, MOST_BASES));
  }

  private void requireOption(boolean sound, String fault) {
    if (!sound) {
      throw new ParameterException(spec.commandLine(), fault);
    }
  }

  /** The reads whose calls are counted: those that validate, and those of what is unknown. */
  private CallMeasurement toMeasure(TrainingSet set, Taxonomy labels) throws IOException {
    CallMeasurement reads = new CallMeasurement(confusionLengths);
    if (confusionReads == 0) {
      return reads;
    }
    for (LabelledRead read : set.validation(labels, confusionLengths, confusionReads, seed + 2)) {
      reads.add(origin(read, labels), read.tokens());
    }
    List<String> kinds = set.taxonomy().background();
    for (LabelledRead read : set.background(confusionLengths, KIND_READS, seed + 4)) {
      reads.add(Origin.background(kinds.get(read.background())), read.tokens());
    }
    if (unknown != null) {
      UnknownGenomes.open(unknown, labels)
          .cut(confusionLengths, confusionReads, set.filter(), new Random(seed + 3))
          .forEach(read -> reads.add(origin(read, labels), read.tokens()));
    }
    return reads;
  }

  /** Reads of unknown genera that are long enough for the model, in random order. */
  private List<LabelledRead> strangers(TrainingSet set, Taxonomy labels) throws IOException {
    if (unknown == null) {
      return List.of();
    }
    Random random = new Random(seed + 5);
    List<LabelledRead> strangers =
        new ArrayList<>(
            UnknownGenomes.open(unknown, labels)
                .cut(lengths, READS_PER_GENOME, set.filter(), random));
    strangers.removeIf(read -> !read.tokens().isInformative());
    Collections.shuffle(strangers, random);
    return strangers;
  }

  private static Origin origin(LabelledRead read, Taxonomy labels) {
    Origin origin = Origin.unknown();
    for (Rank rank : Rank.values()) {
      if (read.label(rank) >= 0) {
        origin = Origin.of(labels.taxon(rank, read.label(rank)));
      }
    }
    return origin;
  }

  private Optional<CallConfusion> confusion(Checkpoint decided, CallMeasurement reads) {
    if (reads.reads() == 0) {
      System.out.println("confusion: not counted");
      return Optional.empty();
    }
    try (ExplainedClassifier model = ExplainedClassifier.load(decided, "cpu", 0)) {
      CallConfusion confusion = reads.of(model);
      System.out.printf(
          "confusion: of %d reads at %s bases%n", confusion.reads(), confusion.lengths());
      return Optional.of(confusion);
    }
  }

  /** What is asked for of each profile. */
  private Map<Profile, Double> precision() {
    Profile[] profiles = Profile.values();
    boolean ascends = precision.stream().sorted().toList().equals(precision);
    boolean areShares = precision.stream().allMatch(share -> share >= 0 && share <= 1);
    if (precision.size() != profiles.length || !ascends || !areShares) {
      throw new ParameterException(
          spec.commandLine(),
          "--precision = %s: three shares from 0 to 1, of sensitive, balanced and strict, none below the one before it"
              .formatted(precision.stream().map(String::valueOf).collect(Collectors.joining(","))));
    }
    Map<Profile, Double> wanted = new EnumMap<>(Profile.class);
    for (int i = 0; i < profiles.length; i++) {
      wanted.put(profiles[i], precision.get(i));
    }
    return wanted;
  }

  private static ArrayNode texts(List<String> all) {
    ArrayNode texts = JsonNodeFactory.instance.arrayNode();
    all.forEach(texts::add);
    return texts;
  }

  private Checkpoint save(
      Checkpoint start,
      Decision decision,
      ObjectNode metrics,
      Optional<CallConfusion> confusion,
      NDManager manager) {
    return Checkpoint.save(
        out,
        start.config(),
        decision,
        start.taxonomy(),
        start.classifier(manager).tensors(),
        start.explainer(manager).tensors(),
        metrics,
        confusion);
  }

  private static String randomBases(int length, Random random) {
    double gc = 0.2 + 0.6 * random.nextDouble();
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append((random.nextDouble() < gc ? "CG" : "AT").charAt(random.nextInt(2)));
    }
    return bases.toString();
  }

  private static List<Calibration.Answer> answers(
      ExplainedClassifier model, List<TokenizedRead> reads) {
    List<TaxonProbabilities> probabilities = model.probabilities(reads);
    return IntStream.range(0, reads.size())
        .mapToObj(i -> new Calibration.Answer(reads.get(i).shownTokens(), probabilities.get(i)))
        .toList();
  }

  private static double error(
      Rank rank, List<LabelledRead> reads, List<Calibration.Answer> all, Decision decision) {
    List<TaxonProbabilities> tempered = all.stream().map(each -> each.tempered(decision)).toList();
    return Reliability.of(rank, reads, tempered).error();
  }

  private static double called(List<Calibration.Answer> all, Decision decision) {
    long count =
        all.stream()
            .map(each -> each.tempered(decision))
            .filter(p -> p.of(p.best(Rank.SUPERKINGDOM)) >= decision.superkingdom())
            .count();
    return (double) count / all.size();
  }
}
