package io.readlens.model.read;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Decides when the device's next batch is cut and what goes into it. Items of similar length wait
 * together in a bucket, so that less than a fifth of a batch is padding; a batch that its bucket
 * does not fill is filled up with shorter items, the longest first, down to half its width: a row
 * that is half padding costs less than a batch of its own. A bucket is ready when
 *
 * <ul>
 *   <li>nothing more would fit into its batch, or
 *   <li>its oldest item has waited for the linger time, or
 *   <li>its oldest item was there at the last {@link #hint}.
 * </ul>
 *
 * Of the ready buckets the one with the oldest item is cut first, so an item is overtaken for as
 * long as the linger time and never longer, however full the other buckets are.
 *
 * <p>Threading: not thread-safe; its owner guards it. It knows no clock: every time is a value of
 * {@link System#nanoTime} that the caller passes in.
 *
 * @param <T> what is batched
 */
public final class Batcher<T> {
  private final int maxRows;
  private final long lingerNanos;
  private int maxTokens;
  private final TreeMap<Integer, Bucket<T>> buckets = new TreeMap<>();
  private long added;
  private long hinted;
  private int size;

  /**
   * @param maxTokens bound on a batch's tokens, padding counted: rows times the longest row
   * @param maxRows bound on a batch's rows
   * @param linger how long an item waits for others to fill its batch
   */
  public Batcher(int maxTokens, int maxRows, Duration linger) {
    if (maxTokens < 1 || maxRows < 1 || linger.isNegative()) {
      throw new IllegalArgumentException(
          "a batch of " + maxTokens + " tokens, " + maxRows + " rows, linger " + linger);
    }
    this.maxTokens = maxTokens;
    this.maxRows = maxRows;
    this.lingerNanos = linger.toNanos();
  }

  /**
   * Queues an item.
   *
   * @param tokens length of the item's row, at least 1; an item longer than the bound on a batch's
   *     tokens becomes a batch of its own
   * @param now the time it was submitted
   * @return whether whoever waits for a batch should look again: there is a full one, or there was
   *     nothing to wait for before
   */
  public boolean add(T item, int tokens, long now) {
    if (tokens < 1) {
      throw new IllegalArgumentException("an item of " + tokens + " tokens");
    }
    Bucket<T> bucket =
        buckets.computeIfAbsent(bucketOf(tokens), key -> new Bucket<>(maxTokens, maxRows));
    bucket.add(new Item<>(item, tokens, now, added));
    added++;
    size++;
    return size == 1 || bucket.full();
  }

  /**
   * Bounds the batches that are cut from now on.
   *
   * @param tokens bound on a batch's tokens, padding counted
   */
  public void limit(int tokens) {
    if (tokens < 1) {
      throw new IllegalArgumentException("a batch of " + tokens + " tokens");
    }
    if (tokens != maxTokens) {
      maxTokens = tokens;
      buckets.values().forEach(bucket -> bucket.limit(tokens));
    }
  }

  /** Says that nothing is about to follow: what is queued now need not linger. */
  public void hint() {
    hinted = added;
  }

  /** The next batch, oldest item first; empty if no bucket is ready. */
  public List<T> poll(long now) {
    Optional<Map.Entry<Integer, Bucket<T>>> ready =
        buckets.entrySet().stream()
            .filter(bucket -> waitNanos(bucket.getValue(), now) == 0)
            .min(Comparator.comparingLong(bucket -> bucket.getValue().oldest().order()));
    if (ready.isEmpty()) {
      return List.of();
    }
    List<T> batch = new ArrayList<>();
    int width = ready.get().getValue().cut(batch);
    for (Bucket<T> shorter :
        buckets.headMap(ready.get().getKey(), false).descendingMap().values()) {
      shorter.fillUp(batch, width);
    }
    size -= batch.size();
    dropEmptyBuckets();
    return batch;
  }

  /**
   * How long until {@link #poll} has a batch if nothing else happens, in nanoseconds: 0 if it has
   * one now, {@link Long#MAX_VALUE} if nothing is queued.
   */
  public long waitNanos(long now) {
    return buckets.values().stream()
        .mapToLong(bucket -> waitNanos(bucket, now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private long waitNanos(Bucket<T> bucket, long now) {
    Item<T> oldest = bucket.oldest();
    boolean ready = bucket.full() || oldest.order() < hinted;
    return ready ? 0 : Math.max(0, lingerNanos - (now - oldest.submitted()));
  }

  /** Takes out the queued items that meet a condition, for example because they were cancelled. */
  public void removeIf(Predicate<? super T> condition) {
    for (Bucket<T> bucket : buckets.values()) {
      size -= bucket.removeIf(condition);
    }
    dropEmptyBuckets();
  }

  /** Number of queued items. */
  public int size() {
    return size;
  }

  /** Tokens of the queued items, padding not counted. */
  public long tokens() {
    return buckets.values().stream().mapToLong(bucket -> bucket.tokens).sum();
  }

  private void dropEmptyBuckets() {
    buckets.values().removeIf(Bucket::isEmpty);
  }

  /**
   * Four buckets to each doubling of the length: 4, 5, 6, 7, 8–9, 10–11, 12–13, 14–15, 16–19 … The
   * longest item of a bucket is less than 5/4 of its shortest.
   */
  private static int bucketOf(int tokens) {
    int octave = 31 - Integer.numberOfLeadingZeros(tokens);
    return octave < 2 ? tokens : 4 * octave + (tokens >> (octave - 2) & 3);
  }

  private record Item<T>(T value, int tokens, long submitted, long order) {}

  /** A queue that knows how many of its first items make the next batch. */
  private static final class Bucket<T> {
    private final int maxRows;
    private final Deque<Item<T>> items = new ArrayDeque<>();
    private int maxTokens;
    private long tokens;
    private int rows;
    private int width;
    private boolean full;

    Bucket(int maxTokens, int maxRows) {
      this.maxTokens = maxTokens;
      this.maxRows = maxRows;
    }

    void limit(int mostTokens) {
      maxTokens = mostTokens;
      recount();
    }

    void add(Item<T> item) {
      items.add(item);
      tokens += item.tokens();
      count(item);
    }

    /** Counts one more item into the next batch, unless it is full. */
    private void count(Item<T> item) {
      int wider = Math.max(width, item.tokens());
      if (full || (rows > 0 && (rows + 1L) * wider > maxTokens)) {
        full = true;
        return;
      }
      rows++;
      width = wider;
      full = rows == maxRows || (rows + 1L) * width > maxTokens;
    }

    /** Moves the next batch; returns its width in tokens. */
    int cut(List<T> batch) {
      int cutWidth = width;
      for (int row = rows; row > 0; row--) {
        batch.add(take());
      }
      recount();
      return cutWidth;
    }

    /**
     * Moves items, shorter than a batch is wide, as far as there is room and they fill half of it.
     */
    void fillUp(List<T> batch, int batchWidth) {
      boolean moved = false;
      while (!items.isEmpty()
          && batch.size() < maxRows
          && (batch.size() + 1L) * batchWidth <= maxTokens
          && 2 * oldest().tokens() >= batchWidth) {
        batch.add(take());
        moved = true;
      }
      if (moved) {
        recount();
      }
    }

    private T take() {
      Item<T> item = items.remove();
      tokens -= item.tokens();
      return item.value();
    }

    int removeIf(Predicate<? super T> condition) {
      int before = items.size();
      items.removeIf(item -> condition.test(item.value()));
      tokens = items.stream().mapToLong(Item::tokens).sum();
      recount();
      return before - items.size();
    }

    private void recount() {
      rows = 0;
      width = 0;
      full = false;
      for (Item<T> item : items) {
        if (full) {
          break;
        }
        count(item);
      }
    }

    Item<T> oldest() {
      return items.element();
    }

    boolean full() {
      return full;
    }

    boolean isEmpty() {
      return items.isEmpty();
    }
  }
}
