package io.readlens.stream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.avro.SequencingRead;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.Mates;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.ReadNames;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.process.Why;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.stream.config.AppConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Sends the reads of files to the reads topic, in order, each once. It stops at the first read that
 * cannot be read or sent; what was sent before stays sent.
 *
 * <p>A record's timestamp is the time of sending, as Kafka's producer sets it: brokers count
 * retention from it, and refuse times out of their bounds. When the read began is a field of it.
 *
 * <p>Threading: one thread.
 */
public final class Replay implements AutoCloseable {
  /** Some forty reads of 1,500 bases with qualities in one batch; Kafka's own 16 KiB hold five. */
  private static final int BATCH_BYTES = 128 * 1024;

  private final Producer<byte[], byte[]> producer;
  private final Topic<SequencingRead> topic;
  private final Serializer<SequencingRead> serializer;
  private final Pace pace;

  /**
   * @param producer closed with this object
   */
  Replay(
      Producer<byte[], byte[]> producer,
      Topic<SequencingRead> topic,
      Serializer<SequencingRead> serializer,
      Pace pace) {
    this.producer = producer;
    this.topic = topic;
    this.serializer = serializer;
    this.pace = pace;
  }

  /**
   * Starts a producer that doubles no read, whatever its retries; the brokers are asked nothing
   * yet.
   *
   * @param registry told the schema of what is sent; stays open
   * @throws ReplayException if Kafka's client refuses the configuration
   */
  public static Replay connect(AppConfig config, Registry registry, Pace pace) {
    Topic<SequencingRead> topic = config.topics().reads();
    Map<String, Object> settings = new HashMap<>(config.producerProperties());
    settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        Math.min(topic.maxMessageBytes(), config.maxRequestBytes()));
    settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    try {
      return new Replay(
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
          topic,
          topic.serde(registry).serializer(),
          pace);
    } catch (KafkaException e) {
      throw new ReplayException("Kafka's producer cannot start: " + Why.of(e), 0, e);
    }
  }

  /**
   * Sends all reads of the files, one file after the other, and returns when the brokers have
   * acknowledged them.
   *
   * @param records makes the record of each read
   * @param progress told after each read
   * @param withoutReads told of each file that has none, when that is found
   * @return one for each file, in order
   * @throws ReplayException if a file cannot be read or is malformed, if a read cannot be sent, or
   *     if the schema registry fails; the message names the files that were not begun
   */
  public List<Sent> send(
      List<Path> files,
      SequencingReads records,
      Consumer<Progress> progress,
      Consumer<Path> withoutReads) {
    return send(files, Mates.NONE, records, progress, withoutReads);
  }

  /**
   * The same of reads that may be pairs, each of which is one record.
   *
   * @param mates where the second mates are
   */
  public List<Sent> send(
      List<Path> files,
      Mates mates,
      SequencingReads records,
      Consumer<Progress> progress,
      Consumer<Path> withoutReads) {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      sizes.add(size(files.get(i)) + mates.of(i).map(Replay::size).orElse(0L));
    }
    Delivery delivery = new Delivery();
    List<Sent> sent = new ArrayList<>();
    try {
      send(files, mates, records, delivery, sent, sizes, progress, withoutReads);
    } catch (ReplayException e) {
      throw e.leaving(files.subList(Math.min(files.size(), sent.size() + 1), files.size()));
    }
    return sent;
  }

  /**
   * Notes what was sent of each file when it is done with that file.
   *
   * @param sizes of the files when they were asked for, in bytes; they may change, or be gone
   */
  private void send(
      List<Path> files,
      Mates mates,
      SequencingReads records,
      Delivery delivery,
      List<Sent> sent,
      List<Long> sizes,
      Consumer<Progress> progress,
      Consumer<Path> withoutReads) {
    long bytesTotal = sizes.stream().mapToLong(size -> size).sum();
    long readsBefore = 0;
    long bytesBefore = 0;
    try {
      for (Path file : files) {
        Progress before = new Progress(readsBefore, bytesBefore, bytesTotal);
        ReadFile reads = mates.open(file, sent.size());
        Sent done = send(file, reads, records, delivery, before, progress);
        if (done.reads() == 0) {
          withoutReads.accept(file);
        }
        bytesBefore += sizes.get(sent.size());
        sent.add(done);
        readsBefore += done.reads();
      }
    } catch (MalformedFileException | IOException | UncheckedIOException e) {
      producer.flush();
      requireDelivery(delivery);
      String why = e instanceof IOException ? Why.of(e) : e.getMessage();
      throw new ReplayException(why, delivery.acknowledged(), e);
    }
    producer.flush();
    requireDelivery(delivery);
  }

  private Sent send(
      Path file,
      ReadFile reads,
      SequencingReads records,
      Delivery delivery,
      Progress before,
      Consumer<Progress> progress) {
    long count = 0;
    long withTruth = 0;
    try (ReadFile in = reads) {
      while (in.hasNext()) {
        SequenceRecord read = in.next();
        SequencingRead avro = records.of(read);
        pace.await();
        send(read, avro, delivery);
        requireDelivery(delivery);
        count++;
        withTruth += avro.getTrueTaxId() == null && avro.getTrueLineage() == null ? 0 : 1;
        progress.accept(
            new Progress(
                before.reads() + count, before.bytesRead() + in.bytesRead(), before.bytesTotal()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(Why.of(e), e);
    }
    return new Sent(file, count, withTruth);
  }

  private void send(SequenceRecord read, SequencingRead avro, Delivery delivery) {
    Callback callback = delivery.of(read);
    try {
      byte[] key = ReadNames.key(read.id()).getBytes(UTF_8);
      byte[] value = serializer.serialize(topic.name(), avro);
      var unused = producer.send(new ProducerRecord<>(topic.name(), key, value), callback);
    } catch (KafkaException e) {
      callback.onCompletion(null, e);
    }
  }

  /**
   * Goes on if the brokers have refused nothing so far. Otherwise ends, having waited for what else
   * is on its way, unless brokers that do not answer are what is wrong.
   */
  private void requireDelivery(Delivery delivery) {
    if (delivery.failure().isEmpty()) {
      return;
    }
    Delivery.Failure failure = delivery.failure().get();
    if (failure.cause() instanceof TimeoutException) {
      producer.close(Duration.ZERO);
    } else {
      producer.flush();
    }
    throw new ReplayException(
        "read %s (%s line %d) cannot be sent: %s"
            .formatted(failure.readId(), failure.file(), failure.line(), reason(failure.cause())),
        delivery.acknowledged(),
        failure.cause());
  }

  private String reason(Exception cause) {
    if (cause instanceof RecordTooLargeException) {
      return "it is larger than %s accepts, %d bytes"
          .formatted(topic.name(), topic.maxMessageBytes());
    }
    if (cause instanceof InvalidTimestampException) {
      return "%s refuses the time of sending: compare this machine's clock with the broker's, and"
              .formatted(topic.name())
          + " see the topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms";
    }
    if (cause instanceof TimeoutException) {
      return "no answer from Kafka in time: " + Why.of(cause);
    }
    return Why.of(cause);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      throw new ReplayException("no file " + file, 0, e);
    } catch (IOException e) {
      throw new ReplayException(Why.of(e), 0, e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
