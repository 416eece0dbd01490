package io.readlens.model.checkpoint;

import io.readlens.model.read.Rank;
import java.util.Arrays;
import java.util.Locale;

/**
 * What calls are for: a checkpoint has thresholds for each. {@code calibrate} measures them on
 * validation reads; where a checkpoint was made before there were profiles, those beside {@link
 * #BALANCED} follow from it, see {@link #unmeasured}.
 */
public enum Profile {
  /** Calls for a first look: little that is there is missed, and more is wrong. */
  SENSITIVE,

  /** The checkpoint's own thresholds, by which reads are called where nobody asks for another. */
  BALANCED,

  /** Calls that one acts on: few are wrong, and more reads are not called. */
  STRICT;

  /** A sensitive call is more likely than not. */
  private static final double MORE_LIKELY_THAN_NOT = 0.5;

  private static final double ALL_BUT_SURE = 0.95;

  /** Its name in settings and options. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The profile of a name, in any case.
   *
   * @throws IllegalArgumentException if there is no such profile
   */
  public static Profile parse(String name) {
    return Arrays.stream(values())
        .filter(profile -> profile.label().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no profile: " + name));
  }

  /**
   * The thresholds of a checkpoint that names those of {@link #BALANCED} alone. Its probabilities
   * are calibrated, so that numbers will do: {@link #SENSITIVE} calls what is more likely than not,
   * {@link #STRICT} needs a probability of 0.95, where the checkpoint's own do not ask for less, or
   * for more.
   */
  public Thresholds unmeasured(Thresholds balanced) {
    Thresholds own = balanced;
    for (Rank rank : Rank.values()) {
      own = own.with(rank, unmeasured(balanced.of(rank)));
    }
    return own;
  }

  private double unmeasured(double balanced) {
    return switch (this) {
      case SENSITIVE -> Math.min(balanced, MORE_LIKELY_THAN_NOT);
      case BALANCED -> balanced;
      case STRICT -> Math.max(balanced, ALL_BUT_SURE);
    };
  }
}
