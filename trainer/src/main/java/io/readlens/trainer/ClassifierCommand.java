package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchProcess;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import io.readlens.model.text.Legible;
import io.readlens.trainer.TrainingSet.Balance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code classifier}: trains the taxon classifier on reads cut from genomes. */
@Command(
    name = "classifier",
    description = "Train the taxon classifier on labelled genomes or reads.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false,
    footer = {
      "",
      "A training that was interrupted leaves training.state in OUT; the same command",
      "goes on from there and ends with the same weights."
    })
final class ClassifierCommand implements Callable<Integer> {
  private static final int VALIDATION_READS_PER_GENOME = 6;
  private static final List<Integer> VALIDATION_BASES = List.of(250, 1_500);

  /** A bag of overlapping 6-mers, the first stage. */
  private static final ModelConfig FRESH =
      new ModelConfig(
          256,
          0,
          4,
          512,
          1e-5,
          false,
          Vocabulary.SIZE,
          2050,
          64,
          false,
          256,
          true,
          false,
          ModelConfig.Kind.SHARED,
          0,
          64,
          26);

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private static final Decision FRESH_DECISION = Decision.uncalibrated(0.5, 0.4, 0.3, 0.5f);

  @Mixin private DataOptions data;

  @Option(names = "--out", required = true, description = "Checkpoint directory to write.")
  private Path out;

  @Option(
      names = "--from",
      description =
          "Checkpoint to go on from. It keeps its labels and their weights; taxa that the data "
              + "names besides are added after them. What it knew of labels that the data has no "
              + "reads of fades: bring some of those, too.")
  private Path from;

  @Option(
      names = "--naive-bayes",
      description =
          "Begin a bag (no --from, no --layers) as a naive Bayes of the --genomes, not at random. "
              + "The rate is then in parts of the size of the weights.")
  private boolean naiveBayes;

  @Option(names = "--reads", description = "Reads to train on.", defaultValue = "500000")
  private long reads;

  @Option(names = "--layers", description = "Encoder layers; those of --from, else 0.")
  private Integer layers;

  @Option(names = "--hidden", description = "Width of the encoder; that of --from, else 256.")
  private Integer hidden;

  @Option(names = "--heads", description = "Attention heads; those of --from, else 4.")
  private Integer heads;

  @Option(names = "--ffn", description = "Feed-forward width; that of --from, else 512.")
  private Integer ffn;

  @Option(
      names = "--overlapping",
      arity = "1",
      description = "Show 6-mers of every frame and strand, true or false; as --from, else true.")
  private Boolean overlapping;

  @Option(
      names = "--amino-acids",
      arity = "1",
      description =
          "Show what nine bases would encode, in every frame and strand, true or false; as --from, "
              + "else false.")
  private Boolean aminoAcids;

  @Option(
      names = "--window",
      description = "Window of a long read, tokens; that of --from, else 256.")
  private Integer window;

  @Option(
      names = "--prior",
      description = "Tokens without evidence beside what is shown; those of --from, else 64.")
  private Integer prior;

  @Option(names = "--rate", description = "Peak learning rate.", defaultValue = "0.03")
  private double rate;

  @Option(
      names = "--floor",
      description = "Share of the peak that the rate falls to.",
      defaultValue = "0.02")
  private double floor;

  @Option(names = "--warm-up", description = "Warm-up steps.", defaultValue = "100")
  private int warmUp;

  @Option(names = "--beta2", description = "Adam's second decay.", defaultValue = "0.99")
  private double beta2;

  @Option(
      names = "--bag-rate",
      description = "Factor on the rate of embedding and heads.",
      defaultValue = "1")
  private double bagRate;

  @Option(names = "--clip", description = "Greatest gradient norm.", defaultValue = "100")
  private double clip;

  @Option(names = "--weight-decay", description = "Decay of matrices.", defaultValue = "0.06")
  private double weightDecay;

  @Option(
      names = "--averaging",
      description =
          "Measure and save a running average of the weights: what each step keeps of it, such as "
              + "0.998; 0 saves the weights themselves.",
      defaultValue = "0")
  private double averaging;

