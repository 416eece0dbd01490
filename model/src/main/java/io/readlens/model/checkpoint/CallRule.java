package io.readlens.model.checkpoint;

import java.util.Locale;
import java.util.Optional;

/**
 * By what a read was called: with the checkpoint it says all that the call depends on.
 *
 * @param thresholds the least probability that a call needed
 * @param profile the profile of the checkpoint whose thresholds those are, {@link Profile#BALANCED}
 *     first; empty if they are somebody's own
 */
public record CallRule(Thresholds thresholds, Optional<Profile> profile) {
  /** Stands for the profile where there is none. */
  public static final String CUSTOM = "CUSTOM";

  /** The profile's name as records have it, or {@link #CUSTOM}. */
  public String profileName() {
    return profile.map(Enum::name).orElse(CUSTOM);
  }

  /** As in {@code strict, superkingdom:0.95,phylum:0.95,genus:0.95}. */
  @Override
  public String toString() {
    return profileName().toLowerCase(Locale.ROOT) + ", " + thresholds;
  }
}
