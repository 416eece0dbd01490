package io.readlens.stream.replay;

import io.readlens.avro.SequencingRead;
import io.readlens.model.process.NewFile;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.waiting.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Writes the reads of the reads topic whose taxa are known into a FASTQ file and a truth table, to
 * train on. All that is committed when it begins, partition after partition; what comes later is
 * left.
 *
 * <p>Threading: one thread.
 */
public final class Export implements AutoCloseable {
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Topic<SequencingRead> topic;
  private final RegistrySerde<SequencingRead> serde;
  private final Patience patience;

  private Export(
      KafkaConsumer<byte[], byte[]> consumer,
      Topic<SequencingRead> topic,
      RegistrySerde<SequencingRead> serde,
      Patience patience) {
    this.consumer = consumer;
    this.topic = topic;
    this.serde = serde;
    this.patience = patience;
  }

  /**
   * What became of the topic's records.
   *
   * @param written reads that were written
   * @param unlabelled reads of which nobody says what they are: without a lineage, and with no
   *     taxonomy id or one below 1, which is none
   * @param repeated labelled reads of a name that was written before
   * @param unfit records that are no reads, and labelled reads that no file can hold
   */
  public record Result(long written, long unlabelled, long repeated, long unfit) {}

  /**
   * Starts a consumer that is of no group; the brokers are asked nothing yet.
   *
   * @param registry asked for the schemas of what is read; stays open
   */
  public static Export connect(AppConfig config, Registry registry) {
    Map<String, Object> settings = new HashMap<>(config.adminProperties());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    Topic<SequencingRead> topic = config.topics().reads();
    return new Export(
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
        topic,
        topic.serde(registry),
        config.patience());
  }

  /**
   * Writes both files whole, or neither.
   *
   * @param reads FASTQ, gzip if its name ends in {@code .gz}; a read without qualities has the
   *     least, {@code !}
   * @param truth columns readId, taxid, superkingdom, phylum, genus; {@code NA} where not known
   * @throws FileAlreadyExistsException if one of them is there already
   */
  public Result write(Path reads, Path truth) throws IOException {
    for (Path file : List.of(reads, truth)) {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
    }
    try (NewFile newReads = NewFile.of(reads);
        NewFile newTruth = NewFile.of(truth)) {
      Result result;
      try (LabelledFiles output = LabelledFiles.to(newReads.out(), isGzip(reads), newTruth.out())) {
        read(output);
        result = output.result();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      NewFile.appear(List.of(newTruth, newReads));
      return result;
    }
  }

  private static boolean isGzip(Path file) {
    return file.getFileName().toString().endsWith(".gz");
  }

  private void read(LabelledFiles output) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic.name()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .sorted(Comparator.comparingInt(TopicPartition::partition))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    for (TopicPartition partition : partitions) {
      consumer.pause(partitions);
      consumer.resume(List.of(partition));
      read(partition, ends.get(partition), output);
    }
  }

  private void read(TopicPartition partition, long end, LabelledFiles output) {
    long lastProgress = System.nanoTime();
    long before = consumer.position(partition);
    while (before < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(MOMENT)) {
        if (record.offset() < end) {
          read(record, output);
        }
      }
      long position = consumer.position(partition);
      if (position > before) {
        lastProgress = System.nanoTime();
        before = position;
      } else if (System.nanoTime() - lastProgress > patience.limit().toNanos()) {
        throw new TimeoutException(
            "no record of %s after offset %d for %d s"
                .formatted(partition, before, patience.limit().toSeconds()));
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record, LabelledFiles output) {
    SequencingRead read;
    try {
      read = record.value() == null ? null : serde.deserialize(record.topic(), record.value());
    } catch (UndecodableException e) {
      read = null;
    }
    output.take(read);
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
