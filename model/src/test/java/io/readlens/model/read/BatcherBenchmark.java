package io.readlens.model.read;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
 * A thousand reads added, hinted at and polled until none is left: an operation is one read. The
 * baseline is a plain queue that is cut every 64 reads, whatever their lengths.
 *
 * <pre>mvn -Pbench -pl model -DskipTests test -Dbench=BatcherBenchmark</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatcherBenchmark {
  private static final int READS = 1_000;
  private static final int MAX_TOKENS = 16_384;
  private static final int MAX_ROWS = 256;
  private static final int PLAIN_ROWS = 64;

  /** All of one length, or from 17 tokens to 10,000 as a nanopore's reads are. */
  @Param({"even", "mixed"})
  private String lengths;

  private Integer[] tokens;

  /** Draws the lengths. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    tokens = new Integer[READS];
    for (int read = 0; read < READS; read++) {
      double mixed = Math.exp(Math.log(250) + random.nextGaussian());
      tokens[read] = lengths.equals("even") ? 251 : (int) Math.max(17, Math.min(10_000, mixed));
    }
  }

  /** The batcher itself. */
  @Benchmark
  @OperationsPerInvocation(READS)
  public void addAndPoll(Blackhole blackhole) {
    Batcher<Integer> batcher = new Batcher<>(MAX_TOKENS, MAX_ROWS, Duration.ofMillis(5));
    for (Integer length : tokens) {
      batcher.add(length, length, 0);
    }
    batcher.hint();
    for (List<Integer> batch = batcher.poll(0); !batch.isEmpty(); batch = batcher.poll(0)) {
      blackhole.consume(batch);
    }
  }

  /** Baseline: what it costs to queue at all. */
  @Benchmark
  @OperationsPerInvocation(READS)
  public void plainQueue(Blackhole blackhole) {
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    for (Integer length : tokens) {
      queue.add(length);
    }
    while (!queue.isEmpty()) {
      List<Integer> batch = new ArrayList<>(PLAIN_ROWS);
      while (batch.size() < PLAIN_ROWS && !queue.isEmpty()) {
        batch.add(queue.remove());
      }
      blackhole.consume(batch);
    }
  }
}
