package io.readlens.stream.kill;

import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends reads of 100 to 999 random bases and notes where each went and what must become of it. One
 * in a hundred can have no answer, each third of them for another reason.
 *
 * <p>Threading: one thread.
 */
final class Feed implements AutoCloseable {
  private static final int SHORTEST = 100;
  private static final int LONGEST = 999;
  private static final int POISON_EVERY = 100;
  private static final int FIRST_POISON = 50;

  private static final List<DeadLetterReason> POISONS =
      List.of(
          DeadLetterReason.UNREADABLE_RECORD,
          DeadLetterReason.INVALID_BASES,
          DeadLetterReason.MODEL_FAILED);

  private record OnItsWay(String id, DeadLetterReason poison, Future<RecordMetadata> answer) {}

  private final String topic;
  private final RegistrySerde<SequencingRead> serde;
  private final Random random;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<SentRead> sent = new ArrayList<>();

  Feed(String bootstrapServers, Topic<SequencingRead> topic, Registry registry, long seed) {
    this.topic = topic.name();
    serde = topic.serde(registry);
    random = new Random(seed);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends until so many reads, counted from the beginning, have been taken by the broker. */
  void sendUpTo(int count) {
    List<OnItsWay> sending = new ArrayList<>();
    for (int number = sent.size(); number < count; number++) {
      sending.add(send(number));
    }
    sending.forEach(each -> sent.add(taken(each)));
  }

  /** The reads so far. */
  List<SentRead> sent() {
    return List.copyOf(sent);
  }

  private OnItsWay send(int number) {
    DeadLetterReason poison =
        number % POISON_EVERY == FIRST_POISON
            ? POISONS.get(number / POISON_EVERY % POISONS.size())
            : null;
    String id =
        "read-" + number + (poison == DeadLetterReason.MODEL_FAILED ? SlowModel.POISONED : "");
    String bases = bases() + (poison == DeadLetterReason.INVALID_BASES ? "!" : "");
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    byte[] value =
        poison == DeadLetterReason.UNREADABLE_RECORD
            ? key
            : serde.serialize(
                topic, SequencingRead.newBuilder().setReadId(id).setSequence(bases).build());
    return new OnItsWay(id, poison, producer.send(new ProducerRecord<>(topic, key, value)));
  }

  private String bases() {
    int length = SHORTEST + random.nextInt(LONGEST - SHORTEST + 1);
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }

  private static SentRead taken(OnItsWay read) {
    try {
      RecordMetadata place = read.answer().get();
      TopicPartition partition = new TopicPartition(place.topic(), place.partition());
      String due =
          read.poison() == null
              ? Outcome.explained("answer to " + read.id())
              : Outcome.rejected(read.poison(), partition, place.offset());
      return new SentRead(read.id(), partition, place.offset(), due);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending reads", e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
