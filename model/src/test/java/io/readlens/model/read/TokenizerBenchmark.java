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
 * Bases tokenized by one thread: an operation is one base, so {@code ops/us} reads as MB/s. The
 * baselines are a copy of the bases and the step before it, from text to a checked {@link Read}.
 *
 * <pre>mvn -Pbench -pl model -DskipTests test -Dbench=TokenizerBenchmark</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenizerBenchmark {
  private static final int READS = 256;
  private static final int BASES = 1_500;

  /** Letters that the bases are drawn from: sound reads, reads with an N in 100, nothing but N. */
  @Param({"clean", "n-in-100", "all-n"})
  private String kind;

  private String[] texts;
  private Read[] reads;

  /** Cuts the reads. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    texts = new String[READS];
    reads = new Read[READS];
    for (int read = 0; read < READS; read++) {
      StringBuilder bases = new StringBuilder(BASES);
      while (bases.length() < BASES) {
        bases.append(base(random));
      }
      texts[read] = bases.toString();
      reads[read] = Read.of("read", texts[read]);
    }
  }

  private char base(Random random) {
    boolean n = kind.equals("all-n") || (kind.equals("n-in-100") && random.nextInt(100) == 0);
    return n ? 'N' : "ACGT".charAt(random.nextInt(4));
  }

  /** The tokenizer itself. */
  @Benchmark
  @OperationsPerInvocation(READS * BASES)
  public void tokenize(Blackhole blackhole) {
    for (Read read : reads) {
      blackhole.consume(Tokenizer.tokenize(read));
    }
  }

  /** Text to tokens, the letters checked on the way. */
  @Benchmark
  @OperationsPerInvocation(READS * BASES)
  public void checkAndTokenize(Blackhole blackhole) {
    for (String text : texts) {
      blackhole.consume(Tokenizer.tokenize(Read.of("read", text)));
    }
  }

  /** Baseline: what it costs to touch the bases at all. */
  @Benchmark
  @OperationsPerInvocation(READS * BASES)
  public void copyBases(Blackhole blackhole) {
    for (Read read : reads) {
      blackhole.consume(read.bases().clone());
    }
  }
}
