package io.readlens.model;

import io.readlens.model.read.Mask;
import java.util.List;
import java.util.Optional;

/**
 * The model's answer for one read.
 *
 * @param calls one per called rank, from the superkingdom down; empty if the read is unclassified
 * @param checkpointId digest of the checkpoint that gave the answer
 * @param reason why the read is unclassified: {@link #TOO_LITTLE_INFORMATION}, {@link
 *     #NOT_PROBABLE_ENOUGH}; empty if it is classified
 */
public record ExplainedRead(List<Call> calls, String checkpointId, String reason) {
  /** Too few of the read's bases hold anything to be read. */
  public static final String TOO_LITTLE_INFORMATION = "TOO_LITTLE_INFORMATION";

  /** No superkingdom is probable enough. */
  public static final String NOT_PROBABLE_ENOUGH = "NOT_PROBABLE_ENOUGH";

  public ExplainedRead {
    calls = List.copyOf(calls);
    if (calls.isEmpty() == reason.isEmpty()) {
      throw new IllegalArgumentException(calls.size() + " calls and the reason '" + reason + "'");
    }
  }

  /** An answer that says no more than what is probable. */
  public ExplainedRead(List<Call> calls, String checkpointId) {
    this(calls, checkpointId, calls.isEmpty() ? NOT_PROBABLE_ENOUGH : "");
  }

  /** The answer for a read of which too little is shown; the model need not be asked. */
  public static ExplainedRead ofTooLittle(String checkpointId) {
    return new ExplainedRead(List.of(), checkpointId, TOO_LITTLE_INFORMATION);
  }

  public boolean classified() {
    return !calls.isEmpty();
  }

  /** The largest score that any called rank gives each token; empty if the read is unclassified. */
  public Optional<Mask> mask() {
    return calls.stream().map(Call::mask).reduce(Mask::max);
  }
}
