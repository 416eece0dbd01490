package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchProcess;
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
      "The methods, where no option says otherwise:",
      "                    READLENS            PAPER, STALDER",
      "  --scope           PER_RANK            JOINT",
      "  --labels          PREDICTED           TRUE_LABEL",
      "  --gate            HARD, --noise 0.5   SOFT",
      "  --cls             ONE                 LEARNED",
      "  --entropy-norm    BY_LOG_C            BY_C",
      "  --mask-area       1                   1; STALDER 0.1",
      "  --other-area      1                   1; STALDER 0.3",
      "  other weights     1                   1",
      "  --least, --most   0.42, 0.52          0.05, 0.3",
      "  --rate            0.003               0.0002",
      "  --warm-up         50                  0",
      "  --reads           0                   11969550 (50 epochs of the paper's)",
      "  --saves           4                   50",
      "  --patience        0                   5, by 0.001",
      "  --rows            32                  48",
      "  --lengths         41,125,250          250",
      "  --clip            1                   1",
      "  --weight-decay    0                   0",
      "  --imitation       24000               0",
      "  --seed            1                   42",
      "",
      "With --patience OUT holds the checkpoint of the lowest validation loss, else",
      "the last one. A training that was interrupted leaves training.state in OUT; the",
      "same command goes on from there and ends with the same weights."
    })
final class ExplainerCommand implements Callable<Integer> {
  private static final int VALIDATION_READS_PER_GENOME = 2;

  private static final int PAPER_EMBEDDING = 100;
  private static final int PAPER_HIDDEN = 40;
  private static final int SHARED_REACH = 26;

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Mixin private DataOptions data;

  @Option(
      names = "--from",
      required = true,
      description = "Checkpoint with the classifier, and an Explainer to go on from.")
  private Path from;

  @Option(names = "--out", required = true, description = "Checkpoint directory to write.")
  private Path out;

  @Option(names = "--fresh", description = "Start from a new Explainer, not the checkpoint's.")
  private boolean fresh;

  @Option(
      names = "--kind",
      description =
          "What a new Explainer reads, the tokens, the classifier's states, or these by its heads: "
              + "${COMPLETION-CANDIDATES}; the checkpoint's.")
  private ModelConfig.Kind kind;

  @Option(names = "--reach", description = "Tokens that all but an LSTM average over, either side.")
  private Integer reach;

  @Option(
      names = "--method",
      description = "Preset that the options below change: ${COMPLETION-CANDIDATES}.",
      defaultValue = "READLENS")
  private Method method;

  @Option(names = "--reads", description = "Reads to train on.")
  private Long reads;

  @Option(
      names = "--imitation",
      description = "Reads to learn the classifier's own evidence from, first.")
  private Long imitation;

  @Option(names = "--rows", description = "Reads a step.")
  private Integer rows;

  @Option(
      names = "--lengths",
      converter = ReadLengths.InTokens.class,
      description =
          "Lengths of reads cut from genomes, one drawn a step: tokens, or bases as in "
              + "1500bp or 100-300bp. The model's window is the most that is shown of a read.")
  private ReadLengths lengths;

  @Option(names = "--mixed", description = "Draw a length for every read, not for every step.")
  private boolean mixed;

  @Option(names = "--rate", description = "Peak learning rate.")
  private Double rate;

  @Option(names = "--warm-up", description = "Warm-up steps.")
  private Integer warmUp;

  @Option(names = "--clip", description = "Greatest gradient norm.")
  private Double clip;

  @Option(names = "--weight-decay", description = "Decay of matrices.")
  private Double weightDecay;

  @Option(names = "--scope", description = "Targets that share a mask: ${COMPLETION-CANDIDATES}.")
  private ExplainerLoss.Scope scope;

  @Option(names = "--labels", description = "Whose masks: ${COMPLETION-CANDIDATES}.")
  private ExplainerLoss.Labels labels;

  @Option(names = "--gate", description = "Soft or rounded masks: ${COMPLETION-CANDIDATES}.")
  private Gate gate;

  @Option(names = "--noise", description = "Noise on a HARD gate's logits.")
  private Double noise;

