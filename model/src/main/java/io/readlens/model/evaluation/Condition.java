package io.readlens.model.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What of a read the classifier is shown. */
public enum Condition {
  UNMASKED("unmasked", By.MASK, Way.WHOLE, false),
  MASKED("masked (soft)", By.MASK, Way.SOFT, false),
  MEAN_MASK("the mean mask (soft)", By.USUAL, Way.SOFT, false),
  SPANS("spans only (rounded mask)", By.MASK, Way.ROUNDED, false),
  RANDOM_SPANS("random spans, same count and lengths", By.RANDOM, Way.ROUNDED, false),
  USUAL_PLACES("the mean mask's places, same count", By.USUAL, Way.ROUNDED, false),
  INVERTED("inverted (soft)", By.MASK, Way.SOFT, true),
  MEAN_MASK_INVERTED("the mean mask, inverted (soft)", By.USUAL, Way.SOFT, true),
  WITHOUT_SPANS("without the spans (inverted rounded)", By.MASK, Way.ROUNDED, true),
  WITHOUT_RANDOM_SPANS("without the random spans", By.RANDOM, Way.ROUNDED, true),
  WITHOUT_USUAL_PLACES("without the mean mask's places", By.USUAL, Way.ROUNDED, true),
  RELEVANT_CHUNKS("relevant chunks, each alone", By.MASK, Way.ALONE, false),
  RANDOM_CHUNKS("random spans, each alone", By.RANDOM, Way.ALONE, false),
  USUAL_CHUNKS("the mean mask's places, each alone", By.USUAL, Way.ALONE, false),
  IRRELEVANT_CHUNKS("irrelevant chunks, each alone", By.MASK, Way.ALONE, true),
  OTHER_RANDOM_CHUNKS("what random spans leave, each alone", By.RANDOM, Way.ALONE, true),
  OTHER_USUAL_CHUNKS("what the mean mask's places leave, each alone", By.USUAL, Way.ALONE, true);

  /** What chooses the tokens. */
  public enum By {
    /** The read's own mask. */
    MASK,
    /** Chance: as many spans of the same lengths, anywhere. */
    RANDOM,
    /** The mean mask of all reads: as many tokens, where masks usually are. */
    USUAL
  }

  /** How chosen tokens are shown. */
  enum Way {
    /** Everything is shown. */
    WHOLE,
    /** Every token as far as the mask says. */
    SOFT,
    /** In their places, all others hidden. */
    ROUNDED,
    /** Each run of them as a read of its own; the mean of their probabilities. */
    ALONE
  }

  private final String description;
  private final By by;
  private final Way way;
  private final boolean inverted;

  Condition(String description, By by, Way way, boolean inverted) {
    this.description = description;
    this.by = by;
    this.way = way;
    this.inverted = inverted;
  }

  By by() {
    return by;
  }

  Way way() {
    return way;
  }

  /** Whether it shows what was not chosen. */
  boolean inverted() {
    return inverted;
  }

  /** The rows of the paper's table, in its order. */
  public static List<Condition> paper() {
    return List.of(
        UNMASKED, MASKED, SPANS, INVERTED, WITHOUT_SPANS, RELEVANT_CHUNKS, IRRELEVANT_CHUNKS);
  }

  /** The same with other tokens chosen; empty where there is no such control. */
  public Optional<Condition> control(By other) {
    return Arrays.stream(values())
        .filter(c -> c.by == other && c.way == way && c.inverted == inverted)
        .findFirst();
  }

  @Override
  public String toString() {
    return description;
  }
}
