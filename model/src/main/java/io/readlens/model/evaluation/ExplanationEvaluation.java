package io.readlens.model.evaluation;

import io.readlens.model.Call;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Measures calls and explanations on reads whose taxa are known, with the controls that tell
 * evidence from an agreement between classifier and Explainer: random spans of equal count and
 * lengths, the places where masks usually are, a referee that had no part in the training, and the
 * masks of wrong labels. Masks are those of predicted taxa: the only ones there can be in a stream.
 *
 * <p>Each rank is scored on the mask of its own predicted taxon.
 *
 * <p>Threading: one thread.
 */
public final class ExplanationEvaluation {
  private static final int BATCH = 64;
  private static final List<Rank> RANKS = List.of(Rank.values());

  private final ExplainedClassifier model;
  private final Taxonomy taxonomy;
  private final SpanFinder spanFinder;
  private final List<LabelledRead> reads;
  private final Random random;
  private final Map<Condition, Map<Rank, Hits>> modelHits = new EnumMap<>(Condition.class);
  private final Map<Condition, Map<Rank, Hits>> refereeHits = new EnumMap<>(Condition.class);

  /**
   * @param reads what to evaluate on
   * @param seed of the controls
   */
  public ExplanationEvaluation(ExplainedClassifier model, List<LabelledRead> reads, long seed) {
    this.model = model;
    this.taxonomy = model.taxonomy();
    this.spanFinder = model.spanFinder();
    this.reads = List.copyOf(reads);
    this.random = new Random(seed);
  }

  /** Calls a genome from parts of a read, and says its taxon at a rank (-1 for none). */
  public interface Referee {
    int call(Read read, List<Span> parts, Rank rank);
  }

