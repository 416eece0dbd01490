package io.readlens.model.abundance;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the reads of one sample were called, counted by length. It takes the same memory for any
 * number of reads: lengths are told apart by a tenth and no finer, but for their sum.
 *
 * <p>Threading: one thread.
 */
public final class SampleCalls {
  /** Lengths are counted together within a factor of this. */
  private static final double APART = Math.log(1.1);

  private final Map<Integer, Map<Outcome, TreeMap<Integer, Cell>>> asked = new TreeMap<>();
  private final Map<String, Long> notAsked = new TreeMap<>();
  private long reads;
  private long bases;

  /** Reads of like length, like informative length and one outcome. */
  static final class Cell {
    private long reads;
    private long bases;

    long reads() {
      return reads;
    }

    long bases() {
      return bases;
    }
  }

  /**
   * Counts a read that the model was asked about.
   *
   * @param bases its length
   * @param informative the bases that the model was shown, from which it was called
   */
  public void add(Outcome outcome, int bases, int informative) {
    Cell cell =
        asked
            .computeIfAbsent(step(informative), step -> new TreeMap<>())
            .computeIfAbsent(outcome, o -> new TreeMap<>())
            .computeIfAbsent(step(bases), step -> new Cell());
    cell.reads++;
    cell.bases += bases;
    reads++;
    this.bases += bases;
  }

  /**
   * Counts a read that the model was not asked about, which no share is of.
   *
   * @param why such as TOO_SHORT
   */
  public void addNotAsked(String why) {
    notAsked.merge(why, 1L, Long::sum);
  }

  private static int step(int bases) {
    return (int) Math.round(Math.log(Math.max(1, bases)) / APART);
  }

  /** What {@link #step} makes of a length, as a length. */
  private static int bases(int step) {
    return (int) Math.min(Integer.MAX_VALUE, Math.round(Math.exp(step * APART)));
  }

  /** Reads that the model was asked about. */
  public long reads() {
    return reads;
  }

  /** Their bases. */
  public long bases() {
    return bases;
  }

  /** How many reads it was not asked about, by the reason. */
  public Map<String, Long> notAsked() {
    return new TreeMap<>(notAsked);
  }

  /** What is done with a group of reads. */
  interface Cells {
    void accept(int informative, Outcome outcome, Cell cell);
  }

  /** All reads that the model was asked about, in a fixed order. */
  void forEach(Cells cells) {
    asked.forEach(
        (step, outcomes) ->
            outcomes.forEach(
                (outcome, lengths) ->
                    lengths.values().forEach(cell -> cells.accept(bases(step), outcome, cell))));
  }
}
