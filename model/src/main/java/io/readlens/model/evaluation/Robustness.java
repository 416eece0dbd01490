package io.readlens.model.evaluation;

import io.readlens.model.Call;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import io.readlens.model.read.Vocabulary;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * What should not change an explanation, and what should. A read of the other strand, or one that
 * begins a base later, is the same piece of DNA: call and spans should stay. A read whose 6-mers
 * are shuffled has the same composition, and nothing else of it: what the model still knows then is
 * composition. Random bases are no organism's, and should be called nothing.
 *
 * @param strand the reads against those of the other strand
 * @param frame the reads against the same without their first one to five bases
 * @param shuffled the calls of reads whose 6-mers are shuffled
 * @param randomCalled share of random reads that are called at least a superkingdom
 * @param reliability whether the whole reads' probabilities mean what they say
 */
public record Robustness(
    Map<Rank, Agreement> strand,
    Map<Rank, Agreement> frame,
    Map<Rank, Hits> shuffled,
    double randomCalled,
    Map<Rank, Reliability> reliability) {
  private static final int BATCH = 64;
  private static final int RANDOM_READS = 1_000;
  private static final int RANDOM_BASES = 1_500;

  /**
   * How alike two explanations of the same DNA are.
   *
   * @param calls share of reads of which both call the same, nothing included
   * @param spans mean intersection over union of the bases in spans, where both call the same taxon
   *     and at least one publishes a span; NaN without such reads
   */
  public record Agreement(double calls, double spans) {}

  /** Where a base of an altered read lies in the read itself. */
  interface Place {
    int of(int read, int base);
  }

  /** Measures a model on reads whose taxa are known. */
  public static Robustness of(ExplainedClassifier model, List<LabelledRead> reads, long seed) {
    Random random = new Random(seed);
    List<Read> bases = reads.stream().map(LabelledRead::bases).toList();
    List<Read> otherStrand = bases.stream().map(Read::reverseComplement).toList();
    List<Read> later = new ArrayList<>();
    List<Read> shuffled = new ArrayList<>();
    for (Read read : bases) {
      int cut = Math.min(read.length(), 1 + random.nextInt(Vocabulary.K - 1));
      later.add(Read.of(read.id(), read.sequence().substring(cut)));
      shuffled.add(shuffled(read, random));
    }
    List<Read> noise = new ArrayList<>();
    for (int i = 0; i < RANDOM_READS; i++) {
      noise.add(noise(random));
    }
    List<ExplainedRead> whole = explain(model, bases);
    Place mirrored = (read, base) -> bases.get(read).length() - 1 - base;
    Place shifted = (read, base) -> base + bases.get(read).length() - later.get(read).length();
    long called = explain(model, noise).stream().filter(ExplainedRead::classified).count();
    return new Robustness(
        agreement(whole, explain(model, otherStrand), mirrored),
        agreement(whole, explain(model, later), shifted),
        hits(reads, probabilities(model, shuffled)),
        (double) called / RANDOM_READS,
        reliability(reads, probabilities(model, bases)));
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

  private static List<ExplainedRead> explain(ExplainedClassifier model, List<Read> reads) {
    return batched(reads, model::explain);
  }

  private static List<TaxonProbabilities> probabilities(
      ExplainedClassifier model, List<Read> reads) {
    return batched(reads, model::probabilities);
  }

  private static <T> List<T> batched(
      List<Read> reads, Function<List<TokenizedRead>, List<T>> batch) {
    List<T> answers = new ArrayList<>();
    for (int from = 0; from < reads.size(); from += BATCH) {
      List<Read> some = reads.subList(from, Math.min(reads.size(), from + BATCH));
      answers.addAll(batch.apply(some.stream().map(Tokenizer::tokenize).toList()));
    }
    return answers;
  }

  static Map<Rank, Agreement> agreement(
      List<ExplainedRead> whole, List<ExplainedRead> altered, Place place) {
    Map<Rank, Agreement> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      int same = 0;
      int compared = 0;
      double overlap = 0;
      for (int i = 0; i < whole.size(); i++) {
        Optional<Call> one = call(whole.get(i), rank);
        Optional<Call> two = call(altered.get(i), rank);
        if (one.map(Call::taxon).equals(two.map(Call::taxon))) {
          same++;
          int read = i;
          BitSet here = bases(one, base -> base);
          BitSet there = bases(two, base -> place.of(read, base));
          BitSet either = (BitSet) here.clone();
          either.or(there);
          if (!either.isEmpty()) {
            here.and(there);
            compared++;
            overlap += (double) here.cardinality() / either.cardinality();
          }
        }
      }
      byRank.put(
          rank,
          new Agreement(
              (double) same / whole.size(), compared == 0 ? Double.NaN : overlap / compared));
    }
    return byRank;
  }

  private static Optional<Call> call(ExplainedRead read, Rank rank) {
    return read.calls().stream().filter(call -> call.rank() == rank).findFirst();
  }

  private static BitSet bases(Optional<Call> call, IntUnaryOperator place) {
    BitSet bases = new BitSet();
    for (Span span : call.map(Call::spans).orElse(List.of())) {
      for (int base = span.start(); base < span.end(); base++) {
        bases.set(place.applyAsInt(base));
      }
    }
    return bases;
  }

  private static Map<Rank, Hits> hits(List<LabelledRead> reads, List<TaxonProbabilities> all) {
    Map<Rank, Hits> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      Hits hits = new Hits();
      for (int i = 0; i < reads.size(); i++) {
        LabelledRead read = reads.get(i);
        if (read.label(rank) >= 0) {
          hits.add(read.genome(), read.label(rank), all.get(i).best(rank).index());
        }
      }
      byRank.put(rank, hits);
    }
    return byRank;
  }

  private static Map<Rank, Reliability> reliability(
      List<LabelledRead> reads, List<TaxonProbabilities> all) {
    Map<Rank, Reliability> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      byRank.put(rank, Reliability.of(rank, reads, all));
    }
    return byRank;
  }
}
