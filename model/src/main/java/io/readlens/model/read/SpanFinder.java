package io.readlens.model.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The published rule from a mask to spans: a token is kept if its score exceeds the threshold, and
 * the spans are the maximal runs of kept tokens. Where there are more than may be published, those
 * of the best scores are, among equals the first; the tokens of the others are kept no more. A mask
 * that keeps nothing has no spans. Evaluation scores by {@link #kept} what {@link #find} publishes.
 *
 * @param threshold score that a kept token exceeds, in [0, 1)
 * @param most spans that are published of a mask, 1 or more
 */
public record SpanFinder(float threshold, int most) {
  /** Spans that are published of a mask where nobody wants another number. */
  public static final int MOST_SPANS = 64;

  /** Rounds the mask half to even, as the network's rounded masks do: 0.5 is not kept. */
  public static final SpanFinder ROUNDED = new SpanFinder(0.5f);

  public SpanFinder {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException("span threshold outside [0, 1): " + threshold);
    }
    if (most < 1) {
      throw new IllegalArgumentException("fewer spans than one: " + most);
    }
  }

  /** Publishes {@link #MOST_SPANS} at most. */
  public SpanFinder(float threshold) {
    this(threshold, MOST_SPANS);
  }

  /**
   * Tokens {@code [from, to)} whose scores all exceed the threshold.
   *
   * @param score their mean score
   */
  private record Run(int from, int to, float score) {}

  /**
   * All maximal runs of tokens that exceed the threshold, in their order.
   *
   * @param startsAnew whether a run ends before a token, although it is kept: where a mate begins
   */
  private List<Run> runs(Mask mask, IntPredicate startsAnew) {
    List<Run> runs = new ArrayList<>();
    int token = 0;
    while (token < mask.tokens()) {
      int first = token;
      double sum = 0;
      while (token < mask.tokens()
          && mask.score(token) > threshold
          && (token == first || !startsAnew.test(token))) {
        sum += mask.score(token);
        token++;
      }
      if (token > first) {
        runs.add(new Run(first, token, (float) (sum / (token - first))));
      } else {
        token++;
      }
    }
    return runs;
  }

  /** The runs that are published, in their order. */
  private List<Run> best(List<Run> runs) {
    return runs.size() <= most
        ? runs
        : runs.stream()
            .sorted(Comparator.comparingDouble(Run::score).reversed())
            .limit(most)
            .sorted(Comparator.comparingInt(Run::from))
            .toList();
  }

  /**
   * For each token of a mask whether it is kept: whether it is in a span that is published. The
   * mask is of a read without a mate.
   */
  public boolean[] kept(Mask mask) {
    return kept(mask, token -> false);
  }

  private boolean[] kept(Mask mask, IntPredicate startsAnew) {
    boolean[] kept = new boolean[mask.tokens()];
    for (Run run : best(runs(mask, startsAnew))) {
      for (int token = run.from; token < run.to; token++) {
        kept[token] = true;
      }
    }
    return kept;
  }

  /**
   * The gates, one a token, that show a model what a mask keeps and nothing else: 1 at kept tokens,
   * 0 at the others. The mask is of a read without a mate.
   */
  public float[] shown(Mask mask) {
    return shown(kept(mask));
  }

  /** The same for a mask of any read: 1 at the tokens of the spans that {@link #find} finds. */
  public float[] shown(TokenizedRead read, Mask mask) {
    return shown(kept(mask, read::isMateStart));
  }

  private static float[] shown(boolean... kept) {
    float[] shown = new float[kept.length];
    for (int token = 0; token < shown.length; token++) {
      shown[token] = kept[token] ? 1 : 0;
    }
    return shown;
  }

  /**
   * The spans that a mask keeps of its read, in base coordinates: sorted, disjoint, at least one
   * token apart unless they are of two mates. A span's score is the mean score of its tokens.
   *
   * @throws IllegalArgumentException if the mask is not as long as the read
   */
  public List<Span> find(TokenizedRead read, Mask mask) {
    if (mask.tokens() != read.tokens()) {
      throw new IllegalArgumentException("a mask of " + mask.tokens() + " tokens for read " + read);
    }
    return best(runs(mask, read::isMateStart)).stream()
        .map(run -> new Span(read.start(run.from), read.end(run.to - 1), run.score))
        .toList();
  }

  /** How many spans a mask has of its read beside those that are published of it. */
  public int leftOut(TokenizedRead read, Mask mask) {
    return Math.max(0, runs(mask, read::isMateStart).size() - most);
  }
}
