package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Milliseconds of a call on as many reads of 250 tokens as make 16,384 tokens (4,096 for the model
 * of 50M weights), and of the baseline, the product of two 2048x2048 matrices (17.2 GFLOP). {@link
 * ModelConfig#classifyFlops} says what the classification should take at the baseline's speed. For
 * two callers at once add {@code -t 2}.
 *
 * <pre>mvn -Pbench -pl model -DskipTests test -Dbench="ForwardBenchmark -t 2"</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class ForwardBenchmark {
  private static final ModelConfig LARGE =
      ModelConfig.ofPaper(512, 12, 16, 2048, 1e-5, 2050, false, 256, 100, 40);

  /** The shipped model, or the published 50M configuration with random weights. */
  @Param({"bundled", "50M"})
  private String model;

  private ExplainedClassifier classifier;
  private List<TokenizedRead> reads;
  private List<List<Taxon>> taxa;
  private NDManager manager;
  private TorchScript script;
  private NDList matrices;

  /** Loads the model and cuts the reads. */
  @Setup
  public void setUp() {
    Checkpoint bundled = Checkpoint.bundled();
    boolean large = model.equals("50M");
    Checkpoint checkpoint =
        large ? Checkpoint.random(LARGE, bundled.taxonomy(), 1) : Checkpoint.bundled();
    classifier = ExplainedClassifier.load(checkpoint, "cpu", 0);
    Random random = new Random(1);
    reads = new ArrayList<>();
    for (int i = 0; i < (large ? 16 : 65); i++) {
      StringBuilder bases = new StringBuilder();
      for (int base = 0; base < 1_500; base++) {
        bases.append("ACGT".charAt(random.nextInt(4)));
      }
      reads.add(Tokenizer.tokenize(Read.of("r" + i, bases.toString())));
    }
    List<Taxon> lineage = bundled.taxonomy().lineage(bundled.taxonomy().taxon(Rank.GENUS, 0));
    taxa = Collections.nCopies(reads.size(), lineage);
    manager = NDManager.newBaseManager();
    script = new TorchScript(manager);
    NDArray one = manager.randomUniform(-1, 1, new Shape(2048, 2048));
    NDArray other = manager.randomUniform(-1, 1, new Shape(2048, 2048));
    matrices = new NDList(one, other);
  }

  /** Frees the models. */
  @TearDown
  public void close() {
    classifier.close();
    manager.close();
  }

  /** Classification alone. */
  @Benchmark
  public List<TaxonProbabilities> classify() {
    return classifier.probabilities(reads);
  }

  /** The masks of a lineage alone. */
  @Benchmark
  public List<List<Mask>> masks() {
    return classifier.masks(reads, taxa);
  }

  /** Baseline: what the machine can do at most. */
  @Benchmark
  public long product() {
    TorchThread.forInference(1);
    try (NDArray product = script.call("product", false, matrices).singletonOrThrow()) {
      return product.size();
    }
  }
}
