package io.readlens.model.evaluation.panel;

import java.util.Optional;
import java.util.Random;

/**
 * A sequence that reads are cut from.
 *
 * @param id its name
 * @param group origins of one group, such as those of a genus, are drawn as one
 * @param truth what its reads are
 * @param cut cuts them
 */
public record Origin(String id, String group, Truth truth, Cut cut) {
  /** Cuts reads from a sequence. */
  public interface Cut {
    /**
     * A random stretch, of either strand.
     *
     * @param bases its length
     * @return empty if the sequence is shorter, or the stretch that was drawn has too many Ns
     */
    Optional<String> of(int bases, Random random);
  }
}
