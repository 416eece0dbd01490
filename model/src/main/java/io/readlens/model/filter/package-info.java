/**
 * What of a read the model is shown. {@link io.readlens.model.filter.InputFilter} makes of a read
 * its tokens and hides those that hold nothing to be read; stream, commands and trainer all
 * tokenize reads by it. Knows reads, and files of sequences.
 *
 * <p>Each kind of stretch is found by a class of its own, in time linear in the read: {@link
 * io.readlens.model.filter.LowComplexity}, {@link io.readlens.model.filter.Tails}, {@link
 * io.readlens.model.filter.Vectors} and {@link io.readlens.model.filter.Adapters}. They see a read
 * as digits: A, C, G and T are 0 to 3, every other letter is 4.
 */
package io.readlens.model.filter;
