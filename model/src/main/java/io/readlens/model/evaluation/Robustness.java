package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Vocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What should not change an explanation, and what should. A read of the other strand, or one that
 * begins a base later, is the same piece of DNA: call and spans should stay. A read whose 6-mers
 * are shuffled has the same composition, and nothing else of it: what the model still knows then is
 * composition. Random bases are no organism's, and should be called nothing.
 *
 * @param strand the reads against those of the other strand
 * @param frame the reads against the same without their first one to five bases
 * @param shuffled the most probable taxa of reads whose 6-mers are shuffled
 * @param randomCalled share of random reads that are called at least a superkingdom
 */
public record Robustness(
    Map<Rank, Agreement> strand,
    Map<Rank, Agreement> frame,
    Map<Rank, Hits> shuffled,
    double randomCalled) {
  private static final int RANDOM_READS = 1_000;
  private static final int RANDOM_BASES = 1_500;

  /**
   * Measures a model on reads whose taxa are known; on the CPU it uses all cores.
   *
   * @param filter what the model is shown of each read
   */
  public static Robustness of(
      ExplainedClassifier model, InputFilter filter, List<LabelledRead> reads, long seed) {
    Random random = new Random(seed);
    List<Read> bases = reads.stream().map(LabelledRead::bases).toList();
    List<Alteration> otherStrand = bases.stream().map(Alteration::otherStrand).toList();
    List<Alteration> later = new ArrayList<>();
    List<Read> shuffled = new ArrayList<>();
    for (Read read : bases) {
      int cut = Math.min(read.length(), 1 + random.nextInt(Vocabulary.K - 1));
      later.add(Alteration.later(read, cut));
      shuffled.add(shuffled(read, random));
    }
    List<Read> noise = new ArrayList<>();
    for (int i = 0; i < RANDOM_READS; i++) {
      noise.add(noise(random));
    }
    List<ExplainedRead> whole = explain(model, filter, bases);
    long called = explain(model, filter, noise).stream().filter(ExplainedRead::classified).count();
    return new Robustness(
        agreement(model, filter, whole, otherStrand, random),
        agreement(model, filter, whole, later, random),
        Hits.byRank(reads, Batches.ask(model, tokens(filter, shuffled), model::probabilities)),
        (double) called / RANDOM_READS);
  }

  private static Map<Rank, Agreement> agreement(
      ExplainedClassifier model,
      InputFilter filter,
      List<ExplainedRead> whole,
      List<Alteration> alterations,
      Random random) {
    List<Read> altered = alterations.stream().map(Alteration::read).toList();
    return Agreement.of(whole, explain(model, filter, altered), alterations, random);
  }

  private static List<ExplainedRead> explain(
      ExplainedClassifier model, InputFilter filter, List<Read> reads) {
    return Batches.ask(model, tokens(filter, reads), model::explain);
  }

  private static List<TokenizedRead> tokens(InputFilter filter, List<Read> reads) {
    return reads.stream().map(filter::tokenize).toList();
  }

  private static Read shuffled(Read read, Random random) {
    String bases = read.sequence();
    List<String> kmers = new ArrayList<>();
    for (int at = 0; at < bases.length(); at += Vocabulary.K) {
      kmers.add(bases.substring(at, Math.min(bases.length(), at + Vocabulary.K)));
    }
    // What is left over at the end stays there, so that every 6-mer stays a token.
    Collections.shuffle(kmers.subList(0, bases.length() / Vocabulary.K), random);
    return Read.of(read.id(), String.join("", kmers));
  }

  private static Read noise(Random random) {
    StringBuilder bases = new StringBuilder(RANDOM_BASES);
    for (int i = 0; i < RANDOM_BASES; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return Read.of("random", bases.toString());
  }
}
