package io.readlens.model.checkpoint;

import io.readlens.model.read.Rank;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which thresholds somebody wants reads to be called by, whatever the checkpoint: those that it has
 * for a profile, and numbers in place of some of them.
 *
 * @param profile the profile
 * @param numbers thresholds in [0, 1] that are wanted in place of the profile's, by rank
 */
public record ThresholdChoice(Profile profile, Map<Rank, Double> numbers) {
  /** The checkpoint's own. */
  public static final ThresholdChoice BALANCED = new ThresholdChoice(Profile.BALANCED, Map.of());

  /** What text says that names no numbers. */
  public static final String NONE = "none";

  /** So that nobody's 0x1p-1, NaN or 0.9f is taken for a number. */
  private static final Pattern NUMBER = Pattern.compile("[0-9]+\\.?[0-9]*|\\.[0-9]+");

  public ThresholdChoice {
    // In the order of ranks, so that equal choices read the same.
    EnumMap<Rank, Double> ordered = new EnumMap<>(Rank.class);
    ordered.putAll(numbers);
    numbers = Collections.unmodifiableMap(ordered);
  }

  /**
   * Numbers as text has them: {@value #NONE}, or ranks with a number each, as in {@code
   * superkingdom:0.9,genus:0.95}.
   *
   * @throws IllegalArgumentException saying what of it is none
   */
  public static Map<Rank, Double> numbers(String text) {
    Map<Rank, Double> numbers = new EnumMap<>(Rank.class);
    if (text.strip().equals(NONE)) {
      return numbers;
    }
    for (String part : text.split(",", -1)) {
      String[] sides = part.strip().split(":", 2);
      Rank rank =
          Arrays.stream(Rank.values())
              .filter(each -> each.label().equals(sides[0].strip()))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException(quoted(part) + " names no rank"));
      if (numbers.put(rank, number(part, sides)) != null) {
        throw new IllegalArgumentException(rank.label() + " is there twice");
      }
    }
    return numbers;
  }

  private static double number(String part, String... sides) {
    String text = sides.length < 2 ? "" : sides[1].strip();
    if (NUMBER.matcher(text).matches()) {
      double number = Double.parseDouble(text);
      if (number <= 1) {
        return number;
      }
    }
    throw new IllegalArgumentException(quoted(part) + " has no number from 0 to 1");
  }

  private static String quoted(String part) {
    return "'" + part.strip() + "'";
  }

  /** The thresholds that a checkpoint calls by. */
  public Thresholds of(Decision decision) {
    Thresholds thresholds = decision.thresholds(profile);
    for (Map.Entry<Rank, Double> number : numbers.entrySet()) {
      thresholds = thresholds.with(number.getKey(), number.getValue());
    }
    return thresholds;
  }

  /** Whether no checkpoint calls by anything but this. */
  private boolean isAllNumbers() {
    return numbers.size() == Rank.values().length;
  }

  /** As in {@code strict}, {@code strict but genus:0.99}; equal choices read the same. */
  @Override
  public String toString() {
    String all =
        numbers.entrySet().stream()
            .map(number -> number.getKey().label() + ":" + number.getValue())
            .collect(Collectors.joining(","));
    if (isAllNumbers()) {
      return all;
    }
    return numbers.isEmpty() ? profile.label() : profile.label() + " but " + all;
  }
}
