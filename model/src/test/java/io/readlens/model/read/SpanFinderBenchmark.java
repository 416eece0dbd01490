package io.readlens.model.read;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The spans of masks of 250 tokens: an operation is one mask. The baseline adds up the same scores.
 *
 * <pre>mvn -Pbench -pl model -DskipTests test -Dbench=SpanFinderBenchmark</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SpanFinderBenchmark {
  private static final int MASKS = 64;
  private static final int TOKENS = 250;

  /** How many tokens a run of like scores has: a few long spans, or very many short ones. */
  @Param({"25", "1"})
  private int run;

  private TokenizedRead read;
  private Mask[] masks;

  /** Draws the masks. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    read = Tokenizer.tokenize(Read.of("read", "ACGTAC".repeat(TOKENS)));
    masks = new Mask[MASKS];
    for (int mask = 0; mask < MASKS; mask++) {
      float[] scores = new float[TOKENS];
      for (int token = 0; token < TOKENS; token++) {
        scores[token] = token % run == 0 ? random.nextFloat() : scores[token - 1];
      }
      masks[mask] = Mask.of(scores);
    }
  }

  /** The rule itself. */
  @Benchmark
  @OperationsPerInvocation(MASKS)
  public void find(Blackhole blackhole) {
    for (Mask mask : masks) {
      blackhole.consume(SpanFinder.ROUNDED.find(read, mask));
    }
  }

  /** Baseline: what it costs to look at every score. */
  @Benchmark
  @OperationsPerInvocation(MASKS)
  public void addUp(Blackhole blackhole) {
    for (Mask mask : masks) {
      double sum = 0;
      for (int token = 0; token < mask.tokens(); token++) {
        sum += mask.score(token);
      }
      blackhole.consume(sum);
    }
  }
}
