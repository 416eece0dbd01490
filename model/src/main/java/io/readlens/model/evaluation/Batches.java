package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Asks a model about many things, a batch at a time: memory stays that of a few batches. On the
 * CPU, where a call of the model uses one core, all cores are used.
 */
final class Batches {
  private static final int SIZE = 64;

  private Batches() {}

  /**
   * @param ask answers a batch, one answer each, in their order; on any thread
   * @return the answers to all, in their order
   */
  static <Q, A> List<A> ask(
      ExplainedClassifier model, List<Q> questions, Function<List<Q>, List<A>> ask) {
    IntStream batches = IntStream.range(0, (questions.size() + SIZE - 1) / SIZE);
    return (model.onGpu() ? batches : batches.parallel())
        .mapToObj(i -> questions.subList(i * SIZE, Math.min(questions.size(), (i + 1) * SIZE)))
        .map(ask)
        .flatMap(List::stream)
        .toList();
  }
}
