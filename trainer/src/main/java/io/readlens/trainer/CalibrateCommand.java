package io.readlens.trainer;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.Reliability;
import io.readlens.model.network.TorchProcess;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code calibrate}: fits what a checkpoint decides with. */
@Command(
    name = "calibrate",
    description = {
      "Fit a checkpoint's temperatures and thresholds on validation reads.",
      "A temperature a rank, higher for short reads and lower for long ones, makes its",
      "probabilities mean what they say. The superkingdom's threshold calls reads of random bases nothing, but",
      "never more of the genomes' reads than is asked for; phylum and genus are called",
      "where they are more likely than not."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class CalibrateCommand implements Callable<Integer> {
  private static final int READS_PER_GENOME = 6;

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

  @Option(names = "--seed", description = "Seed of everything random.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws IOException {
    Checkpoint start = Checkpoint.load(from);
    TrainingSet set = data.open();
    Labels.requireAll(from, start.taxonomy(), set.taxonomy());
    List<LabelledRead> reads = set.validation(start.taxonomy(), lengths, READS_PER_GENOME, seed);
    if (reads.isEmpty()) {
      throw new IOException("the data has nothing to validate on, or no long enough region");
    }
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
      try (ExplainedClassifier model = ExplainedClassifier.load(start.deciding(plain), "cpu", 0)) {
        ofReads = answers(model, tokens);
        ofRandom = answers(model, random);
      }
      Decision fitted =
          new Calibration(start.taxonomy(), reads, ofReads)
              .fit(ofRandom, refused, called, before.mask());
      ObjectNode metrics = start.metrics();
      ObjectNode report = metrics.putObject("calibration").put("from", start.id());
      report.put("seed", seed).put("reads", reads.size());
      for (Rank rank : Rank.values()) {
        double error = error(rank, reads, ofReads, fitted);
        report.put(rank.label() + "_error", error);
        System.out.printf(
            "%-12s temperature %.3f (1 + %.1f / tokens) (%d / tokens)^%.2f, threshold %.3f,"
                + " calibration error %.3f (%.3f before)%n",
            rank.label(),
            ofOneWindow(fitted, rank),
            fitted.temperatureTokens(),
            Decision.GROWTH_FROM_TOKENS,
            fitted.temperatureGrowth(),
            fitted.threshold(rank),
            error,
            error(rank, reads, ofReads, plain));
      }
      report.put("called", called(ofReads, fitted)).put("random_called", called(ofRandom, fitted));
      System.out.printf(
          "called: %.3f of %d reads, %.3f of as many random ones%n",
          called(ofReads, fitted), reads.size(), called(ofRandom, fitted));
      System.out.println(Legible.of("wrote " + save(start, fitted, metrics, manager)));
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

  private Checkpoint save(
      Checkpoint start, Decision decision, ObjectNode metrics, NDManager manager) {
    return Checkpoint.save(
        out,
        start.config(),
        decision,
        start.taxonomy(),
        start.classifier(manager).tensors(),
        start.explainer(manager).tensors(),
        metrics);
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
            .filter(p -> p.of(p.best(Rank.SUPERKINGDOM)) >= decision.threshold(Rank.SUPERKINGDOM))
            .count();
    return (double) count / all.size();
  }
}
