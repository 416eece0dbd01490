package io.readlens.stream.bench;

import io.readlens.avro.Explanation;
import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Topic;
import io.readlens.stream.config.AppConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How old a read is when a consumer of committed explanations receives what it was called. Its age
 * counts from the producer's {@code send}, whose time is the explanation's event time: these reads
 * claim no start time of their own. They come at random moments (exponential gaps), as a
 * sequencer's do, so that they cannot fall into step with the commits.
 *
 * <p>Threading: one thread, and one of its own that receives.
 */
final class Latency {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Site site;
  private final AppConfig config;
  private final Topic<SequencingRead> topic;
  private final Narrator narrator;

  Latency(Site site, AppConfig config, Topic<SequencingRead> topic, Narrator narrator) {
    this.site = site;
    this.config = config;
    this.topic = topic;
    this.narrator = narrator;
  }

  /**
   * Sends reads for a time at a rate and waits for all of their explanations.
   *
   * @param alive throws if they will never come
   * @return milliseconds from sending to receipt, one for each read
   */
  Percentiles measure(List<SequencingRead> reads, double perSecond, Duration time, Runnable alive) {
    int count = (int) Math.max(1, Math.round(perSecond * time.toNanos() / 1e9));
    List<byte[]> values = reads.stream().map(read -> site.encode(topic, timeless(read))).toList();
    try (KafkaConsumer<byte[], byte[]> consumer = consumerAtEnd()) {
      CompletableFuture<List<Long>> received =
          CompletableFuture.supplyAsync(() -> receive(consumer, count, alive));
      send(values, count, perSecond);
      return new Percentiles(received.join().stream().mapToLong(Long::longValue).toArray());
    }
  }

  private static SequencingRead timeless(SequencingRead read) {
    return SequencingRead.newBuilder(read).setStartTime(null).build();
  }

  private KafkaConsumer<byte[], byte[]> consumerAtEnd() {
    Map<String, Object> settings = new HashMap<>(config.adminProperties());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(
                partition -> new TopicPartition(config.topics().explanations().name(), partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  private List<Long> receive(KafkaConsumer<byte[], byte[]> consumer, int count, Runnable alive) {
    List<Long> ages = new ArrayList<>();
    long last = System.nanoTime();
    while (ages.size() < count) {
      var polled = consumer.poll(POLL);
      long now = System.currentTimeMillis();
      for (ConsumerRecord<byte[], byte[]> record : polled) {
        Explanation explanation = site.decode(config.topics().explanations(), record.value());
        ages.add(now - explanation.getEventTime().toEpochMilli());
        last = System.nanoTime();
      }
      alive.run();
      if (System.nanoTime() - last > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            ages.size() + " of " + count + " explanations came, then none for a minute");
      }
    }
    return ages;
  }

  private void send(List<byte[]> values, int count, double perSecond) {
    Random random = new Random(13);
    try (KafkaProducer<byte[], byte[]> producer = site.producer(0)) {
      double due = System.nanoTime();
      for (int i = 0; i < count; i++) {
        due += -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
        for (long wait = (long) due - System.nanoTime();
            wait > 0;
            wait = (long) due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        var unused =
            producer.send(
                new ProducerRecord<>(
                    topic.name(), i % topic.partitions(), null, values.get(i % values.size())));
        narrator.done(i, count);
      }
    }
  }
}
