package io.readlens.model.abundance;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a read is of: a genus that the checkpoint knows; a genus that it does not, of a phylum or
 * superkingdom that it knows or of none; or background.
 *
 * @param taxon the lowest taxon of the read that is a label; empty if none is
 * @param background the kind of background; empty if it is an organism's
 */
public record Origin(Optional<Taxon> taxon, String background) implements Comparable<Origin> {
  private static final Comparator<Origin> ORDER =
      Comparator.comparing(Origin::isBackground)
          .thenComparing(
              each -> each.taxon.map(Taxon::rank).orElse(null),
              Comparator.nullsLast(Comparator.<Rank>reverseOrder()))
          .thenComparing(each -> each.taxon.map(Taxon::index).orElse(0))
          .thenComparing(Origin::background);

  public Origin {
    if (taxon.isPresent() && !background.isEmpty()) {
      throw new IllegalArgumentException("background of " + taxon.get().name());
    }
    if (background.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a kind of background with control characters");
    }
  }

  /** A read of which this is the lowest taxon that is a label. */
  public static Origin of(Taxon lowest) {
    return new Origin(Optional.of(lowest), "");
  }

  /** A read of an organism of no known superkingdom, or of none at all. */
  public static Origin unknown() {
    return new Origin(Optional.empty(), "");
  }

  /** Background of a kind. */
  public static Origin background(String kind) {
    if (kind.isBlank()) {
      throw new IllegalArgumentException("a kind of background without a name");
    }
    return new Origin(Optional.empty(), kind);
  }

  public boolean isBackground() {
    return !background.isEmpty();
  }

  /** Whether it is a genus that the checkpoint knows. */
  public boolean isGenus() {
    return taxon.filter(each -> each.rank() == Rank.GENUS).isPresent();
  }

  /** Whether it is an organism whose genus the checkpoint does not know. */
  public boolean isUnknown() {
    return !isGenus() && !isBackground();
  }

  /** Genera, then what is unknown, then background. Of one checkpoint's labels. */
  @Override
  public int compareTo(Origin other) {
    return ORDER.compare(this, other);
  }
}
