package io.readlens.model;

import io.readlens.model.checkpoint.CallRule;
import io.readlens.model.read.Hidden;
import io.readlens.model.read.Mask;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenizedRead;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The model's answer for one read.
 *
 * @param calls one per called rank, from the superkingdom down; empty if the read is unclassified
 * @param checkpointId digest of the checkpoint that gave the answer
 * @param reason why the read is unclassified: {@link #TOO_LITTLE_INFORMATION}, {@link #BACKGROUND},
 *     {@link #UNLIKE_TRAINING_DATA}, {@link #NOT_PROBABLE_ENOUGH}; empty if it is classified
 * @param background the kind of background: vector or adapter where the input's filters know it,
 *     else as the checkpoint's labels name it; empty unless the reason is {@link #BACKGROUND}
 * @param rule by what it was called; empty if the model was not asked
 */
public record ExplainedRead(
    List<Call> calls,
    String checkpointId,
    String reason,
    String background,
    Optional<CallRule> rule) {
  /** Too few of the read's bases hold anything to be read. */
  public static final String TOO_LITTLE_INFORMATION = "TOO_LITTLE_INFORMATION";

  /**
   * The read is most of all hidden as a vector or as adapters, or to the model more probably of a
   * known kind of background than of any superkingdom.
   */
  public static final String BACKGROUND = "BACKGROUND";

  /** The read is more probably nothing that the checkpoint knows than any of what it knows. */
  public static final String UNLIKE_TRAINING_DATA = "UNLIKE_TRAINING_DATA";

  /** No superkingdom is probable enough, and background is not either. */
  public static final String NOT_PROBABLE_ENOUGH = "NOT_PROBABLE_ENOUGH";

  private static final double MORE_LIKELY_THAN_NOT = 0.5;

  public ExplainedRead {
    calls = List.copyOf(calls);
    if (calls.isEmpty() == reason.isEmpty()) {
      throw new IllegalArgumentException(calls.size() + " calls and the reason '" + reason + "'");
    }
    if (reason.equals(BACKGROUND) == background.isEmpty()) {
      throw new IllegalArgumentException("background '" + background + "' for '" + reason + "'");
    }
  }

  /** An answer whose reason, if it has one, is no background. */
  public ExplainedRead(List<Call> calls, String checkpointId, String reason) {
    this(calls, checkpointId, reason, "");
  }

  /** An answer that no rule is told of. */
  public ExplainedRead(List<Call> calls, String checkpointId, String reason, String background) {
    this(calls, checkpointId, reason, background, Optional.empty());
  }

  /** The same answer, called by a rule. */
  public ExplainedRead by(CallRule other) {
    return new ExplainedRead(calls, checkpointId, reason, background, Optional.of(other));
  }

  /** An answer that says no more than what is probable. */
  public ExplainedRead(List<Call> calls, String checkpointId) {
    this(calls, checkpointId, calls.isEmpty() ? NOT_PROBABLE_ENOUGH : "");
  }

  /**
   * The answer for a read of which too little is shown; the model need not be asked. A read of
   * which a vector or adapters are hidden, more than half of it, is background of that kind.
   */
  public static ExplainedRead ofTooLittle(String checkpointId, TokenizedRead read) {
    for (Hidden.Kind kind : List.of(Hidden.Kind.VECTOR, Hidden.Kind.ADAPTER)) {
      int bases =
          read.hidden().stream()
              .filter(stretch -> stretch.kind() == kind)
              .mapToInt(Hidden::length)
              .sum();
      if (2 * bases > read.length()) {
        return new ExplainedRead(
            List.of(), checkpointId, BACKGROUND, kind.name().toLowerCase(Locale.ROOT));
      }
    }
    return new ExplainedRead(List.of(), checkpointId, TOO_LITTLE_INFORMATION);
  }

  /**
   * The answer for a read of which no superkingdom is probable enough.
   *
   * @param probabilities what the model says of it
   */
  static ExplainedRead ofUnclassified(String checkpointId, TaxonProbabilities probabilities) {
    if (probabilities.ofBackground() <= MORE_LIKELY_THAN_NOT) {
      return new ExplainedRead(List.of(), checkpointId, NOT_PROBABLE_ENOUGH);
    }
    String kind = probabilities.bestBackground().orElseThrow();
    return kind.equals(Taxonomy.NOTHING)
        ? new ExplainedRead(List.of(), checkpointId, UNLIKE_TRAINING_DATA)
        : new ExplainedRead(List.of(), checkpointId, BACKGROUND, kind);
  }

  public boolean classified() {
    return !calls.isEmpty();
  }

  /** The largest score that any called rank gives each token; empty if the read is unclassified. */
  public Optional<Mask> mask() {
    return calls.stream().map(Call::mask).reduce(Mask::max);
  }
}
