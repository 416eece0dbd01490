package io.readlens.stream.topology;

import io.readlens.schemas.RegistryException;
import io.readlens.stream.worker.DeviceWorker;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * The reads that one stream thread has polled and submitted, and not yet processed, by partition
 * and offset.
 *
 * <p>Threading: one stream thread only.
 */
final class PendingReads {
  private final String topic;
  private final AvroMapping mapping;
  private final DeviceWorker worker;
  private final Map<TopicPartition, NavigableMap<Long, PendingRead>> ahead = new HashMap<>();

  PendingReads(String topic, AvroMapping mapping, DeviceWorker worker) {
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
    try {
      for (ConsumerRecord<byte[], byte[]> record : polled.records(topic)) {
        lookAhead(record);
      }
    } catch (RegistryException e) {
      // The processor will meet it, and there it is fatal.
    } finally {
      worker.hint();
    }
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
      worker
          .offer(read.tokens())
          .ifPresent(answer -> pending.put(record.offset(), new PendingRead(read, answer)));
    }
  }

  /**
   * Hands over the read at an offset if it was looked ahead at, and forgets those before it:
   * records are processed in order, so nobody will ask for them.
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
    return Optional.ofNullable(found);
  }

  /** Forgets and cancels what is pending of a partition that is no longer this thread's. */
  void evict(TopicPartition partition) {
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
    worker.cancel(reads.stream().map(PendingRead::answer).toList());
  }

  /** How many reads are pending. */
  int size() {
    return ahead.values().stream().mapToInt(Map::size).sum();
  }
}
