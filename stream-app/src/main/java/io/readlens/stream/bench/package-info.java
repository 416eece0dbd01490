/**
 * What the application costs beside its model, measured against baselines in the same run.
 *
 * <p>Each comparison runs its sides by turns on the same reads, the same broker and the same
 * settings, and is reported as a ratio: the figures themselves are those of one machine. Rates are
 * read from the offsets that the application has committed, so a read counts when its outcome is on
 * the topic for good.
 *
 * <p>{@link io.readlens.stream.bench.Apps} is the only place that builds what is measured.
 */
package io.readlens.stream.bench;
