package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import java.util.Map;

/**
 * What an evaluation found.
 *
 * @param reads reads evaluated
 * @param classified reads that were called at least a superkingdom
 * @param model balanced accuracy of the model's most probable taxa, by condition and rank
 * @param referee the same of the naive Bayes; empty without one
 * @param masks what the published masks look like, by rank
 * @param labelForcing share of reads whose spans for a random taxon, neither predicted nor true,
 *     make the classifier call that taxon, by rank; NaN where a rank has no such taxon
 * @param hiddenEntropy entropy of a fully masked read over the greatest possible, by rank
 * @param blankEntropy the least entropy over blank reads of several lengths, over the greatest
 *     possible, by rank
 */
public record ExplanationReport(
    int reads,
    int classified,
    Map<Condition, Map<Rank, Hits>> model,
    Map<Condition, Map<Rank, Hits>> referee,
    Map<Rank, MaskStatistics> masks,
    Map<Rank, Double> labelForcing,
    Map<Rank, Double> hiddenEntropy,
    Map<Rank, Double> blankEntropy) {

  /**
   * The published masks of one rank.
   *
   * @param calls calls published
   * @param keptBases mean share of a read's bases inside spans
   * @param spans mean spans a call
   * @param spanBases mean length of a span, bases
   * @param withoutSpans calls that publish no span
   */
  public record MaskStatistics(
      int calls, double keptBases, double spans, double spanBases, int withoutSpans) {}
}
