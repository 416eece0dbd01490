package io.readlens.model.read;

import java.util.ArrayList;
import java.util.List;

/**
 * The published rule from a mask to spans: a token is kept if its score exceeds the threshold, and
 * the spans are the maximal runs of kept tokens. A mask that keeps nothing has no spans. Evaluation
 * scores by {@link #kept} what {@link #find} publishes.
 *
 * @param threshold score that a kept token exceeds, in [0, 1)
 */
public record SpanFinder(float threshold) {
  /** Rounds the mask half to even, as the network's rounded masks do: 0.5 is not kept. */
  public static final SpanFinder ROUNDED = new SpanFinder(0.5f);

  public SpanFinder {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException("span threshold outside [0, 1): " + threshold);
    }
  }

  /** Whether a token of this score is kept. */
  public boolean keeps(float score) {
    return score > threshold;
  }

  /** For each token of a mask whether it is kept. */
  public boolean[] kept(Mask mask) {
    boolean[] kept = new boolean[mask.tokens()];
    for (int token = 0; token < kept.length; token++) {
      kept[token] = keeps(mask.score(token));
    }
    return kept;
  }

  /**
   * The gates, one a token, that show a model what a mask keeps and nothing else: 1 at kept tokens,
   * 0 at the others.
   */
  public float[] shown(Mask mask) {
    float[] shown = new float[mask.tokens()];
    for (int token = 0; token < shown.length; token++) {
      shown[token] = keeps(mask.score(token)) ? 1 : 0;
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
    List<Span> spans = new ArrayList<>();
    int token = 0;
    while (token < mask.tokens()) {
      int first = token;
      double sum = 0;
      while (token < mask.tokens()
          && keeps(mask.score(token))
          && (token == first || !read.isMateStart(token))) {
        sum += mask.score(token);
        token++;
      }
      if (token > first) {
        float mean = (float) (sum / (token - first));
        spans.add(new Span(read.start(first), read.end(token - 1), mean));
      } else {
        token++;
      }
    }
    return List.copyOf(spans);
  }
}
