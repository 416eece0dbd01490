package io.readlens.model.evaluation;

/** Which taxon of a rank a mask is asked for. */
public enum MaskTarget {
  /** The most probable one: all that can be asked in a stream. */
  PREDICTED,
  /** The true one, as the paper's code asks at test too: the answer is in the question. */
  TRUE_LABEL
}
