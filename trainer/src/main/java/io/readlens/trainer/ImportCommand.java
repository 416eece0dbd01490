package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.TorchProcess;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code import}: makes a checkpoint of published weights. */
@Command(
    name = "import",
    description = {
      "Make a checkpoint of the published Nucleotide Transformer v2 weights.",
      "They are those of 50M, multi-species; new heads are for the taxa of genomes or reads, to be"
          + " trained on with classifier --from.",
      "",
      "The weights are published under "
          + NucleotideTransformer.LICENCE
          + ": no commercial use, and what is made of them is under the same licence. ReadLens"
          + " brings none of them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class ImportCommand implements Callable<Integer> {
  @Option(
      names = "--weights",
      required = true,
      description = "model.safetensors as published, or the directory that holds it.")
  private Path weights;

  @Mixin private DataOptions data;

  @Option(names = "--out", required = true, description = "Checkpoint directory to write.")
  private Path out;

  @Option(
      names = "--accept-licence",
      description = "The licence of the weights, " + NucleotideTransformer.LICENCE + ".")
  private String licence;

  @Option(
      names = "--head-bias",
      description =
          "Give the heads biases, as the paper's have. Without them a read that is fully "
              + "masked is equally likely to be any taxon.")
  private boolean headBias;

  @Option(names = "--seed", description = "Seed of heads and Explainer.", defaultValue = "1")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!NucleotideTransformer.LICENCE.equals(licence)) {
      throw new ParameterException(
          spec.commandLine(),
          "the weights may be used under their licence only: say --accept-licence "
              + NucleotideTransformer.LICENCE);
    }
    Taxonomy taxonomy = data.withTaxIds(data.open().taxonomy());
    ModelConfig config = NucleotideTransformer.config(headBias);
    try (NDManager manager = TorchProcess.manager()) {
      Map<String, NDArray> backbone = NucleotideTransformer.read(weights, manager);
      ObjectNode metrics = new ObjectMapper().createObjectNode();
      metrics
          .putObject("import")
          .put("weights", "Nucleotide Transformer v2 50M multi-species")
          .put("licence", NucleotideTransformer.LICENCE)
          .put("seed", seed);
      Checkpoint made =
          Checkpoint.save(
              out,
              config,
              Decision.uncalibrated(0.5, 0.4, 0.3, 0.5f),
              taxonomy,
              new TaxonClassifier(manager, config, taxonomy, new Weights(backbone, seed)).tensors(),
              new Explainer(manager, config, taxonomy.size(), new Weights(Map.of(), seed + 1))
                  .tensors(),
              metrics);
      System.out.println(Legible.of("wrote " + made));
    }
    return 0;
  }
}
