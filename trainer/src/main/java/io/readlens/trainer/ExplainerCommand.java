package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.TaxonClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code explainer}: trains the Explainer of a checkpoint whose classifier is trained. */
@Command(
    name = "explainer",
    description = "Train the Explainer against the frozen classifier of a checkpoint.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false,
    footer = {
      "",
      "A directory of labelled genomes holds genomes.tsv (id, accession, taxid, superkingdom,",
      "phylum, genus, split: train or test_unseen_species), regions.tsv (id, contig, start0, end,",
      "use: train or test_region; 0-based, end excluded), genomes/ID.fa.gz and, where they are",
      "known, the labels' ids in rank_taxids.tsv (rank, name, taxid)."
    })
final class ExplainerCommand implements Callable<Integer> {
  @Option(names = "--genomes", required = true, description = "Directory of labelled genomes.")
  private Path genomes;

  @Option(
      names = "--from",
      required = true,
      description = "Checkpoint with the classifier, and an Explainer to go on from.")
  private Path from;

  @Option(names = "--out", required = true, description = "Checkpoint directory to write.")
  private Path out;

  @Option(names = "--fresh", description = "Start from a new Explainer, not the checkpoint's.")
  private boolean fresh;

  @Option(names = "--reads", description = "Reads to train on.", defaultValue = "60000")
  private long reads;

  @Option(
      names = "--imitation",
      description = "Reads to learn the classifier's own evidence from, first.",
      defaultValue = "0")
  private long imitation;

  @Option(names = "--rows", description = "Reads a step.", defaultValue = "32")
  private int rows;

  @Option(
      names = "--lengths",
      split = ",",
      description = "Read lengths in tokens, drawn evenly.",
      defaultValue = "125,250")
  private List<Integer> lengths;

  @Option(names = "--rate", description = "Peak learning rate.", defaultValue = "0.002")
  private double rate;

  @Option(names = "--gate", description = "${COMPLETION-CANDIDATES}", defaultValue = "HARD")
  private ExplainerTraining.Gate gate;

  @Option(names = "--noise", description = "Noise on a HARD gate's logits.", defaultValue = "0.5")
  private double noise;

  @Option(names = "--entropy", description = "Weight of what is left out.", defaultValue = "1")
  private double entropy;

  @Option(names = "--area", description = "Weight of all area terms.", defaultValue = "1")
  private double area;

  @Option(names = "--mask-area", description = "Weight of a mask's own area.", defaultValue = "1")
  private double maskArea;

  @Option(names = "--other-area", description = "Weight of other taxa's.", defaultValue = "1")
  private double otherArea;

  @Option(names = "--smoothness", description = "Weight of total variation.", defaultValue = "1")
  private double smoothness;

  @Option(names = "--least", description = "Least share of a read to keep.", defaultValue = "0.05")
  private double least;

  @Option(names = "--most", description = "Greatest share to keep.", defaultValue = "0.3")
  private double most;

  @Option(names = "--seed", description = "Seed of everything random.", defaultValue = "1")
  private long seed;

  @Option(names = "--threads", description = "Cores for one operator.", defaultValue = "1")
  private int threads;

  @Option(names = "--saves", description = "Checkpoints written on the way.", defaultValue = "4")
  private int saves;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (saves < 1) {
      throw new ParameterException(
          spec.commandLine(), "--saves = %d: not below 1".formatted(saves));
    }
    Checkpoint start = Checkpoint.load(from);
    GenomePack pack = GenomePack.open(genomes);
    if (!start.taxonomy().equals(pack.taxonomy())) {
      throw new IOException(from + " has other labels than the genomes in " + genomes);
    }
    Files.createDirectories(out);
    try (NDManager manager = NDManager.newBaseManager()) {
      TaxonClassifier classifier = start.classifier(manager);
      Map<String, NDArray> known = fresh ? Map.of() : start.explainerTensors(manager);
      Explainer explainer =
          new Explainer(manager, start.config(), start.taxonomy().size(), new Weights(known, seed));
      ExplainerTraining.Recipe recipe =
          new ExplainerTraining.Recipe(
              imitation,
              reads,
              rows,
              lengths,
              new Schedule(rate, 50, 0.02),
              new ExplainerTraining.LossWeights(
                  entropy, area, maskArea, otherArea, smoothness, least, most),
              gate,
              noise,
              seed,
              threads);
      new ExplainerTraining(
              recipe,
              manager,
              start.taxonomy(),
              classifier,
              explainer,
              pack.genomes(GenomePack.Use.TRAIN))
          .run(
              ExplainerTraining.curve(out.resolve("learning-curve-explainer.tsv")),
              saves,
              () ->
                  Checkpoint.save(
                      out,
                      start.config(),
                      start.decision(),
                      start.taxonomy(),
                      classifier.tensors(),
                      explainer.tensors(),
                      metrics(start)));
    }
    System.out.println("wrote " + Checkpoint.load(out));
    return 0;
  }

  private ObjectNode metrics(Checkpoint start) {
    ObjectNode metrics = start.metrics().deepCopy();
    metrics
        .putObject("explainer")
        .put("from", start.id())
        .put("imitation", imitation)
        .put("reads", reads)
        .put("seed", seed)
        .put("gate", gate.name())
        .put("entropy", entropy)
        .put("area", area)
        .put("mask_area", maskArea)
        .put("other_area", otherArea)
        .put("smoothness", smoothness)
        .put("least", least)
        .put("most", most);
    return metrics;
  }
}