  @Option(names = "--hiding", description = "Share of reads that lose tokens.", defaultValue = "0")
  private double hiding;

  @Option(
      names = "--nothing",
      description =
          "Share of reads that are blank or random, and to be called nothing; without --background.",
      defaultValue = "0.07")
  private double nothing;

  @Option(names = "--heads-only", description = "Leave the encoder as --from has it.")
  private boolean headsOnly;

  @Option(names = "--tokens", description = "Tokens a step.", defaultValue = "16384")
  private int tokens;

  @Option(
      names = "--lengths",
      converter = ReadLengths.InTokens.class,
      description =
          "Lengths of reads cut from genomes, one drawn a step: tokens, or bases as in "
              + "1500bp or 100-300bp. The model's window is the most that is shown of a read.",
      defaultValue = "41,41,41,64,64,125,250")
  private ReadLengths lengths;

  @Option(names = "--seed", description = "Seed of everything random.", defaultValue = "1")
  private long seed;

  @Option(names = "--threads", description = "Cores for one operator.", defaultValue = "1")
  private int threads;

  @Option(
      names = "--measurements",
      description = "Validations and saves on the way.",
      defaultValue = "8")
  private int measurements;

  @Option(
      names = "--time",
      paramLabel = "STEPS",
      description = "Write nothing: time so many steps against the forward pass of the same reads.")
  private int timed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (measurements < 1) {
      throw new ParameterException(
          spec.commandLine(), "--measurements = %d: not below 1".formatted(measurements));
    }
    if (averaging < 0 || averaging >= 1) {
      throw new ParameterException(
          spec.commandLine(), "--averaging = %s: from 0 to below 1".formatted(averaging));
    }
    TrainingSet set = data.open();
    Checkpoint start = from == null ? null : Checkpoint.load(from);
    Taxonomy before = start == null ? set.taxonomy() : start.taxonomy();
    Taxonomy taxonomy = data.withTaxIds(Labels.extended(before, set.taxonomy()));
    List<LabelledRead> validation =
        set.validation(taxonomy, VALIDATION_BASES, VALIDATION_READS_PER_GENOME, 0);
    System.out.printf(
        "%s; %d superkingdoms, %d phyla, %d genera%s; %d validation reads%n",
        Legible.of(set.toString()),
        taxonomy.size(Rank.SUPERKINGDOM),
        taxonomy.size(Rank.PHYLUM),
        taxonomy.size(Rank.GENUS),
        start == null ? "" : ", %d labels new".formatted(taxonomy.size() - before.size()),
        validation.size());
    ModelConfig config = config(start == null ? FRESH : start.config());
    Decision decision = start == null ? FRESH_DECISION : start.decision();
    GenomeSet profiled = naiveBayes ? profiled(set, config) : null;
    TrainingReads training =
        set.reads(
            taxonomy,
            new TrainingSet.Showing(lengths, false, Balance.BY_BASES, config.windowTokens(), seed));
    try (training;
        NDManager manager = TorchProcess.manager()) {
      Growth growth = new Growth(before, taxonomy);
      Map<String, NDArray> known = start == null ? Map.of() : start.classifierTensors(manager);
      TaxonClassifier classifier =
          new TaxonClassifier(
              manager, config, taxonomy, new Weights(growth.of(known, manager, seed), seed));
      double size =
          profiled == null ? 1 : profiled.startAt(taxonomy).set(config, classifier, manager);
      ClassifierTraining.Recipe recipe = recipe(size);
      Map<String, NDArray> explained = start == null ? Map.of() : start.explainerTensors(manager);
      Explainer explainer =
          new Explainer(
              manager,
              config,
              taxonomy.size(),
              new Weights(growth.of(explained, manager, seed + 1), seed + 1));
      ClassifierTraining steps =
          new ClassifierTraining(
              recipe, manager, taxonomy, classifier, training, validation, config.windowTokens());
      if (timed > 0) {
        System.out.println(steps.cost(timed, threads));
        return 0;
      }
      Checkpoint.requireSavable(out);
      steps.run(
          out,
          settings(recipe, start, config, set),
          threads,
          accuracy ->
              Checkpoint.save(
                  out,
                  config,
                  decision,
                  taxonomy,
                  classifier.tensors(),
                  explainer.tensors(),
                  metrics(accuracy, start)));
    }
    if (from == null) {
      Provenance.clear(out);
    } else {
      Provenance.inherit(from, out);
    }
    set.writeSeen(out);
    System.out.println(Legible.of("wrote " + Checkpoint.load(out)));
    return 0;
  }

  /** What a naive Bayes is made of. */
  private GenomeSet profiled(TrainingSet set, ModelConfig config) {
    if (from == null
        && config.layers() == 0
        && config.overlapping()
        && set instanceof GenomeSet genomes) {
      return genomes;
    }
    throw new ParameterException(
        spec.commandLine(),
        "--naive-bayes begins a bag of overlapping k-mers on --genomes: leave out "
            + (from != null ? "--from" : config.layers() > 0 ? "--layers" : "it"));
  }

  /**
   * @param size of the weights that the rate is for
   */
  private ClassifierTraining.Recipe recipe(double size) {
    return new ClassifierTraining.Recipe(
        reads,
        tokens,
        new Schedule(rate * size, warmUp, floor),
        beta2,
        clip,
        weightDecay,
        averaging,
        hiding,
        nothing,
        bagRate,
        headsOnly,
        measurements,
        seed);
  }

  /** All that the result depends on. */
  private ObjectNode settings(
      ClassifierTraining.Recipe recipe, Checkpoint start, ModelConfig config, TrainingSet set) {
    ObjectNode settings = JSON.valueToTree(recipe);
    settings.put("from", start != null ? start.id() : naiveBayes ? "naive Bayes" : "nothing");
    settings.set("config", JSON.valueToTree(config));
    settings.set("lengths", JSON.valueToTree(lengths));
    return settings.put("data", set.digest());
  }

  /** The sizes asked for, else those of the start, whose trained layers must all be kept. */
  private ModelConfig config(ModelConfig start) throws IOException {
    boolean shown = overlapping == null ? start.overlapping() : overlapping;
    ModelConfig config =
        new ModelConfig(
            hidden == null ? start.hiddenSize() : hidden,
            layers == null ? start.layers() : layers,
            heads == null ? start.heads() : heads,
            ffn == null ? start.intermediateSize() : ffn,
            start.layerNormEps(),
            start.finalNorm(),
            start.vocabularySize(),
            start.maxPositions(),
            prior == null ? start.poolingPrior() : prior,
            start.headBias(),
            window == null ? start.windowTokens() : window,
            shown,
            aminoAcids == null ? start.aminoAcids() && shown : aminoAcids,
            start.explainerKind(),
            start.explainerEmbedding(),
            start.explainerHidden(),
            start.explainerReach());
    boolean trained = from != null && start.layers() > 0;
    if (config.layers() < start.layers() || (trained && config.heads() != start.heads())) {
      throw new IOException(
          from
              + " has "
              + start.layers()
              + " layers of "
              + start.heads()
              + " heads; a training that goes on from it keeps them");
    }
    return config;
  }

  private ObjectNode metrics(Map<String, Map<Rank, Double>> accuracy, Checkpoint start) {
    ObjectNode metrics = JSON.createObjectNode();
    ObjectNode classifier = metrics.putObject("classifier");
    classifier.put("reads", reads).put("seed", seed);
    if (start != null || naiveBayes) {
      classifier.put("from", start == null ? "naive Bayes" : start.id());
    }
    classifier.set("lengths", JSON.valueToTree(lengths));
    ObjectNode validation = classifier.putObject("validation_balanced_accuracy");
    accuracy.forEach(
        (length, ranks) -> {
          ObjectNode ofLength = validation.putObject(length);
          ranks.forEach((rank, value) -> ofLength.put(rank.label(), value));
        });
    return metrics;
  }
}
