package io.readlens.model.evaluation;

import io.readlens.model.Call;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.model.abundance.CallConfusion;
import io.readlens.model.abundance.Origin;
import io.readlens.model.abundance.Outcome;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what a model calls reads of known origin, as it would call them in a stream.
 *
 * <p>Threading: one thread.
 */
public final class CallMeasurement {
  private final List<Integer> lengths;
  private final List<Origin> origins = new ArrayList<>();
  private final List<TokenizedRead> reads = new ArrayList<>();

  /**
   * @param lengths in bases; each read counts for the nearest
   */
  public CallMeasurement(List<Integer> lengths) {
    this.lengths = List.copyOf(lengths);
  }

  /** Adds a read; one of which the model would not be asked is left out. */
  public void add(Origin origin, TokenizedRead read) {
    if (read.isInformative()) {
      origins.add(origin);
      reads.add(read);
    }
  }

  /** How many reads were added. */
  public int reads() {
    return reads.size();
  }

  /**
   * Asks the model about all reads.
   *
   * @throws IllegalArgumentException if there is none, or there are too many lengths
   */
  public CallConfusion of(ExplainedClassifier model) {
    List<Outcome> outcomes =
        Batches.ask(
            model,
            reads,
            batch -> model.explain(batch).stream().map(CallMeasurement::outcome).toList());
    CallConfusion.Builder builder = new CallConfusion.Builder();
    for (int i = 0; i < outcomes.size(); i++) {
      int length = CallConfusion.nearest(lengths, reads.get(i).length());
      builder.add(origins.get(i), length, outcomes.get(i));
    }
    return builder.build();
  }

  private static Outcome outcome(ExplainedRead explained) {
    return Outcome.of(
        explained.calls().stream().map(Call::taxon).toList(),
        explained.background(),
        explained.reason());
  }
}
