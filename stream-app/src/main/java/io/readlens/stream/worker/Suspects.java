package io.readlens.stream.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads that a model fails on alone, while nobody knows yet whether they or the model are at fault.
 *
 * <p>Threading: guarded by the worker's lock.
 *
 * @param <A> the model's answer to one window
 */
final class Suspects<A> {
  private record Suspect<A>(Asked<A> asked, RuntimeException fault) {}

  private final List<Suspect<A>> suspects = new ArrayList<>();

  boolean isEmpty() {
    return suspects.isEmpty();
  }

  void add(Asked<A> asked, RuntimeException fault) {
    suspects.add(new Suspect<>(asked, fault));
  }

  /** Those of a model are at fault themselves: said by another thread. */
  void settle(Tenure<A> tenure) {
    List<Suspect<A>> settled =
        suspects.stream().filter(suspect -> suspect.asked.by == tenure).toList();
    suspects.removeAll(settled);
    for (Suspect<A> suspect : settled) {
      var failure = new ReadFailedException(suspect.asked.read.id(), suspect.fault);
      var unused =
          CompletableFuture.runAsync(() -> suspect.asked.answer.completeExceptionally(failure));
    }
  }

  /** Takes out those of a model, which another is asked about. */
  List<Asked<A>> remove(Tenure<A> tenure) {
    List<Asked<A>> removed =
        suspects.stream().map(Suspect::asked).filter(asked -> asked.by == tenure).toList();
    suspects.removeIf(suspect -> suspect.asked.by == tenure);
    return removed;
  }

  /** Takes all out, which nobody will decide about any more. */
  List<Asked<A>> removeAll() {
    List<Asked<A>> removed = new ArrayList<>();
    suspects.forEach(suspect -> removed.add(suspect.asked));
    suspects.clear();
    return removed;
  }
}