  @Option(names = "--cls", description = "The gate of <cls>: ${COMPLETION-CANDIDATES}.")
  private ExplainerLoss.Cls cls;

  @Option(names = "--entropy", description = "Weight of what is left out.")
  private Double entropy;

  @Option(
      names = "--entropy-norm",
      description = "The entropy is divided by C, nothing, ln C: ${COMPLETION-CANDIDATES}.")
  private MaskLoss.EntropyNorm entropyNorm;

  @Option(names = "--area", description = "Weight of all area terms.")
  private Double area;

  @Option(names = "--mask-area", description = "Weight of a mask's own area.")
  private Double maskArea;

  @Option(names = "--other-area", description = "Weight of other taxa's.")
  private Double otherArea;

  @Option(names = "--smoothness", description = "Weight of total variation.")
  private Double smoothness;

  @Option(names = "--forcing", description = "Weight of what other taxa's spans make it say.")
  private Double forcing;

  @Option(names = "--reflect-tail", description = "Count a mask's last difference twice.")
  private boolean reflectTail;

  @Option(names = "--least", description = "Least share of a read to keep.")
  private Double least;

  @Option(names = "--most", description = "Greatest share to keep.")
  private Double most;

  @Option(
      names = "--patience",
      description = "Saves without a lower validation loss after which to stop; 0: never.")
  private Integer patience;

  @Option(names = "--saves", description = "Validations and checkpoints written on the way.")
  private Integer saves;

  @Option(names = "--seed", description = "Seed of everything random.")
  private Long seed;

  @Option(names = "--threads", description = "Cores for one operator.", defaultValue = "1")
  private int threads;

