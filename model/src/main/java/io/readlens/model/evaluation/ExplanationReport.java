package io.readlens.model.evaluation;

import io.readlens.model.read.Rank;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation found.
 *
 * @param reads reads evaluated
 * @param classified reads that were called at least a superkingdom
 * @param strangers reads of a taxon that is no label of the model: as if it were right to call them
 * @param model the model's most probable taxa, shown parts of reads by the masks of either target
 * @param referee the naive Bayes on the same parts; no conditions without one
 * @param masks what the published masks look like, by rank
 * @param labelForcing reads whose spans for a random taxon, neither predicted nor true, make the
 *     classifier call that taxon: as if it were the truth; no reads where a rank has no such taxon
 * @param frontier what other thresholds of the masks would give, from the lowest, on 600 of the
 *     reads at most
 * @param hiddenEntropy entropy of a fully masked read over the greatest possible, by rank
 * @param blankEntropy the least entropy over blank reads of several lengths, over the greatest
 *     possible, by rank
 * @param reliability whether the whole reads' probabilities mean what they say
 * @param curves how right the most probable taxa are, against the share of reads called
 * @param confusion what reads of each taxon are most probably said to be
 */
public record ExplanationReport(
    int reads,
    int classified,
    Map<Rank, Hits> strangers,
    Map<MaskTarget, Scores> model,
    Map<MaskTarget, Scores> referee,
    Map<Rank, MaskStatistics> masks,
    Map<Rank, Hits> labelForcing,
    Map<Rank, List<Frontier>> frontier,
    Map<Rank, Double> hiddenEntropy,
    Map<Rank, Double> blankEntropy,
    Map<Rank, Reliability> reliability,
    Map<Rank, CallCurve> curves,
    Map<Rank, Confusion> confusion) {}
