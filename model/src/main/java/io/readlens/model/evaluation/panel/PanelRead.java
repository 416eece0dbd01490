package io.readlens.model.evaluation.panel;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import java.util.Optional;

/**
 * A read of a panel, and what is wanted of it. Two are equal only if they are one.
 *
 * @param letters its bases as a sequencer would write them, in either case, with U or T
 * @param read the same as the model takes it
 * @param origin what it was cut from or made of
 * @param truth what it is
 * @param original the read that it was made of, whose calls it should get
 */
public record PanelRead(
    String letters, Read read, String origin, Truth truth, Optional<Original> original) {
  /**
   * The read that another was made of.
   *
   * @param read itself
   * @param start where its bases begin in the other, 0-based
   * @param end where they end, exclusive: spans beyond are on what was added
   * @param rank the one rank that the two are compared at; empty for all
   */
  public record Original(Read read, int start, int end, Optional<Rank> rank) {}

  /** A read that was made of no other. */
  static PanelRead of(String id, String letters, String origin, Truth truth) {
    return new PanelRead(letters, Read.of(id, letters), origin, truth, Optional.empty());
  }

  /** A read that should be called as another is, which lies somewhere in it. */
  static PanelRead made(
      String id, String letters, String origin, Truth truth, Read original, int start, int end) {
    return new PanelRead(
        letters,
        Read.of(id, letters),
        origin,
        truth,
        Optional.of(new Original(original, start, end, Optional.empty())));
  }
}
