package io.readlens.model.evaluation;

/** What of a read the classifier is shown. */
public enum Condition {
  UNMASKED("unmasked"),
  MASKED("masked (soft)"),
  SPANS("spans only (rounded mask)"),
  RANDOM_SPANS("random spans, same count and lengths"),
  USUAL_PLACES("the mean mask's places, same count"),
  INVERTED("inverted (soft)"),
  WITHOUT_SPANS("without the spans"),
  WITHOUT_RANDOM_SPANS("without the random spans"),
  WITHOUT_USUAL_PLACES("without the mean mask's places");

  private final String description;

  Condition(String description) {
    this.description = description;
  }

  @Override
  public String toString() {
    return description;
  }
}
