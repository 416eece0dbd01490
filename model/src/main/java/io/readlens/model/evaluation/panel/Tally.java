package io.readlens.model.evaluation.panel;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.evaluation.Hits.Interval;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Counts what a row's reads were called. */
final class Tally {
  private static final double SAME_PROBABILITY = 1e-4;

  private final List<PanelRead> reads;
  private final Map<Read, ExplainedRead> answers;
  private final Map<Read, TaxonProbabilities> probabilities;

  /**
   * @param answers for each read, and each original of one
   * @param probabilities for each read of which enough is shown, if they were asked for
   */
  Tally(
      List<PanelRead> reads,
      Map<Read, ExplainedRead> answers,
      Map<Read, TaxonProbabilities> probabilities) {
    this.reads = reads;
    this.answers = answers;
    this.probabilities = probabilities;
  }

  /** One share of whole reads, or one a rank. */
  List<Interval> of(Measure measure) {
    return measure.isOfWholeReads()
        ? List.of(ofReads(measure))
        : Arrays.stream(Rank.values()).map(rank -> of(measure, rank)).toList();
  }

  private Interval ofReads(Measure measure) {
    Predicate<PanelRead> isMade = read -> read.original().isPresent();
    return switch (measure) {
      case SAME_CALLS -> share(isMade, read -> taxa(read.read()).equals(taxa(original(read))));
      case SAME_RECORD -> share(isMade, this::isSameRecord);
      case SPAN_OUTSIDE -> share(isMade, this::hasSpanOutside);
      case TOO_LITTLE -> silent(ExplainedRead.TOO_LITTLE_INFORMATION);
      case UNLIKE -> silent(ExplainedRead.UNLIKE_TRAINING_DATA);
      case BACKGROUND -> silent(ExplainedRead.BACKGROUND);
      default -> throw new IllegalArgumentException(measure + " is of ranks");
    };
  }

  /** The share of reads that are called nothing for a reason. */
  private Interval silent(String reason) {
    return share(read -> true, read -> answer(read.read()).reason().equals(reason));
  }

  /** The share of reads that are said to be of each kind of background, if any is. */
  SortedMap<String, Interval> named() {
    SortedMap<String, Interval> named = new TreeMap<>();
    for (PanelRead each : reads) {
      String kind = answer(each.read()).background();
      if (!kind.isEmpty()) {
        named.computeIfAbsent(
            kind, k -> share(read -> true, read -> answer(read.read()).background().equals(k)));
      }
    }
    return named;
  }

  private Interval of(Measure measure, Rank rank) {
    Predicate<PanelRead> isCalled = read -> call(read.read(), rank).isPresent();
    Predicate<PanelRead> isJudged = read -> read.truth().judges(rank);
    Predicate<PanelRead> isRight =
        read -> name(read, rank).filter(read.truth().name(rank)::equals).isPresent();
    Predicate<PanelRead> hasCalledOriginal =
        read ->
            read.original().filter(o -> o.rank().isEmpty() || o.rank().get() == rank).isPresent()
                && call(original(read), rank).isPresent();
    Predicate<PanelRead> isSame =
        read ->
            call(read.read(), rank)
                .map(Call::taxon)
                .equals(call(original(read), rank).map(Call::taxon));
    return switch (measure) {
      case CALLED -> share(read -> true, isCalled);
      case WRONG -> share(isJudged, isCalled.and(isRight.negate()));
      case RIGHT_OF_CALLED -> share(isJudged.and(isCalled), isRight);
      case MOST_PROBABLE -> share(read -> read.truth().isLabel(rank), read -> isBest(read, rank));
      case KEPT -> share(hasCalledOriginal, isSame);
      case CHANGED -> share(hasCalledOriginal, isCalled.and(isSame.negate()));
      default -> throw new IllegalArgumentException(measure + " is of whole reads");
    };
  }

  private Interval share(Predicate<PanelRead> counts, Predicate<PanelRead> is) {
    List<PanelRead> some = reads.stream().filter(counts).toList();
    return Intervals.ofShare(some.stream().filter(is).count(), some.size());
  }

  private ExplainedRead answer(Read read) {
    return answers.get(read);
  }

  private static Read original(PanelRead read) {
    return read.original().orElseThrow().read();
  }

  private Optional<Call> call(Read read, Rank rank) {
    return answer(read).calls().stream().filter(call -> call.rank() == rank).findFirst();
  }

  private Optional<String> name(PanelRead read, Rank rank) {
    return call(read.read(), rank).map(call -> call.taxon().name());
  }

  private List<?> taxa(Read read) {
    return answer(read).calls().stream().map(Call::taxon).toList();
  }

  private boolean isBest(PanelRead read, Rank rank) {
    TaxonProbabilities all = probabilities.get(read.read());
    return all != null && all.best(rank).name().equals(read.truth().name(rank));
  }

  private boolean isSameRecord(PanelRead read) {
    List<Call> these = answer(read.read()).calls();
    List<Call> those = answer(original(read)).calls();
    boolean same = taxa(read.read()).equals(taxa(original(read)));
    for (int i = 0; same && i < these.size(); i++) {
      double apart = these.get(i).probability() - those.get(i).probability();
      same =
          these.get(i).spans().equals(those.get(i).spans()) && Math.abs(apart) < SAME_PROBABILITY;
    }
    return same;
  }

  /** The token on the border is half the original's. */
  private boolean hasSpanOutside(PanelRead read) {
    int first = read.original().orElseThrow().start() - Vocabulary.K;
    int last = read.original().orElseThrow().end() + Vocabulary.K;
    return answer(read.read()).calls().stream()
        .flatMap(call -> call.spans().stream())
        .anyMatch(span -> span.start() < first || span.end() > last);
  }
}
