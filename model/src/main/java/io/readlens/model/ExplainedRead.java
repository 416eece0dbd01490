package io.readlens.model;

import io.readlens.model.read.Mask;
import java.util.List;
import java.util.Optional;

/**
 * The model's answer for one read.
 *
 * @param calls one per called rank, from the superkingdom down; empty if the read is unclassified
 * @param checkpointId digest of the checkpoint that gave the answer
 */
public record ExplainedRead(List<Call> calls, String checkpointId) {
  public ExplainedRead {
    calls = List.copyOf(calls);
  }

  public boolean classified() {
    return !calls.isEmpty();
  }

  /** The largest score that any called rank gives each token; empty if the read is unclassified. */
  public Optional<Mask> mask() {
    return calls.stream().map(Call::mask).reduce(Mask::max);
  }
}
