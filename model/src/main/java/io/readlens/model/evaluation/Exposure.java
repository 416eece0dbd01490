package io.readlens.model.evaluation;

import io.readlens.model.read.Mask;
import io.readlens.model.read.Span;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What each condition shows of one read, by one mask of it and by the controls of that mask. */
final class Exposure {
  private final LabelledRead read;
  private final Mask mask;
  private final float[] usual;
  private final boolean[] kept;
  private final boolean[] random;
  private final boolean[] usualPlaces;

  /**
   * @param usual the mean mask by place, at least as long as the read
   * @param finder the published rule
   * @param dice puts the random spans
   */
  Exposure(LabelledRead read, Mask mask, float[] usual, SpanFinder finder, Random dice) {
    this.read = read;
    this.mask = mask;
    this.usual = usual;
    kept = finder.kept(mask);
    random = RandomSpans.like(kept, dice);
    usualPlaces = topPlaces(usual, kept);
  }

  LabelledRead read() {
    return read;
  }

  /** As many tokens as a mask keeps, at the places where masks are highest on average. */
  private static boolean[] topPlaces(float[] usual, boolean[] kept) {
    int count = (int) IntStream.range(0, kept.length).filter(i -> kept[i]).count();
    boolean[] places = new boolean[kept.length];
    IntStream.range(0, kept.length)
        .boxed()
        .sorted((a, b) -> Float.compare(usual[b], usual[a]))
        .limit(count)
        .forEach(i -> places[i] = true);
    return places;
  }

  /** One gate in [0, 1] a token: 1 shows it. Tokens hidden of the read stay hidden. */
  float[] gate(Condition condition) {
    float[] gate = new float[mask.tokens()];
    for (int i = 0; i < gate.length; i++) {
      if (!read.tokens().isHidden(i)) {
        gate[i] = condition.inverted() ? 1 - shown(condition, i) : shown(condition, i);
      }
    }
    return gate;
  }

  private float shown(Condition condition, int token) {
    return switch (condition.way()) {
      case WHOLE -> 1;
      case SOFT ->
          switch (condition.by()) {
            case MASK -> mask.score(token);
            case USUAL -> usual[token];
            case RANDOM -> throw new IllegalStateException("no random mask is soft");
          };
      case ROUNDED, ALONE ->
          switch (condition.by()) {
            case MASK -> kept[token] ? 1 : 0;
            case USUAL -> usualPlaces[token] ? 1 : 0;
            case RANDOM -> random[token] ? 1 : 0;
          };
    };
  }

  /** The runs of tokens that a condition shows, as reads of their own; none if it shows nothing. */
  List<TokenizedRead> chunks(Condition condition) {
    return runs(condition).stream().map(run -> read.tokens().part(run.from, run.to)).toList();
  }

  /** The bases of the runs of tokens that a condition shows. */
  List<Span> spans(Condition condition) {
    TokenizedRead tokens = read.tokens();
    return runs(condition).stream()
        .map(run -> new Span(tokens.start(run.from), tokens.end(run.to - 1), 1))
        .toList();
  }

  /** Tokens {@code [from, to)}. */
  private record Run(int from, int to) {}

  private List<Run> runs(Condition condition) {
    float[] gate = gate(condition);
    List<Run> runs = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= gate.length; i++) {
      if (i == gate.length || gate[i] == 0) {
        if (i > from) {
          runs.add(new Run(from, i));
        }
        from = i + 1;
      }
    }
    return runs;
  }
}