  @Option(
      names = "--time",
      paramLabel = "STEPS",
      description = "Write nothing: time so many steps against the forward pass of the same reads.")
  private int timed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ExplainerTraining.Recipe recipe = recipe(method.recipe());
    if (recipe.measurements() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--saves = %d: not below 1".formatted(recipe.measurements()));
    }
    Checkpoint start = Checkpoint.load(from);
    TrainingSet set = data.open();
    Labels.requireAll(from, start.taxonomy(), set.taxonomy());
    List<LabelledRead> validation =
        validation(set, start.taxonomy(), recipe, start.config().windowTokens() * Vocabulary.K);
    if (recipe.patience() > 0 && validation.isEmpty()) {
      throw new IOException(
          "the data has nothing to validate on, or no long enough region: train with --patience 0");
    }
    ModelConfig config = config(start.config(), start.taxonomy().size());
    if (!fresh && !config.equals(start.config())) {
      throw new ParameterException(
          spec.commandLine(), "--kind and --reach make another Explainer: use --fresh");
    }
    requireFits(config, start.taxonomy());
    ObjectNode settings = settings(recipe, start, config, set);
    int window = config.windowTokens();
    TrainingReads training =
        set.reads(
            start.taxonomy(),
            new TrainingSet.Showing(
                recipe.lengths(), recipe.mixed(), Balance.EVEN, window, recipe.seed()));
    try (training;
        NDManager manager = TorchProcess.manager()) {
      TaxonClassifier classifier = start.classifier(manager);
      Map<String, NDArray> known = fresh ? Map.of() : start.explainerTensors(manager);
      Explainer explainer =
          new Explainer(
              manager, config, start.taxonomy().size(), new Weights(known, recipe.seed()));
      if (fresh) {
        EvidenceStart.set(start.taxonomy(), classifier, explainer);
      }
      ObjectNode metrics = start.metrics();
      metrics.set("explainer", settings);
      ExplainerTraining steps =
          new ExplainerTraining(
              recipe,
              manager,
              start.taxonomy(),
              classifier,
              explainer,
              training,
              validation,
              window);
      if (timed > 0) {
        steps
            .cost(timed, threads)
            .forEach((phase, cost) -> System.out.println("by " + phase + ": " + cost));
        return 0;
      }
      Checkpoint.requireSavable(out);
      steps.run(
          out,
          settings,
          threads,
          () ->
              Checkpoint.save(
                  out,
                  config,
                  start.decision(),
                  start.taxonomy(),
                  classifier.tensors(),
                  explainer.tensors(),
                  metrics,
                  start.confusion()));
    }
    Provenance.inherit(from, out);
    set.writeSeen(out);
    System.out.println(Legible.of("wrote " + Checkpoint.load(out)));
    return 0;
  }

  private void requireFits(ModelConfig config, Taxonomy taxonomy) throws IOException {
    try {
      config.requireFits(taxonomy);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "--kind %s: %s; train the classifier of %s with --background"
              .formatted(config.explainerKind(), e.getMessage(), from),
          e);
    }
  }

  private static List<LabelledRead> validation(
      TrainingSet set, Taxonomy labels, ExplainerTraining.Recipe recipe, int windowBases)
      throws IOException {
    return set.validation(
        labels,
        List.of(Math.min(recipe.lengths().longest(), windowBases)),
        VALIDATION_READS_PER_GENOME,
        recipe.seed());
  }

  /** All that the result depends on, for the checkpoint's metrics and the training's state. */
  private ObjectNode settings(
      ExplainerTraining.Recipe recipe, Checkpoint start, ModelConfig config, TrainingSet set) {
    ObjectNode settings = JSON.createObjectNode();
    settings.put("from", start.id()).put("fresh", fresh).put("method", method.name());
    settings.put("kind", config.explainerKind().name()).put("reach", config.explainerReach());
    settings.setAll(JSON.<ObjectNode>valueToTree(recipe));
    return settings.put("data", set.digest());
  }

  /** The start's configuration with the Explainer that was asked for. */
  private ModelConfig config(ModelConfig start, int taxa) {
    ModelConfig.Kind wanted = or(kind, start.explainerKind());
    boolean same = !fresh || wanted == start.explainerKind();
    if (wanted == ModelConfig.Kind.LSTM) {
      return start.withExplainer(
          wanted,
          same ? start.explainerEmbedding() : PAPER_EMBEDDING,
          same ? start.explainerHidden() : PAPER_HIDDEN,
          0);
    }
    int hidden = fresh ? (taxa + 1) / 2 : start.explainerHidden(); // a unit a taxon: EvidenceStart
    return start.withExplainer(
        wanted,
        0,
        wanted == ModelConfig.Kind.SHARED ? hidden : 0,
        or(reach, same ? start.explainerReach() : SHARED_REACH));
  }

  /** A preset with what was set otherwise. */
  private ExplainerTraining.Recipe recipe(ExplainerTraining.Recipe preset) {
    ExplainerLoss.Settings loss = preset.loss();
    ExplainerLoss.Weights weights = loss.weights();
    return new ExplainerTraining.Recipe(
        or(imitation, preset.imitation()),
        or(reads, preset.reads()),
        or(rows, preset.rows()),
        or(lengths, preset.lengths()),
        mixed || preset.mixed(),
        new Schedule(
            or(rate, preset.schedule().peak()),
            or(warmUp, preset.schedule().warmUpSteps()),
            preset.schedule().floor()),
        preset.beta2(),
        or(clip, preset.clip()),
        or(weightDecay, preset.weightDecay()),
        preset.ramp(),
        or(saves, preset.measurements()),
        or(patience, preset.patience()),
        preset.minDelta(),
        new ExplainerLoss.Settings(
            or(scope, loss.scope()),
            or(labels, loss.labels()),
            new ExplainerLoss.Weights(
                or(entropy, weights.entropy()),
                or(area, weights.area()),
                or(maskArea, weights.maskArea()),
                or(otherArea, weights.otherArea()),
                or(smoothness, weights.smoothness()),
                or(forcing, weights.forcing())),
            or(entropyNorm, loss.entropyNorm()),
            or(least, loss.least()),
            or(most, loss.most()),
            reflectTail || loss.reflectTail(),
            or(gate, loss.gate()),
            or(noise, loss.noise()),
            or(cls, loss.cls())),
        or(seed, preset.seed()));
  }

  private static <T> T or(T given, T preset) {
    return given == null ? preset : given;
  }
}
