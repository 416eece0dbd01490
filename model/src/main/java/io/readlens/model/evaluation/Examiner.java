package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.evaluation.Condition.Way;
import io.readlens.model.read.Rank;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Shows model and referee parts of reads, and notes what they call.
 *
 * <p>Threading: any number of threads.
 */
final class Examiner {
  /** What is called of a read of which nothing is shown. */
  static final int NOTHING_SHOWN = -2;

  /**
   * What the referee is asked about: a naive Bayes cannot hear half of a token, and hears every
   * chunk alone anyway.
   */
  static final List<Condition> REFEREE =
      Arrays.stream(Condition.values())
          .filter(condition -> condition.way() == Way.WHOLE || condition.way() == Way.ROUNDED)
          .toList();

  private final ExplainedClassifier model;
  private final ExplanationEvaluation.Referee referee;

  /**
   * @param referee null for none
   */
  Examiner(ExplainedClassifier model, ExplanationEvaluation.Referee referee) {
    this.model = model;
    this.referee = referee;
  }

  /**
   * What a read is called at a rank, by condition: the index of a taxon, -1 for no label, or
   * NOTHING_SHOWN. The model is not asked about the whole read again.
   */
  record Answers(Map<Condition, Integer> model, Map<Condition, Integer> referee) {}

  /** Shows some reads under every condition. */
  List<Answers> ask(List<Exposure> exposures, Rank rank) {
    List<Answers> answers = new ArrayList<>();
    for (int i = 0; i < exposures.size(); i++) {
      answers.add(new Answers(new EnumMap<>(Condition.class), new EnumMap<>(Condition.class)));
    }
    for (Condition condition : Condition.values()) {
      List<Integer> called = askModel(exposures, condition, rank);
      for (int i = 0; i < called.size(); i++) {
        answers.get(i).model.put(condition, called.get(i));
      }
      for (int i = 0; i < exposures.size() && asksReferee(condition); i++) {
        Exposure each = exposures.get(i);
        int second = referee.call(each.read().bases(), each.spans(condition), rank);
        answers.get(i).referee.put(condition, second);
      }
    }
    return answers;
  }

  private boolean asksReferee(Condition condition) {
    return referee != null && REFEREE.contains(condition);
  }

  private List<Integer> askModel(List<Exposure> exposures, Condition condition, Rank rank) {
    return switch (condition.way()) {
      case WHOLE -> List.of();
      case SOFT, ROUNDED ->
          showGated(
              model,
              exposures.stream().map(Exposure::read).toList(),
              exposures.stream().map(each -> each.gate(condition)).toList(),
              rank);
      case ALONE -> showChunks(exposures, condition, rank);
    };
  }

  /**
   * What the model calls reads of which it is shown a part.
   *
   * @param gates for each read one gate in [0, 1] a token
   */
  static List<Integer> showGated(
      ExplainedClassifier model, List<LabelledRead> reads, List<float[]> gates, Rank rank) {
    List<TokenizedRead> tokens = reads.stream().map(LabelledRead::tokens).toList();
    return model.probabilities(tokens, gates::get).stream()
        .map(all -> all.best(rank).index())
        .toList();
  }

  private List<Integer> showChunks(List<Exposure> exposures, Condition condition, Rank rank) {
    List<List<TokenizedRead>> chunks =
        exposures.stream().map(each -> each.chunks(condition)).toList();
    List<TaxonProbabilities> all =
        model.probabilities(chunks.stream().flatMap(Collection::stream).toList());
    List<Integer> called = new ArrayList<>();
    int from = 0;
    for (List<TokenizedRead> ofRead : chunks) {
      int to = from + ofRead.size();
      called.add(from == to ? NOTHING_SHOWN : mean(all.subList(from, to)).best(rank).index());
      from = to;
    }
    return called;
  }

  /** Every chunk counts alike, however long it is. */
  private static TaxonProbabilities mean(List<TaxonProbabilities> chunks) {
    double[] weights = new double[chunks.size()];
    Arrays.fill(weights, 1);
    return TaxonProbabilities.mean(chunks, weights);
  }
}
