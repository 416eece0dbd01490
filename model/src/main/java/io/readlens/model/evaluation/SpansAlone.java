package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.SpanFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the model calls at a rank if all that it is shown are the spans of a mask. */
final class SpansAlone {
  private static final float[] THRESHOLDS = {0.1f, 0.3f, 0.5f, 0.7f, 0.9f};
  private static final int MOST_READS = 600;

  /** No taxon's index. */
  private static final int NOTHING = -1;

  private final ExplainedClassifier model;
  private final Rank rank;
  private final List<ReadMasks> known;
  private final List<ReadMasks> deceived;

  /**
   * @param masks those of all reads
   */
  SpansAlone(ExplainedClassifier model, Rank rank, List<ReadMasks> masks) {
    this.model = model;
    this.rank = rank;
    known = masks.stream().filter(read -> read.isKnown(rank)).toList();
    deceived = masks.stream().filter(read -> read.wrong(rank).isPresent()).toList();
  }

  /**
   * How often the spans of a wrong taxon make the model call it, as if it were the truth. A wrong
   * taxon without a span makes it call nothing.
   */
  Hits forcing() {
    return wrong(deceived, model.spanFinder());
  }

  /** What other thresholds would give, on as many reads as may be waited for. */
  List<Frontier> frontier() {
    List<ReadMasks> some = some(known);
    Hits whole = new Hits();
    for (ReadMasks read : some) {
      whole.add(read.read().genome(), read.read().label(rank), read.predicted(rank).index());
    }
    List<Frontier> frontier = new ArrayList<>();
    for (float threshold : THRESHOLDS) {
      SpanFinder finder = new SpanFinder(threshold, model.spanFinder().most());
      Hits spans =
          hits(some, finder, read -> read.ofPredicted(rank), read -> read.read().label(rank));
      double kept =
          some.stream().mapToDouble(read -> kept(read, finder)).average().orElse(Double.NaN);
      frontier.add(
          new Frontier(
              Math.round(threshold * 10) / 10.0,
              kept,
              spans.ratioTo(whole),
              wrong(some(deceived), finder).accuracy()));
    }
    return frontier;
  }

  private static List<ReadMasks> some(List<ReadMasks> all) {
    int step = Math.max(1, (all.size() + MOST_READS - 1) / MOST_READS);
    return IntStream.range(0, all.size()).filter(i -> i % step == 0).mapToObj(all::get).toList();
  }

  private double kept(ReadMasks read, SpanFinder finder) {
    boolean[] kept = finder.kept(read.ofPredicted(rank));
    return (double) IntStream.range(0, kept.length).filter(i -> kept[i]).count()
        / Math.max(1, kept.length);
  }

  private Hits wrong(List<ReadMasks> reads, SpanFinder finder) {
    Map<Boolean, List<ReadMasks>> bySpans =
        reads.stream()
            .collect(Collectors.partitioningBy(read -> keepsAny(finder, read.ofWrong(rank))));
    ToIntFunction<ReadMasks> wanted = read -> read.wrong(rank).orElseThrow().index();
    Hits hits = hits(bySpans.get(true), finder, read -> read.ofWrong(rank), wanted);
    for (ReadMasks read : bySpans.get(false)) {
      hits.add(read.read().genome(), wanted.applyAsInt(read), NOTHING);
    }
    return hits;
  }

  private static boolean keepsAny(SpanFinder finder, Mask mask) {
    boolean[] kept = finder.kept(mask);
    return IntStream.range(0, kept.length).anyMatch(token -> kept[token]);
  }

  private Hits hits(
      List<ReadMasks> reads,
      SpanFinder finder,
      Function<ReadMasks, Mask> mask,
      ToIntFunction<ReadMasks> wanted) {
    List<Integer> called =
        Batches.ask(
            model,
            reads,
            batch ->
                Examiner.showGated(
                    model,
                    batch.stream().map(ReadMasks::read).toList(),
                    batch.stream().map(mask).map(finder::shown).toList(),
                    rank));
    Hits hits = new Hits();
    for (int i = 0; i < called.size(); i++) {
      hits.add(reads.get(i).read().genome(), wanted.applyAsInt(reads.get(i)), called.get(i));
    }
    return hits;
  }
}
