package io.readlens.stream.chaos;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.SequencingRead;
import io.readlens.model.read.Read;
import io.readlens.model.read.Tokenizer;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.worker.FakeModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Sends reads of 100 to 999 random bases of four samples, and notes where each went and what must
 * become of it. One in a hundred can have no answer, each third of them for another reason.
 *
 * <p>Threading: one thread.
 */
final class Feed implements AutoCloseable {
  private static final int SHORTEST = 100;
  private static final int LONGEST = 999;
  private static final int SAMPLES = 4;
  private static final int POISON_EVERY = 100;
  private static final int FIRST_POISON = 50;

  private static final List<DeadLetterReason> POISONS =
      List.of(
          DeadLetterReason.UNREADABLE_RECORD,
          DeadLetterReason.INVALID_BASES,
          DeadLetterReason.MODEL_FAILED);

  /**
   * However long the broker stays away, and however busy the machine is; and a partition more is
   * noticed in seconds.
   */
  private static final Map<String, String> PATIENT =
      Map.of(
          "delivery.timeout.ms", "3600000",
          "max.block.ms", "3600000",
          "metadata.max.age.ms", "5000");

  private record OnItsWay(
      String id,
      String sample,
      int topic,
      int home,
      DeadLetterReason poison,
      Counts counts,
      Future<RecordMetadata> answer) {}

  private final String topic;
  private final String subject;
  private final RegistrySerde<SequencingRead> serde;
  private final Random random;
  private final Map<String, Object> settings;
  private KafkaProducer<byte[], byte[]> producer;
  private final List<OnItsWay> sending = new ArrayList<>();
  private int topics;
  private int newerSchemas;
  private OptionalInt newerId = OptionalInt.empty();

  Feed(Map<String, String> client, Topic<SequencingRead> topic, Registry registry, long seed) {
    this.topic = topic.name();
    subject = topic.subject();
    serde = topic.serde(registry);
    random = new Random(seed);
    settings = new HashMap<>(client);
    settings.putAll(PATIENT);
    producer = producer();
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Waits until the topic holds what was sent; what follows is for another of its name. */
  void beginAnew() {
    producer.close();
    topics++;
    producer = producer();
  }

  /** Sends until so many reads, counted from the beginning, are on their way. */
  void sendUpTo(int count) {
    for (int number = sending.size(); number < count; number++) {
      sending.add(send(number));
    }
  }

  /** How many reads have been sent. */
  int size() {
    return sending.size();
  }

  /** The reads so far; waits until the broker has taken them all. */
  List<SentRead> sent() {
    return sending.stream().map(Feed::taken).toList();
  }

  /**
   * From now on writes in a schema that the registry knows and that nobody has asked it for yet: a
   * release more of the producer, with one field more.
   */
  void changeSchema(String registryUrl) {
    newerSchemas++;
    Schema own = SequencingRead.getClassSchema();
    List<Schema.Field> fields = new ArrayList<>();
    own.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    fields.add(
        new Schema.Field(
            "release" + newerSchemas, Schema.create(Schema.Type.STRING), "Of the producer.", ""));
    Schema newer =
        Schema.createRecord(own.getName(), own.getDoc(), own.getNamespace(), false, fields);
    try (SchemaRegistryClient client = new CachedSchemaRegistryClient(registryUrl, 1)) {
      newerId = OptionalInt.of(client.register(subject, new AvroSchema(newer)));
    } catch (IOException | RestClientException e) {
      throw new IllegalStateException("cannot register a schema", e);
    }
  }

  /** The record as the newer schema has it: another id, and an empty text for the last field. */
  private static byte[] inNewer(int id, byte[] record) {
    byte[] newer = Arrays.copyOf(record, record.length + 1);
    ByteBuffer.wrap(newer).putInt(1, id);
    return newer;
  }

  private OnItsWay send(int number) {
    DeadLetterReason poison =
        number % POISON_EVERY == FIRST_POISON
            ? POISONS.get(number / POISON_EVERY % POISONS.size())
            : null;
    String id =
        "read-" + number + (poison == DeadLetterReason.MODEL_FAILED ? FaultyDevice.POISONED : "");
    String bases = bases() + (poison == DeadLetterReason.INVALID_BASES ? "!" : "");
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    String sample = "sample-" + random.nextInt(SAMPLES);
    byte[] record =
        serde.serialize(
            topic,
            SequencingRead.newBuilder()
                .setReadId(id)
                .setSequence(bases)
                .setSampleId(sample)
                .build());
    byte[] readable = newerId.isPresent() ? inNewer(newerId.getAsInt(), record) : record;
    boolean unreadable = poison == DeadLetterReason.UNREADABLE_RECORD;
    return new OnItsWay(
        id,
        unreadable ? "" : sample,
        topics,
        Utils.toPositive(Utils.murmur2(key)) % Progress.PARTITIONS,
        poison,
        Counts.RECEIVED.plus(poison == null ? answered(id, bases) : Counts.DEAD_LETTERED),
        producer.send(new ProducerRecord<>(topic, key, unreadable ? key : readable)));
  }

  private String bases() {
    int length = SHORTEST + random.nextInt(LONGEST - SHORTEST + 1);
    StringBuilder bases = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }

  private static Counts answered(String id, String bases) {
    boolean classified = FakeModel.answer(Tokenizer.tokenize(Read.of(id, bases))).classified();
    return classified ? Counts.CLASSIFIED : Counts.UNCLASSIFIED;
  }

  private static SentRead taken(OnItsWay read) {
    try {
      RecordMetadata place = read.answer().get();
      TopicPartition partition = new TopicPartition(place.topic(), place.partition());
      String due =
          read.poison() == null
              ? Outcome.explained("answer to " + read.id())
              : Outcome.rejected(read.poison(), partition, place.offset());
      return new SentRead(
          read.id(),
          read.sample(),
          read.topic(),
          partition,
          place.offset(),
          read.home(),
          due,
          read.counts());
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
