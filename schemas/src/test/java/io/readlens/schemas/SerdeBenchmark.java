package io.readlens.schemas;

import io.readlens.avro.Call;
import io.readlens.avro.Candidate;
import io.readlens.avro.Explanation;
import io.readlens.avro.Rank;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.avro.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Records of a read of 1,500 bases: an operation is one record. The baselines are Avro's own writer
 * and reader without the frame and the registry's part, and a copy of the bytes.
 *
 * <pre>mvn -Pbench -pl schemas -am -DskipTests test -Dbench=SerdeBenchmark</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SerdeBenchmark {
  private static final int BASES = 1_500;
  private static final int TOKENS = 250;
  private static final int FRAME = 5;

  private final StubRegistry stub = new StubRegistry();
  private final Registry registry = stub.connect();
  private final RegistrySerde<Explanation> explanations =
      new RegistrySerde<>(Explanation.class, registry);
  private final RegistrySerde<SequencingRead> reads =
      new RegistrySerde<>(SequencingRead.class, registry);
  private final SpecificDatumWriter<Explanation> writer =
      new SpecificDatumWriter<>(Explanation.class);
  private final SpecificDatumReader<SequencingRead> reader =
      new SpecificDatumReader<>(SequencingRead.class);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Explanation explanation;
  private byte[] written;
  private byte[] read;
  private BinaryEncoder encoder;
  private BinaryDecoder decoder;

  /** Makes one record of each kind. */
  @Setup
  public void setUp() {
    stub.acceptAs("e-value", 1);
    stub.acceptAs("r-value", 2);
    Random random = new Random(1);
    explanation = explanation(random);
    written = explanations.serialize("e", explanation);
    StringBuilder bases = new StringBuilder();
    StringBuilder qualities = new StringBuilder();
    for (int i = 0; i < BASES; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
      qualities.append((char) ('!' + random.nextInt(40)));
    }
    read =
        reads.serialize(
            "r",
            SequencingRead.newBuilder()
                .setReadId("read")
                .setSequence(bases.toString())
                .setQualities(qualities.toString())
                .setSource(ReadSource.FILE)
                .build());
  }

  private static Explanation explanation(Random random) {
    List<Call> calls = new ArrayList<>();
    for (Rank rank : List.of(Rank.SUPERKINGDOM, Rank.PHYLUM, Rank.GENUS)) {
      List<Span> spans = new ArrayList<>();
      for (int start = 0; start < BASES; start += 300) {
        spans.add(new Span(start, start + 90, random.nextDouble(), 0));
      }
      List<Candidate> others = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        others.add(new Candidate(1_000 + i, "Pseudomonadota", random.nextDouble()));
      }
      calls.add(
          new Call(rank, 562, "Thermoproteota", random.nextDouble(), others, spans, 0, null, null));
    }
    byte[] mask = new byte[TOKENS];
    random.nextBytes(mask);
    return Explanation.newBuilder()
        .setReadId("read")
        .setLength(BASES)
        .setOutcome(ReadOutcome.CLASSIFIED)
        .setCalls(calls)
        .setMask(ByteBuffer.wrap(mask))
        .setTokens(TOKENS)
        .setCheckpointId("0".repeat(64))
        .setEventTime(Instant.EPOCH)
        .setProcessedTime(Instant.EPOCH)
        .build();
  }

  /** Closes the registry. */
  @TearDown
  public void close() {
    registry.close();
    stub.close();
  }

  /** An explanation, as it goes to its topic. */
  @Benchmark
  public byte[] serializeExplanation() {
    return explanations.serialize("e", explanation);
  }

  /** Baseline: Avro alone. */
  @Benchmark
  public byte[] writeExplanationByAvro() throws IOException {
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    out.reset();
    writer.write(explanation, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  /** A read, as it comes from its topic. */
  @Benchmark
  public SequencingRead deserializeRead() {
    return reads.deserialize("r", read);
  }

  /** Baseline: Avro alone. */
  @Benchmark
  public SequencingRead readReadByAvro() throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(read, FRAME, read.length - FRAME, decoder);
    return reader.read(null, decoder);
  }

  /** Baseline: the bytes alone. */
  @Benchmark
  public byte[] copyExplanation() {
    return written.clone();
  }

  /** Baseline: the bytes alone. */
  @Benchmark
  public byte[] copyRead() {
    return read.clone();
  }
}