  /**
   * Runs the whole evaluation.
   *
   * @param referee a second opinion; null for none
   * @param progress is told how many of 100 parts are done
   */
  public ExplanationReport run(Referee referee, IntConsumer progress) {
    List<TokenizedRead> tokens = reads.stream().map(LabelledRead::tokens).toList();
    List<ExplainedRead> published = batched(tokens, model::explain);
    progress.accept(10);
    List<TaxonProbabilities> whole = batched(tokens, model::probabilities);
    List<List<Taxon>> predicted =
        whole.stream().map(all -> RANKS.stream().map(all::best).toList()).toList();
    List<List<Mask>> masks = masks(predicted);
    progress.accept(20);
    Map<Rank, Double> forcing = new EnumMap<>(Rank.class);
    List<List<Taxon>> wrong = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      wrong.add(wrongTaxa(reads.get(i), predicted.get(i)));
    }
    List<List<Mask>> wrongMasks = masks(wrong);
    int done = 30;
    for (int place = 0; place < RANKS.size(); place++) {
      Rank rank = RANKS.get(place);
      int p = place;
      List<Mask> ofRank = masks.stream().map(read -> read.get(p)).toList();
      Map<Condition, List<float[]>> gates = gates(ofRank);
      for (Map.Entry<Condition, List<float[]>> condition : gates.entrySet()) {
        score(modelHits, condition.getKey(), rank, shown(condition.getValue(), rank));
        if (referee != null
            && condition.getKey() != Condition.MASKED
            && condition.getKey() != Condition.INVERTED) {
          score(refereeHits, condition.getKey(), rank, asked(referee, condition.getValue(), rank));
        }
        progress.accept(done += 2);
      }
      List<float[]> kept =
          wrongMasks.stream().map(read -> gate(spanFinder.kept(read.get(p)))).toList();
      int[] called = shown(kept, rank);
      int forced = 0;
      int asked = 0;
      for (int i = 0; i < called.length; i++) {
        Taxon asking = wrong.get(i).get(place);
        if (isWrong(asking, reads.get(i), predicted.get(i).get(place))) {
          asked++;
          forced += called[i] == asking.index() ? 1 : 0;
        }
      }
      forcing.put(rank, (double) forced / asked);
    }
    progress.accept(100);
    return new ExplanationReport(
        reads.size(),
        (int) published.stream().filter(ExplainedRead::classified).count(),
        modelHits,
        refereeHits,
        statistics(published),
        forcing,
        entropy(List.of(reads.get(0).tokens()), true),
        entropy(blankReads(), false));
  }

  private interface Batch<T> {
    List<T> answer(List<TokenizedRead> reads);
  }

  private static <T> List<T> batched(List<TokenizedRead> all, Batch<T> batch) {
    List<T> answers = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH) {
      answers.addAll(batch.answer(all.subList(from, Math.min(all.size(), from + BATCH))));
    }
    return answers;
  }

  private List<List<Mask>> masks(List<List<Taxon>> asked) {
    List<List<Mask>> masks = new ArrayList<>();
    for (int from = 0; from < reads.size(); from += BATCH) {
      int to = Math.min(reads.size(), from + BATCH);
      masks.addAll(
          model.masks(
              reads.subList(from, to).stream().map(LabelledRead::tokens).toList(),
              asked.subList(from, to)));
    }
    return masks;
  }

  /**
   * For each rank a random taxon that the read neither is nor was predicted to be; the predicted
   * one where there is no such taxon.
   */
  private List<Taxon> wrongTaxa(LabelledRead read, List<Taxon> predicted) {
    return predicted.stream()
        .map(
            taxon -> {
              List<Taxon> wrong =
                  taxonomy.taxa(taxon.rank()).stream()
                      .filter(other -> isWrong(other, read, taxon))
                      .toList();
              return wrong.isEmpty() ? taxon : wrong.get(random.nextInt(wrong.size()));
            })
        .toList();
  }

  private static boolean isWrong(Taxon taxon, LabelledRead read, Taxon predicted) {
    return !taxon.equals(predicted) && taxon.index() != read.label(taxon.rank());
  }

  private Map<Condition, List<float[]>> gates(List<Mask> masks) {
    Map<Condition, List<float[]>> gates = new EnumMap<>(Condition.class);
    for (Condition condition : Condition.values()) {
      gates.put(condition, new ArrayList<>());
    }
    float[] usual = meanByPlace(masks);
    for (Mask mask : masks) {
      boolean[] kept = spanFinder.kept(mask);
      float[] soft = new float[mask.tokens()];
      float[] inverted = new float[mask.tokens()];
      float[] ones = new float[mask.tokens()];
      for (int i = 0; i < soft.length; i++) {
        soft[i] = mask.score(i);
        inverted[i] = 1 - mask.score(i);
        ones[i] = 1;
      }
      boolean[] moved = RandomSpans.like(kept, random);
      boolean[] usualPlaces = topPlaces(usual, kept);
      gates.get(Condition.UNMASKED).add(ones);
      gates.get(Condition.MASKED).add(soft);
      gates.get(Condition.INVERTED).add(inverted);
      gates.get(Condition.SPANS).add(gate(kept));
      gates.get(Condition.WITHOUT_SPANS).add(gate(not(kept)));
      gates.get(Condition.RANDOM_SPANS).add(gate(moved));
      gates.get(Condition.WITHOUT_RANDOM_SPANS).add(gate(not(moved)));
      gates.get(Condition.USUAL_PLACES).add(gate(usualPlaces));
      gates.get(Condition.WITHOUT_USUAL_PLACES).add(gate(not(usualPlaces)));
    }
    return gates;
  }

  /** The mean mask of all reads at each place of a read. */
  private static float[] meanByPlace(List<Mask> masks) {
    int longest = masks.stream().mapToInt(Mask::tokens).max().orElse(0);
    float[] sum = new float[longest];
    int[] count = new int[longest];
    for (Mask mask : masks) {
      for (int i = 0; i < mask.tokens(); i++) {
        sum[i] += mask.score(i);
        count[i]++;
      }
    }
    for (int i = 0; i < longest; i++) {
      sum[i] /= count[i];
    }
    return sum;
  }

  /** As many tokens as a mask keeps, at the places where masks are highest on average. */
  private static boolean[] topPlaces(float[] usual, boolean[] kept) {
    int count = (int) IntStream.range(0, kept.length).filter(i -> kept[i]).count();
    boolean[] places = new boolean[kept.length];
    IntStream.range(0, kept.length)
        .boxed()
        .sorted((a, b) -> Float.compare(usual[b], usual[a]))
        .limit(count)
        .forEach(i -> places[i] = true);
    return places;
  }

  private static boolean[] not(boolean[] kept) {
    boolean[] rest = new boolean[kept.length];
    for (int i = 0; i < kept.length; i++) {
      rest[i] = !kept[i];
    }
    return rest;
  }

  private static float[] gate(boolean[] kept) {
    float[] gate = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      gate[i] = kept[i] ? 1 : 0;
    }
    return gate;
  }

  /** What the classifier calls at a rank from what the gates show. */
  private int[] shown(List<float[]> gates, Rank rank) {
    int[] called = new int[reads.size()];
    for (int from = 0; from < reads.size(); from += BATCH) {
      int first = from;
      int to = Math.min(reads.size(), from + BATCH);
      List<TokenizedRead> part =
          reads.subList(from, to).stream().map(LabelledRead::tokens).toList();
      List<TaxonProbabilities> all = model.probabilities(part, i -> gates.get(first + i));
      for (int i = from; i < to; i++) {
        called[i] = all.get(i - from).best(rank).index();
      }
    }
    return called;
  }

  private int[] asked(Referee referee, List<float[]> gates, Rank rank) {
    int[] called = new int[reads.size()];
    for (int i = 0; i < called.length; i++) {
      LabelledRead read = reads.get(i);
      List<Span> parts = SpanFinder.ROUNDED.find(read.tokens(), Mask.of(gates.get(i).clone()));
      called[i] = referee.call(read.bases(), parts, rank);
    }
    return called;
  }

  private void score(
      Map<Condition, Map<Rank, Hits>> into, Condition condition, Rank rank, int[] called) {
    Hits hits = new Hits();
    for (int i = 0; i < called.length; i++) {
      int truth = reads.get(i).label(rank);
      if (truth >= 0) {
        hits.add(reads.get(i).genome(), truth, called[i]);
      }
    }
    into.computeIfAbsent(condition, c -> new EnumMap<>(Rank.class)).put(rank, hits);
  }

  private Map<Rank, ExplanationReport.MaskStatistics> statistics(List<ExplainedRead> published) {
    Map<Rank, ExplanationReport.MaskStatistics> statistics = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      int calls = 0;
      int spans = 0;
      int without = 0;
      long spanBases = 0;
      double share = 0;
      for (int i = 0; i < published.size(); i++) {
        for (Call call : published.get(i).calls()) {
          if (call.rank() == rank) {
            int kept = call.spans().stream().mapToInt(Span::length).sum();
            calls++;
            spans += call.spans().size();
            spanBases += kept;
            without += call.spans().isEmpty() ? 1 : 0;
            share += (double) kept / Math.max(1, reads.get(i).tokens().length());
          }
        }
      }
      statistics.put(
          rank,
          new ExplanationReport.MaskStatistics(
              calls, share / calls, (double) spans / calls, (double) spanBases / spans, without));
    }
    return statistics;
  }

  /** The least entropy of some reads over the greatest possible, by rank. */
  private Map<Rank, Double> entropy(List<TokenizedRead> blank, boolean hidden) {
    Map<Rank, Double> least = new EnumMap<>(Rank.class);
    List<TaxonProbabilities> all =
        model.probabilities(blank, i -> hidden ? new float[blank.get(i).tokens()] : null);
    for (Rank rank : Rank.values()) {
      least.put(
          rank,
          all.stream().mapToDouble(p -> p.entropy(rank)).min().orElseThrow()
              / Math.log(taxonomy.size(rank)));
    }
    return least;
  }

  private static List<TokenizedRead> blankReads() {
    return IntStream.of(100, 250, 1_000, 1_500)
        .mapToObj(bases -> Tokenizer.tokenize(Read.of("blank", "N".repeat(bases))))
        .toList();
  }
}
