package io.readlens.model.abundance;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a read was called: the taxon of its lowest called rank, a kind of background, or nothing,
 * for another reason. Exactly one of the three is there.
 *
 * @param taxon the taxon; empty if there is none
 * @param background the kind of background; empty if it is not said to be any
 * @param reason why it is called nothing, as the record's {@code reason}; empty else
 */
public record Outcome(Optional<Taxon> taxon, String background, String reason)
    implements Comparable<Outcome> {
  private static final int MOST_LETTERS = 100;

  private static final Comparator<Outcome> ORDER =
      Comparator.comparing(
              (Outcome each) -> each.taxon.map(Taxon::rank).orElse(null),
              Comparator.nullsLast(Comparator.<Rank>naturalOrder()))
          .thenComparing(each -> each.taxon.map(Taxon::index).orElse(0))
          .thenComparing(Outcome::background)
          .thenComparing(Outcome::reason);

  public Outcome {
    long given =
        Stream.of(taxon.isPresent(), !background.isBlank(), !reason.isBlank())
            .filter(each -> each)
            .count();
    if (given != 1) {
      throw new IllegalArgumentException(
          "called %s, background '%s', reason '%s'".formatted(taxon, background, reason));
    }
    for (String word : new String[] {background, reason}) {
      if (word.length() > MOST_LETTERS || word.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("no word for what a read is called: " + word.length());
      }
    }
  }

  /** A call, by its lowest rank. */
  public static Outcome called(Taxon lowest) {
    return new Outcome(Optional.of(lowest), "", "");
  }

  /** A read that is said to be background of a kind. */
  public static Outcome background(String kind) {
    return new Outcome(Optional.empty(), kind, "");
  }

  /** A read that is called nothing, for a reason that is not background. */
  public static Outcome none(String reason) {
    return new Outcome(Optional.empty(), "", reason);
  }

  /**
   * The outcome that a record says.
   *
   * @param calls from the superkingdom down; none where the read is called nothing
   * @param background the kind of background; empty where the read is none
   */
  public static Outcome of(List<Taxon> calls, String background, String reason) {
    if (!calls.isEmpty()) {
      return called(calls.get(calls.size() - 1));
    }
    return background.isBlank() ? none(reason) : background(background);
  }

  /** Whether the read is said to be background. */
  public boolean isBackground() {
    return !background.isEmpty();
  }

  /** Taxa from the root down, then reasons and background. Of one checkpoint's labels. */
  @Override
  public int compareTo(Outcome other) {
    return ORDER.compare(this, other);
  }
}
