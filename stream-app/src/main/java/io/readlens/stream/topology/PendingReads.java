package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import io.readlens.schemas.RegistryException;
import io.readlens.stream.worker.DeviceWorker;
import io.readlens.stream.worker.ReadFailedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The reads that one stream thread has polled and not yet processed, by partition and offset, each
 * submitted to the device as soon as its queue has room: at the poll, or when an earlier read is
 * taken.
 *
 * <p>Threading: one stream thread only.
 */
final class PendingReads {
  private static final Duration MOMENT = Duration.ofMillis(10);

  /** Quicker polls are committed together, at the interval. */
  private static final Duration SLOW = Duration.ofMillis(100);

  private final String topic;
  private final AvroMapping mapping;
  private final DeviceWorker<?> worker;
  private final Map<TopicPartition, NavigableMap<Long, PendingRead>> ahead = new HashMap<>();
  private final Map<TopicPartition, Long> polledTo = new HashMap<>();
  private final Deque<PendingRead> unasked = new ArrayDeque<>();
  private int unprocessed;
  private Duration waited = Duration.ZERO;

  PendingReads(String topic, AvroMapping mapping, DeviceWorker<?> worker) {
    this.topic = topic;
    this.mapping = mapping;
    this.worker = worker;
  }

  /**
   * Submits the reads of a poll, as far as the device's queue has room, and hints that the poll is
   * over. What cannot be decoded is left to the processor. So is everything else once the registry
   * fails: each record would wait for it anew.
   */
  void lookAhead(ConsumerRecords<byte[], byte[]> polled) {
    unprocessed = polled.count();
    try {
      for (ConsumerRecord<byte[], byte[]> record : inTurn(polled)) {
        lookAhead(record);
      }
    } catch (RegistryException e) {
      // The processor will meet it, and there it is fatal.
    } finally {
      askOrHint();
    }
  }

  /** A poll has moved on to these offsets. */
  void polledTo(Map<TopicPartition, OffsetAndMetadata> next) {
    next.forEach((partition, offset) -> polledTo.put(partition, offset.offset()));
  }

  /** The offset to which a partition was polled since it was evicted; 0 if it was not. */
  long polledTo(TopicPartition partition) {
    return polledTo.getOrDefault(partition, 0L);
  }

  /**
   * Waits until every pending read has its answer, or as long as there is reason to. Those that
   * have none then are waited for in their turn.
   *
   * @param patience how long to wait
   * @param over says that nobody wants the answers any more
   */
  void await(Duration patience, BooleanSupplier over) {
    long began = System.nanoTime();
    long deadline = began + patience.toNanos();
    try {
      for (NavigableMap<Long, PendingRead> ofPartition : ahead.values()) {
        for (PendingRead read : ofPartition.values()) {
          while (!isAnswered(read)) {
            if (over.getAsBoolean()
                || System.nanoTime() - deadline >= 0
                || !worker.accepts()
                || !waitAMoment(read)) {
              return;
            }
            askOrHint();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waited = Duration.ofNanos(System.nanoTime() - began);
    }
  }

  /**
   * Counts a record as processed.
   *
   * @return whether it is time to commit: it was the last of its poll, and the device is so slow
   *     that the next poll may wait longer than a transaction should be open
   */
  boolean processed() {
    unprocessed--;
    return unprocessed == 0 && waited.compareTo(SLOW) > 0;
  }

  private static boolean isAnswered(PendingRead read) {
    return read.answer().filter(CompletableFuture::isDone).isPresent();
  }

  /** False if the answer will not come; why, its processor will learn. */
  private static boolean waitAMoment(PendingRead read) throws InterruptedException {
    if (read.answer().isEmpty()) {
      Thread.sleep(MOMENT.toMillis()); // Until the queue has room: nobody tells.
      return true;
    }
    try {
      read.answer().get().get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return true;
    } catch (ExecutionException e) {
      return e.getCause() instanceof ReadFailedException;
    } catch (CancellationException e) {
      return false;
    }
    return true;
  }

  /** One record of each partition after another, as Kafka Streams will process them. */
  private List<ConsumerRecord<byte[], byte[]>> inTurn(ConsumerRecords<byte[], byte[]> polled) {
    List<ConsumerRecord<byte[], byte[]>> inTurn = new ArrayList<>(polled.count());
    List<List<ConsumerRecord<byte[], byte[]>>> partitions =
        polled.partitions().stream()
            .filter(partition -> partition.topic().equals(topic))
            .map(polled::records)
            .toList();
    int longest = partitions.stream().mapToInt(List::size).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (List<ConsumerRecord<byte[], byte[]>> records : partitions) {
        if (i < records.size()) {
          inTurn.add(records.get(i));
        }
      }
    }
    return inTurn;
  }

  private void lookAhead(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    NavigableMap<Long, PendingRead> pending =
        ahead.computeIfAbsent(partition, key -> new TreeMap<>());
    if (pending.containsKey(record.offset())) {
      return; // Polled again after a seek: the answer is the same.
    }
    Received received =
        new Received(record.key(), record.value(), partition, record.offset(), record.timestamp());
    if (mapping.decode(received) instanceof IncomingRead read) {
      PendingRead next = new PendingRead(read);
      pending.put(record.offset(), next);
      unasked.add(next);
      ask();
    }
  }

  /** Asks about as many reads as the device's queue has room for, in their order. */
  private void ask() {
    while (!unasked.isEmpty()) {
      PendingRead next = unasked.element();
      Optional<CompletableFuture<ExplainedRead>> answer = worker.offer(next.read().tokens());
      if (answer.isEmpty()) {
        return;
      }
      next.asked(answer.get());
      unasked.remove();
    }
  }

  private void askOrHint() {
    ask();
    if (unasked.isEmpty()) {
      worker.hint();
    }
  }

  /**
   * Hands over the read at an offset if it was looked ahead at, and forgets those before it:
   * records are processed in order, so nobody will ask for them. The device may not have been asked
   * about it yet; nobody but the caller will.
   */
  Optional<PendingRead> take(TopicPartition partition, long offset) {
    NavigableMap<Long, PendingRead> pending = ahead.get(partition);
    if (pending == null) {
      return Optional.empty();
    }
    PendingRead found = pending.remove(offset);
    NavigableMap<Long, PendingRead> passedBy = pending.headMap(offset, false);
    if (!passedBy.isEmpty()) {
      forget(passedBy.values());
      passedBy.clear();
    }
    if (!unasked.isEmpty()) {
      askOrHint();
      if (found != null && found.answer().isEmpty()) {
        unasked.remove(found);
      }
    }
    return Optional.ofNullable(found);
  }

  /** Forgets and cancels what is pending of a partition that is no longer this thread's. */
  void evict(TopicPartition partition) {
    polledTo.remove(partition);
    NavigableMap<Long, PendingRead> pending = ahead.remove(partition);
    if (pending != null) {
      forget(pending.values());
    }
  }

  /** Forgets and cancels everything. */
  void evictAll() {
    List.copyOf(ahead.keySet()).forEach(this::evict);
  }

  private void forget(Collection<PendingRead> reads) {
    unasked.removeAll(Set.copyOf(reads));
    worker.cancel(reads.stream().flatMap(read -> read.answer().stream()).toList());
  }

  /** How many reads are pending. */
  int size() {
    return ahead.values().stream().mapToInt(Map::size).sum();
  }
}
