/**
 * How good calls and explanations are, over reads whose taxa are known. Two doors: {@link
 * io.readlens.model.evaluation.ExplanationEvaluation} shows the model parts of reads and scores
 * what it calls, {@link io.readlens.model.evaluation.Robustness} alters reads and compares. Both
 * report in values that know their own figures: {@code Hits}, {@code MaskStatistics}, {@code
 * CallCurve}, {@code Reliability}, {@code Confusion}, {@code Agreement}. May know the model's door
 * and {@code read}; never how figures are shown.
 *
 * <p>Traps: a mask of the true label knows the answer; a condition that shows nothing of a read
 * leaves the read out, so ratios and differences are of the reads that both conditions scored; a
 * figure without reads is NaN.
 */
package io.readlens.model.evaluation;
