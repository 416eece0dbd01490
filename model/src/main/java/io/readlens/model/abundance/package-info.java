/**
 * What a sample is made of, estimated from what its reads were called: {@link
 * io.readlens.model.abundance.CallConfusion} holds how reads of known origin are called, {@link
 * io.readlens.model.abundance.SampleCalls} counts the calls of a sample, and {@link
 * io.readlens.model.abundance.AbundanceEstimator} makes an {@link
 * io.readlens.model.abundance.AbundanceEstimate} of the two. Knows {@code read}, and nothing of
 * models or files.
 *
 * <p>Traps: a share is of the reads that the model was asked about, not of all; a genus that no
 * read was called is not among the candidates, so its share is 0 with an interval of nothing; an
 * estimate is no better than the reads that the confusion was measured on are like the sample's.
 */
package io.readlens.model.abundance;
