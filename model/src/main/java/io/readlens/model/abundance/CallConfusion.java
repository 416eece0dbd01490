package io.readlens.model.abundance;

import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How a checkpoint calls reads of known origin, counted at a few lengths: a checkpoint's {@code
 * confusion.tsv}. Immutable.
 */
public final class CallConfusion {
  private static final List<String> COLUMNS =
      List.of("originRank", "origin", "bases", "calledRank", "called", "reads");
  private static final String UNKNOWN = "unknown";
  private static final String BACKGROUND = "background";
  private static final String NONE = "none";
  private static final String NOT_AVAILABLE = "NA";

  /** Most lengths that calls are measured at. */
  public static final int MOST_LENGTHS = 16;

  /** Bases of the longest read, and the most reads of a cell. */
  private static final int MOST = 100_000_000;

  private final NavigableMap<Integer, Map<Origin, Map<Outcome, Integer>>> reads;

  private CallConfusion(NavigableMap<Integer, Map<Origin, Map<Outcome, Integer>>> reads) {
    this.reads = reads;
  }

  /**
   * Counts reads.
   *
   * <p>Threading: one thread.
   */
  public static final class Builder {
    private final NavigableMap<Integer, Map<Origin, Map<Outcome, Integer>>> reads = new TreeMap<>();

    /**
     * Counts a read.
     *
     * @param bases the length that it was cut to
     */
    public void add(Origin origin, int bases, Outcome outcome) {
      cell(origin, bases).merge(outcome, 1, Integer::sum);
    }

    private Map<Outcome, Integer> cell(Origin origin, int bases) {
      return reads
          .computeIfAbsent(bases, b -> new TreeMap<>())
          .computeIfAbsent(origin, o -> new TreeMap<>());
    }

    /**
     * What was counted; the builder is spent.
     *
     * @throws IllegalArgumentException if that is nothing, or at more than {@value #MOST_LENGTHS}
     *     lengths
     */
    public CallConfusion build() {
      if (reads.isEmpty() || reads.size() > MOST_LENGTHS) {
        throw new IllegalArgumentException(
            "reads of " + reads.size() + " lengths, not of 1 to " + MOST_LENGTHS);
      }
      return new CallConfusion(reads);
    }
  }

  /** The lengths in bases that reads were cut to, ascending; at least one. */
  public NavigableSet<Integer> lengths() {
    return new TreeSet<>(reads.keySet());
  }

  /** The measured length whose logarithm is nearest to a read's; of two the shorter. */
  public int nearestLength(int bases) {
    return nearest(lengths(), bases);
  }

  /** Of some lengths, at least one, that whose logarithm is nearest; of two the shorter. */
  public static int nearest(Collection<Integer> lengths, int bases) {
    double log = Math.log(Math.max(1, bases));
    return lengths.stream()
        .min(
            Comparator.comparingDouble((Integer length) -> Math.abs(Math.log(length) - log))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  /** The origins of the reads of a length, and what those of each were called. */
  Map<Origin, Map<Outcome, Integer>> at(int length) {
    return reads.get(length);
  }

  /** The kinds of background that reads were counted of, at any length. */
  List<Origin> background() {
    return reads.values().stream()
        .flatMap(origins -> origins.keySet().stream())
        .filter(Origin::isBackground)
        .distinct()
        .toList();
  }

  /** How many reads were counted. */
  public long reads() {
    return reads.values().stream()
        .flatMap(origins -> origins.values().stream())
        .flatMap(outcomes -> outcomes.values().stream())
        .mapToLong(count -> count)
        .sum();
  }

  /** How many reads of an origin and a length were called what. */
  public int reads(Origin origin, int length, Outcome outcome) {
    Map<Outcome, Integer> outcomes = reads.getOrDefault(length, new TreeMap<>()).get(origin);
    return outcomes == null ? 0 : outcomes.getOrDefault(outcome, 0);
  }

  /**
   * The counts as tab-separated text under the header {@code originRank origin bases calledRank
   * called reads}, one line a count above 0. An origin is a label's rank and name, {@code unknown}
   * and {@code NA}, or {@code background} and its kind; a call is a label's rank and name, {@code
   * background} and its kind, or {@code none} and the reason.
   */
  public String toTsv() {
    StringBuilder lines = new StringBuilder(String.join("\t", COLUMNS)).append('\n');
    reads.forEach(
        (length, origins) ->
            origins.forEach(
                (origin, outcomes) ->
                    outcomes.forEach(
                        (outcome, count) ->
                            lines
                                .append(cells(origin))
                                .append('\t')
                                .append(length)
                                .append('\t')
                                .append(cells(outcome))
                                .append('\t')
                                .append(count)
                                .append('\n'))));
    return lines.toString();
  }

  private static String cells(Taxon taxon) {
    return taxon.rank().label() + "\t" + taxon.name();
  }

  private static String cells(Origin origin) {
    return origin
        .taxon()
        .map(CallConfusion::cells)
        .orElse(
            origin.isBackground()
                ? BACKGROUND + "\t" + origin.background()
                : UNKNOWN + "\t" + NOT_AVAILABLE);
  }

  private static String cells(Outcome outcome) {
    return outcome
        .taxon()
        .map(CallConfusion::cells)
        .orElse(
            outcome.isBackground()
                ? BACKGROUND + "\t" + outcome.background()
                : NONE + "\t" + outcome.reason());
  }

  /**
   * Reads what {@link #toTsv} writes.
   *
   * @throws IllegalArgumentException naming the line (from 1) and the column at fault
   */
  public static CallConfusion fromTsv(String text, Taxonomy labels) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !List.of(lines.get(0).split("\t", -1)).equals(COLUMNS)) {
      throw new IllegalArgumentException("line 1 is not the header " + COLUMNS);
    }
    Builder builder = new Builder();
    for (int i = 1; i < lines.size(); i++) {
      Line line = new Line(i + 1, lines.get(i).split("\t", -1), labels);
      int length = line.number(2);
      if (builder.cell(line.origin(), length).put(line.outcome(), line.number(5)) != null) {
        throw new IllegalArgumentException("line " + line.number + " counts what came before");
      }
    }
    return builder.build();
  }

