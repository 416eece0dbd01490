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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Measures calls and explanations on reads whose taxa are known, with the controls that tell
 * evidence from an agreement between classifier and Explainer: random spans of equal count and
 * lengths, the places where masks usually are, a referee that had no part in the training, and the
 * masks of wrong labels.
 *
 * <p>Each rank is scored on the mask of one taxon of that rank: the predicted one, as published,
 * and the true one; or all ranks on one mask, as in the paper. Where the two masks are the same,
 * which they mostly are, the model is asked once.
 *
 * <p>Threading: one thread; on the CPU it uses all cores.
 */
public final class ExplanationEvaluation {
  private static final int BEFORE_RANKS = 10;
  private static final int PER_RANK = 30;
  private static final List<MaskTarget> BOTH = List.of(MaskTarget.values());

  private final ExplainedClassifier model;
  private final Taxonomy taxonomy;
  private final SpanFinder spanFinder;
  private final List<LabelledRead> reads;
  private final List<TokenizedRead> tokens;
  private final boolean joint;
  private final Random random;

  /**
   * @param reads what to evaluate on
   * @param joint whether all ranks share one mask, the largest of theirs at each token, as in the
   *     paper; else each has its own, as published
   * @param seed of the controls
   */
  public ExplanationEvaluation(
      ExplainedClassifier model, List<LabelledRead> reads, boolean joint, long seed) {
    this.model = model;
    this.taxonomy = model.taxonomy();
    this.spanFinder = model.spanFinder();
    this.reads = List.copyOf(reads);
    this.tokens = this.reads.stream().map(LabelledRead::tokens).toList();
    this.joint = joint;
    this.random = new Random(seed);
  }

  /**
   * Calls a genome from parts of a read, and says its taxon at a rank (-1 for none); asked on
   * several threads at once.
   */
  public interface Referee {
    int call(Read read, List<Span> parts, Rank rank);
  }

  /**
   * Runs the whole evaluation.
   *
   * @param referee a second opinion; null for none
   * @param progress is told how many of 100 parts are done, on any thread
   */
  public ExplanationReport run(Referee referee, IntConsumer progress) {
    List<ExplainedRead> published = Batches.ask(model, tokens, model::explain);
    List<TaxonProbabilities> whole = Batches.ask(model, tokens, model::probabilities);
    List<ReadMasks> masks = ReadMasks.of(model, reads, whole, random, joint);
    progress.accept(BEFORE_RANKS);
    Examiner examiner = new Examiner(model, referee);
    Map<MaskTarget, Scores> byModel = scores(List.of(Condition.values()));
    Map<MaskTarget, Scores> byReferee = scores(referee == null ? List.of() : Examiner.REFEREE);
    Map<Rank, Hits> forcing = new EnumMap<>(Rank.class);
    Map<Rank, List<Frontier>> frontier = new EnumMap<>(Rank.class);
    int done = BEFORE_RANKS;
    for (Rank rank : Rank.values()) {
      List<Case> cases = cases(rank, masks);
      int from = done;
      AtomicInteger asked = new AtomicInteger();
      List<Examiner.Answers> answers =
          Batches.ask(
              model,
              cases,
              batch -> {
                List<Examiner.Answers> some =
                    examiner.ask(batch.stream().map(Case::exposure).toList(), rank);
                int part = asked.addAndGet(batch.size());
                progress.accept(from + (int) ((long) PER_RANK * part / cases.size()));
                return some;
              });
      tally(rank, cases, answers, byModel, byReferee);
      SpansAlone alone = new SpansAlone(model, rank, masks);
      forcing.put(rank, alone.forcing());
      frontier.put(rank, alone.frontier());
      done += PER_RANK;
    }
    return new ExplanationReport(
        reads.size(),
        (int) published.stream().filter(ExplainedRead::classified).count(),
        byRank(rank -> strangers(rank, published)),
        byModel,
        byReferee,
        statistics(published),
        forcing,
        frontier,
        entropy(tokens.subList(0, 1), true),
        entropy(blankReads(), false),
        byRank(rank -> Reliability.of(rank, reads, whole)),
        byRank(rank -> CallCurve.of(rank, reads, whole)),
        byRank(rank -> Confusion.of(rank, taxonomy.size(rank), reads, whole)));
  }

  /** Of the reads that have no label at a rank, those that were called at it nonetheless. */
  private Hits strangers(Rank rank, List<ExplainedRead> published) {
    Hits called = new Hits();
    for (int i = 0; i < reads.size(); i++) {
      if (reads.get(i).label(rank) < 0) {
        boolean any = published.get(i).calls().stream().anyMatch(c -> c.taxon().rank() == rank);
        called.add(reads.get(i).genome(), 1, any ? 1 : 0);
      }
    }
    return called;
  }

