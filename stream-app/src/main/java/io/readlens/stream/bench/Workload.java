package io.readlens.stream.bench;

import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Reads to measure with; the same seed gives the same reads. */
final class Workload {
  private static final int QUALITIES = 12;

  private Workload() {}

  /** Random reads of one length in bases. */
  static List<SequencingRead> ofLength(int count, int bases) {
    Random random = new Random(11);
    List<SequencingRead> reads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reads.add(read(i, bases, random));
    }
    return reads;
  }

  /**
   * Random reads whose lengths are spread as a nanopore's are (log-normal): the first as long, the
   * second as short as allowed.
   *
   * @param mean about the mean length in bases
   */
  static List<SequencingRead> mixed(int count, int shortest, int mean, int longest) {
    Random random = new Random(12);
    List<SequencingRead> reads = new ArrayList<>();
    double median = mean / Math.exp(0.5);
    for (int i = 0; i < count; i++) {
      int bases = (int) Math.round(median * Math.exp(random.nextGaussian()));
      bases = Math.max(shortest, Math.min(longest, bases));
      bases = i == 0 ? longest : i == 1 ? shortest : bases;
      reads.add(read(i, bases, random));
    }
    return reads;
  }

  private static SequencingRead read(int number, int bases, Random random) {
    StringBuilder sequence = new StringBuilder(bases);
    StringBuilder qualities = new StringBuilder(bases);
    for (int i = 0; i < bases; i++) {
      int bits = random.nextInt();
      sequence.append("ACGT".charAt(bits & 3));
      qualities.append((char) ('0' + (bits >>> 2) % QUALITIES));
    }
    return SequencingRead.newBuilder()
        .setReadId("random-" + number)
        .setSequence(sequence.toString())
        .setQualities(qualities.toString())
        .setSource(ReadSource.FILE)
        .build();
  }

  /** What the device is given of reads of which nothing is hidden. */
  static List<TokenizedRead> tokenized(List<SequencingRead> reads) {
    return reads.stream()
        .map(read -> Tokenizer.tokenize(Read.of(read.getReadId(), read.getSequence())))
        .toList();
  }
}
