package io.readlens.model.evaluation;

/**
 * What a threshold of the masks trades at a rank: spans should be short, suffice for the call, and
 * those of a wrong taxon should not.
 *
 * @param threshold score that a kept token exceeds
 * @param kept mean share of a read's tokens kept
 * @param ratio balanced accuracy of the model that is shown the spans of the predicted taxon alone,
 *     over that of whole reads
 * @param forced share of reads that are called a wrong taxon from its spans alone
 */
public record Frontier(double threshold, double kept, Hits.Interval ratio, Hits.Interval forced) {}