  private static <T> Map<Rank, T> byRank(Function<Rank, T> value) {
    Map<Rank, T> byRank = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      byRank.put(rank, value.apply(rank));
    }
    return byRank;
  }

  private static Map<MaskTarget, Scores> scores(List<Condition> conditions) {
    Map<MaskTarget, Scores> scores = new EnumMap<>(MaskTarget.class);
    for (MaskTarget target : MaskTarget.values()) {
      scores.put(target, new Scores(conditions));
    }
    return scores;
  }

  /**
   * A read of a known taxon, shown by one of its masks.
   *
   * @param predicted the most probable taxon
   * @param targets whose mask it is: the predicted taxon's, the true one's, or both
   */
  private record Case(Exposure exposure, Taxon predicted, List<MaskTarget> targets) {}

  /** One case a read; two where the predicted taxon's mask is not the true one's. */
  private List<Case> cases(Rank rank, List<ReadMasks> masks) {
    List<ReadMasks> known = masks.stream().filter(read -> read.isKnown(rank)).toList();
    float[] usual = meanByPlace(known.stream().map(read -> read.ofPredicted(rank)).toList());
    List<Case> cases = new ArrayList<>();
    for (ReadMasks read : known) {
      Mask predicted = read.ofPredicted(rank);
      Mask truth = read.ofTruth(rank);
      if (predicted.equals(truth)) {
        cases.add(new Case(exposure(read, truth, usual), read.predicted(rank), BOTH));
      } else {
        cases.add(
            new Case(
                exposure(read, predicted, usual),
                read.predicted(rank),
                List.of(MaskTarget.PREDICTED)));
        cases.add(
            new Case(
                exposure(read, truth, usual),
                read.predicted(rank),
                List.of(MaskTarget.TRUE_LABEL)));
      }
    }
    return cases;
  }

  private Exposure exposure(ReadMasks read, Mask mask, float[] usual) {
    return new Exposure(read.read(), mask, usual, spanFinder, random);
  }

  /** The mean mask at each place of a read. */
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

  private static void tally(
      Rank rank,
      List<Case> cases,
      List<Examiner.Answers> answers,
      Map<MaskTarget, Scores> byModel,
      Map<MaskTarget, Scores> byReferee) {
    for (int i = 0; i < cases.size(); i++) {
      LabelledRead read = cases.get(i).exposure.read();
      int whole = cases.get(i).predicted.index();
      for (MaskTarget target : cases.get(i).targets) {
        Scores model = byModel.get(target);
        model.of(Condition.UNMASKED, rank).add(read.genome(), read.label(rank), whole);
        answers.get(i).model().forEach((shown, called) -> add(model, shown, rank, read, called));
        Scores referee = byReferee.get(target);
        answers
            .get(i)
            .referee()
            .forEach((shown, called) -> add(referee, shown, rank, read, called));
      }
    }
  }

  private static void add(
      Scores scores, Condition shown, Rank rank, LabelledRead read, int called) {
    Hits hits = scores.of(shown, rank);
    if (called == Examiner.NOTHING_SHOWN) {
      hits.leaveOut(read.genome(), read.label(rank));
    } else {
      hits.add(read.genome(), read.label(rank), called);
    }
  }

  private Map<Rank, MaskStatistics> statistics(List<ExplainedRead> published) {
    Map<Rank, MaskStatistics> statistics = byRank(rank -> new MaskStatistics(spanFinder));
    for (int i = 0; i < published.size(); i++) {
      for (Call call : published.get(i).calls()) {
        Mask mask = joint ? published.get(i).mask().orElseThrow() : call.mask();
        statistics.get(call.rank()).add(tokens.get(i), mask);
      }
    }
    return statistics;
  }

  /** The least entropy of some reads over the greatest possible, by rank. */
  private Map<Rank, Double> entropy(List<TokenizedRead> blank, boolean hidden) {
    List<TaxonProbabilities> all =
        model.probabilities(blank, i -> hidden ? new float[blank.get(i).tokens()] : null);
    return byRank(
        rank ->
            all.stream().mapToDouble(p -> p.entropy(rank)).min().orElseThrow()
                / Math.log(taxonomy.size(rank)));
  }

  private static List<TokenizedRead> blankReads() {
    return IntStream.of(100, 250, 1_000, 1_500)
        .mapToObj(bases -> Tokenizer.tokenize(Read.of("blank", "N".repeat(bases))))
        .toList();
  }
}
