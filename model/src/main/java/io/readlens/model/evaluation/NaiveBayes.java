package io.readlens.model.evaluation;

import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The referee: a 6-mer naive Bayes that had no part in the training, one profile a genome, both
 * strands, half a count added to every 6-mer. It calls the genome under which a read's overlapping
 * 6-mers are the most probable.
 *
 * <p>Threading: one thread while genomes are added; any number after.
 */
public final class NaiveBayes {
  private static final int K = 6;
  private static final int KMERS = 1 << (2 * K);

  private final List<float[]> logProbabilities = new ArrayList<>();

  /**
   * Adds a genome's profile; genomes are numbered in the order added.
   *
   * @param segments its sequence, in upper case
   */
  public void add(List<String> segments) {
    int[] counts = new int[KMERS];
    for (String segment : segments) {
      count(segment, 0, segment.length(), counts);
    }
    double[] both = new double[KMERS];
    double total = 0;
    for (int kmer = 0; kmer < KMERS; kmer++) {
      both[kmer] = counts[kmer] + counts[reverseComplement(kmer)] + 0.5;
      total += both[kmer];
    }
    float[] logs = new float[KMERS];
    for (int kmer = 0; kmer < KMERS; kmer++) {
      logs[kmer] = (float) Math.log(both[kmer] / total);
    }
    logProbabilities.add(logs);
  }

  /**
   * The number of the genome that fits some parts of a read best; -1 if they hold no 6-mer.
   *
   * @param parts stretches of the read, each read on its own
   */
  public int call(Read read, List<Span> parts) {
    int[] counts = new int[KMERS];
    String bases = read.sequence();
    int found = 0;
    for (Span part : parts) {
      found += count(bases, part.start(), part.end(), counts);
    }
    if (found == 0) {
      return -1;
    }
    int[] seen = IntStream.range(0, KMERS).filter(kmer -> counts[kmer] > 0).toArray();
    int best = -1;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int genome = 0; genome < logProbabilities.size(); genome++) {
      float[] logs = logProbabilities.get(genome);
      double score = 0;
      for (int kmer : seen) {
        score += counts[kmer] * (double) logs[kmer];
      }
      if (score > bestScore) {
        bestScore = score;
        best = genome;
      }
    }
    return best;
  }

  private static int count(String bases, int from, int to, int[] counts) {
    int kmer = 0;
    int known = 0;
    int found = 0;
    for (int i = from; i < to; i++) {
      int digit = "ACGT".indexOf(bases.charAt(i));
      known = digit < 0 ? 0 : known + 1;
      kmer = ((kmer << 2) | Math.max(0, digit)) & (KMERS - 1);
      if (known >= K) {
        counts[kmer]++;
        found++;
      }
    }
    return found;
  }

  /** With A, C, G, T as 0 to 3 the complement of a digit is three minus it. */
  private static int reverseComplement(int kmer) {
    int reverse = 0;
    for (int i = 0; i < K; i++) {
      reverse = (reverse << 2) | (3 - (kmer >> (2 * i) & 3));
    }
    return reverse;
  }
}
