package io.readlens.stream.worker;

import io.readlens.stream.worker.Asked.Piece;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The models of one worker in the order in which they came: the current one, the one that is kept
 * for it, and those whose last reads are not all answered.
 *
 * <p>Threading: guarded by the worker's lock, but for {@link #current}.
 *
 * @param <A> the models' answer to one window
 */
final class Succession<A> {
  private final Deque<Tenure<A>> tenures = new ArrayDeque<>();
  private volatile Tenure<A> current;

  Succession(Tenure<A> first) {
    tenures.add(first);
    current = first;
  }

  /** What answers the reads that come now. */
  Tenure<A> current() {
    return current;
  }

  /** The current one, which lasts until it is released. */
  Tenure<A> hold() {
    current.hold(1);
    return current;
  }

  /** The one to ask where one fails: the current one, or that which is kept for it; held. */
  Tenure<A> holdOther(Tenure<A> tenure) {
    Tenure<A> other = tenure == current ? tenure.fallback() : current;
    if (other != null) {
      other.hold(1);
    }
    return other;
  }

  void release(Tenure<A> tenure, int held) {
    tenure.release(held);
    if (tenure.isOver()) {
      tenures.remove(tenure);
    }
  }

  /** Makes another the current one; the one before is kept for it. */
  void follow(Tenure<A> next) {
    Tenure<A> before = current;
    next.follow(before);
    tenures.addLast(next);
    current = next;
    retire(before);
  }

  /**
   * Asks a model no more, and that for good. If it is the current one, the one before it is current
   * again; if it is kept, it is no longer.
   *
   * @return the reads that waited for it; empty if there is no other model
   */
  Optional<Set<Asked<A>>> dismiss(Tenure<A> tenure) {
    if (tenure == current) {
      if (tenure.fallback() == null) {
        return Optional.empty();
      }
      current = tenure.fallback();
      current.reinstate();
      retire(tenure);
    } else if (tenure == current.fallback()) {
      release(current.dropFallback(), 1);
    }
    tenure.dismiss();
    Set<Asked<A>> waiting = new LinkedHashSet<>();
    int queued = tenure.queue.size();
    tenure.queue.removeIf(
        piece -> {
          waiting.add(piece.of());
          return true;
        });
    release(tenure, queued);
    return Optional.of(waiting);
  }

  /** Ends a time in office, and the keeping of what was kept for it. */
  private void retire(Tenure<A> tenure) {
    Tenure<A> kept = tenure.dropFallback();
    if (kept != null) {
      release(kept, 1);
    }
    tenure.retire();
    tenures.removeIf(Tenure::isOver);
  }

  /** The tenure of a model; empty if it is over. */
  Optional<Tenure<A>> of(WatchedModel<?> model) {
    return tenures.stream().filter(tenure -> tenure.model == model).findFirst();
  }

  /** How many windows wait. */
  int queued() {
    return tenures.stream().mapToInt(tenure -> tenure.queue.size()).sum();
  }

  /** How many tokens wait. */
  long queuedTokens() {
    return tenures.stream().mapToLong(tenure -> tenure.queue.tokens()).sum();
  }

  /** What waits need not linger. */
  void hint() {
    tenures.forEach(tenure -> tenure.queue.hint());
  }

  /** A batch that is ready, of the model that was current first; empty if there is none. */
  List<Piece<A>> poll(long now) {
    for (Tenure<A> tenure : tenures) {
      List<Piece<A>> polled = tenure.queue.poll(now);
      if (!polled.isEmpty()) {
        return polled;
      }
    }
    return List.of();
  }

  /**
   * Nanoseconds until a batch is ready if nothing comes; {@code Long.MAX_VALUE} if none will be.
   */
  long waitNanos(long now) {
    return tenures.stream()
        .mapToLong(tenure -> tenure.queue.waitNanos(now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Takes pieces out of the queues, which may free a model. */
  void removeIf(Predicate<Piece<A>> condition) {
    for (Tenure<A> tenure : all()) {
      int before = tenure.queue.size();
      tenure.queue.removeIf(condition);
      release(tenure, before - tenure.queue.size());
    }
  }

  /** All that are not over, those that came first before the others. */
  List<Tenure<A>> all() {
    return new ArrayList<>(tenures);
  }

  /**
   * No thread is left: models but the current one are free, whatever a thread that died has held.
   */
  void end() {
    tenures.stream().filter(tenure -> tenure != current).forEach(Tenure::end);
    tenures.removeIf(tenure -> tenure != current);
  }
}