  /** One line's cells; knows its number (from 1) for what it has to say about them. */
  private static final class Line {
    private final int number;
    private final String[] cells;
    private final Taxonomy labels;

    Line(int number, String[] cells, Taxonomy labels) {
      this.number = number;
      this.cells = cells;
      this.labels = labels;
      if (cells.length != COLUMNS.size()) {
        throw new IllegalArgumentException(
            "line %d has %d columns, not %d".formatted(number, cells.length, COLUMNS.size()));
      }
    }

    Origin origin() {
      Optional<Taxon> taxon = taxon(0);
      if (taxon.isPresent()) {
        return Origin.of(taxon.get());
      }
      if (cells[0].equals(UNKNOWN) && cells[1].equals(NOT_AVAILABLE)) {
        return Origin.unknown();
      }
      if (cells[0].equals(BACKGROUND)) {
        return of(1, "a kind of background", Origin::background);
      }
      throw fault(0, "a rank, or background with its kind, or unknown with NA");
    }

    Outcome outcome() {
      Optional<Taxon> taxon = taxon(3);
      if (taxon.isPresent()) {
        return Outcome.called(taxon.get());
      }
      if (cells[3].equals(BACKGROUND)) {
        return of(4, "a kind of background", Outcome::background);
      }
      if (!cells[3].equals(NONE)) {
        throw fault(3, "a rank, background or none");
      }
      return of(4, "a reason", Outcome::none);
    }

    private <T> T of(int column, String expected, Function<String, T> value) {
      try {
        return value.apply(cells[column]);
      } catch (IllegalArgumentException e) {
        throw fault(column, expected);
      }
    }

    private Optional<Taxon> taxon(int column) {
      Optional<Rank> rank =
          Arrays.stream(Rank.values()).filter(r -> r.label().equals(cells[column])).findFirst();
      return rank.map(
          known ->
              labels
                  .find(known, cells[column + 1])
                  .orElseThrow(() -> fault(column + 1, "a label of that rank")));
    }

    int number(int column) {
      try {
        int value = Integer.parseInt(cells[column]);
        if (value >= 1 && value <= MOST) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Falls through to the one message for both.
      }
      throw fault(column, "a number from 1 to " + MOST);
    }

    private IllegalArgumentException fault(int column, String expected) {
      return new IllegalArgumentException(
          "line %d: %s is '%s', not %s"
              .formatted(number, COLUMNS.get(column), cells[column], expected));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CallConfusion confusion && reads.equals(confusion.reads);
  }

  @Override
  public int hashCode() {
    return reads.hashCode();
  }

  @Override
  public String toString() {
    return "CallConfusion of " + reads() + " reads at " + reads.keySet() + " bases";
  }
}
