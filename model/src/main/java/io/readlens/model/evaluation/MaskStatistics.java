package io.readlens.model.evaluation;

import io.readlens.model.read.Mask;
import io.readlens.model.read.Span;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the published masks of one rank look like.
 *
 * <p>Threading: one thread.
 */
public final class MaskStatistics {
  private static final int FEW_SPANS = 4;
  private static final int SCORE_BINS = 20;
  private static final int LEVELS = 1_000;
  private static final int PLACES = 50;
  private static final int FIRST_LENGTHS = 12;
  private static final int MANY_SPANS = 20;

  private final SpanFinder finder;
  private final long[] scores = new long[SCORE_BINS];
  private final long[][] atPlace = new long[PLACES][LEVELS + 1];
  private final double[] sumAtPlace = new double[PLACES];
  private final TreeMap<Integer, Long> spanLengths = new TreeMap<>();
  private final TreeMap<Integer, Long> spanCounts = new TreeMap<>();
  private long tokens;
  private long keptTokens;
  private double scoreSum;
  private double keptBasesSum;
  private double spanBasesOfReadSum;
  private int calls;
  private int wholeReads;

  MaskStatistics(SpanFinder finder) {
    this.finder = finder;
  }

  /**
   * The figures.
   *
   * @param calls calls published
   * @param meanScore mean mask score of a token
   * @param keptTokens share of all tokens that are kept
   * @param keptBases mean share of a read's bases inside spans
   * @param spans mean spans a call
   * @param fewSpans share of calls with at most four spans
   * @param spanBases mean length of a span, bases, all spans together
   * @param spanBasesOfRead mean over reads of the mean length of their spans
   * @param withoutSpans calls that publish no span
   * @param wholeReads calls whose spans leave out no token
   */
  public record Summary(
      int calls,
      double meanScore,
      double keptTokens,
      double keptBases,
      double spans,
      double fewSpans,
      double spanBases,
      double spanBasesOfRead,
      int withoutSpans,
      int wholeReads) {}

  /**
   * A bar of a histogram.
   *
   * @param from least value, included
   * @param to greatest value, excluded but for the last bar
   */
  public record Bin(double from, double to, long count) {}

  /**
   * Masks at one place of a read.
   *
   * @param place its middle, from 0 at the first base to 1 at the last
   * @param mean of the scores there
   * @param least of the scores there, to a thousandth
   * @param tenth a tenth of the scores there is below it
   * @param ninetieth a tenth of the scores there is above it
   * @param greatest of the scores there, to a thousandth
   */
  public record Place(
      double place, double mean, double least, double tenth, double ninetieth, double greatest) {}

  /** Counts the mask of a call. */
  void add(TokenizedRead read, Mask mask) {
    List<Span> spans = finder.find(read, mask);
    boolean[] keeps = finder.kept(mask);
    int kept = 0;
    for (int i = 0; i < mask.tokens(); i++) {
      float score = mask.score(i);
      kept += keeps[i] ? 1 : 0;
      scoreSum += score;
      scores[Math.min(SCORE_BINS - 1, (int) (score * SCORE_BINS))]++;
      int place = (int) ((2L * i + 1) * PLACES / (2L * mask.tokens()));
      sumAtPlace[place] += score;
      atPlace[place][Math.round(score * LEVELS)]++;
    }
    int bases = spans.stream().mapToInt(Span::length).sum();
    calls++;
    tokens += mask.tokens();
    keptTokens += kept;
    wholeReads += kept == mask.tokens() ? 1 : 0;
    keptBasesSum += (double) bases / Math.max(1, read.length());
    spanCounts.merge(spans.size(), 1L, Long::sum);
    spans.forEach(span -> spanLengths.merge(span.length(), 1L, Long::sum));
    if (!spans.isEmpty()) {
      spanBasesOfReadSum += (double) bases / spans.size();
    }
  }

  /** The figures; a mean of nothing is NaN. */
  public Summary summary() {
    long spans = weighted(spanCounts);
    int without = Math.toIntExact(spanCounts.getOrDefault(0, 0L));
    long few = spanCounts.headMap(FEW_SPANS, true).values().stream().mapToLong(n -> n).sum();
    return new Summary(
        calls,
        scoreSum / tokens,
        (double) keptTokens / tokens,
        keptBasesSum / calls,
        (double) spans / calls,
        (double) few / calls,
        (double) weighted(spanLengths) / spans,
        spanBasesOfReadSum / (calls - without),
        without,
        wholeReads);
  }

  private static long weighted(Map<Integer, Long> counts) {
    return counts.entrySet().stream().mapToLong(e -> e.getKey() * e.getValue()).sum();
  }

  /** The scores of all tokens, in twentieths. */
  public List<Bin> scores() {
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < SCORE_BINS; i++) {
      bins.add(new Bin((double) i / SCORE_BINS, (double) (i + 1) / SCORE_BINS, scores[i]));
    }
    return bins;
  }

  /** The lengths of all spans in bases: below twelve, and from there in doublings. */
  public List<Bin> spanLengths() {
    List<Bin> bins = new ArrayList<>();
    int from = 0;
    int to = FIRST_LENGTHS;
    while (bins.isEmpty() || !spanLengths.tailMap(from, true).isEmpty()) {
      long count = spanLengths.subMap(from, to).values().stream().mapToLong(n -> n).sum();
      bins.add(new Bin(from, to, count));
      from = to;
      to *= 2;
    }
    return bins;
  }

  /** The spans of each call: one bar a count, and one for twenty and more. */
  public List<Bin> spanCounts() {
    List<Bin> bins = new ArrayList<>();
    for (int count = 0; count < MANY_SPANS; count++) {
      bins.add(new Bin(count, count + 1, spanCounts.getOrDefault(count, 0L)));
    }
    int most = spanCounts.isEmpty() ? MANY_SPANS : Math.max(MANY_SPANS, spanCounts.lastKey());
    long many = spanCounts.tailMap(MANY_SPANS, true).values().stream().mapToLong(n -> n).sum();
    bins.add(new Bin(MANY_SPANS, most + 1, many));
    return bins;
  }

  /** The masks along the read, in fiftieths of it; a place that no token reached is left out. */
  public List<Place> profile() {
    List<Place> profile = new ArrayList<>();
    for (int place = 0; place < PLACES; place++) {
      long[] levels = atPlace[place];
      long count = 0;
      for (long level : levels) {
        count += level;
      }
      if (count > 0) {
        profile.add(
            new Place(
                (place + 0.5) / PLACES,
                sumAtPlace[place] / count,
                level(levels, 1),
                level(levels, Math.max(1, (count + 9) / 10)),
                level(levels, Math.max(1, (9 * count + 9) / 10)),
                level(levels, count)));
      }
    }
    return profile;
  }

  /** The n-th smallest score, n from 1. */
  private static double level(long[] levels, long n) {
    long seen = 0;
    int level = -1;
    while (seen < n) {
      level++;
      seen += levels[level];
    }
    return (double) level / LEVELS;
  }
}
