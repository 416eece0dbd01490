package io.readlens.stream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.avro.Lineage;
import io.readlens.avro.SequencingRead;
import io.readlens.model.read.InvalidReadException;
import io.readlens.model.read.Read;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topic;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.config.AppConfig;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
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

  /** So long without a record, and the brokers do not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String NOT_KNOWN = "NA";
  private static final Lineage NOTHING = new Lineage(null, null, null);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Topic<SequencingRead> topic;
  private final RegistrySerde<SequencingRead> serde;

  private Export(
      KafkaConsumer<byte[], byte[]> consumer,
      Topic<SequencingRead> topic,
      RegistrySerde<SequencingRead> serde) {
    this.consumer = consumer;
    this.topic = topic;
    this.serde = serde;
  }

  /**
   * What became of the topic's records.
   *
   * @param written reads that were written
   * @param unlabelled reads of which nobody says what they are
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
        topic.serde(registry));
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
    Path readsPart = reads.resolveSibling(reads.getFileName() + ".part");
    Path truthPart = truth.resolveSibling(truth.getFileName() + ".part");
    try {
      Result result;
      try (Output output = Output.open(readsPart, isGzip(reads), truthPart)) {
        read(output);
        result = output.result();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      Files.move(truthPart, truth, StandardCopyOption.ATOMIC_MOVE);
      Files.move(readsPart, reads, StandardCopyOption.ATOMIC_MOVE);
      return result;
    } finally {
      Files.deleteIfExists(readsPart);
      Files.deleteIfExists(truthPart);
    }
  }

  private static boolean isGzip(Path file) {
    return file.getFileName().toString().endsWith(".gz");
  }

  private void read(Output output) {
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

  private void read(TopicPartition partition, long end, Output output) {
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
      } else if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
        throw new TimeoutException(
            "no record of %s after offset %d for %d s"
                .formatted(partition, before, PATIENCE.toSeconds()));
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record, Output output) {
    SequencingRead read;
    try {
      read = record.value() == null ? null : serde.deserialize(record.topic(), record.value());
    } catch (UndecodableException e) {
      read = null;
    }
    output.take(read);
  }

  /** The two files in the making. */
  private static final class Output implements AutoCloseable {
    private final Writer reads;
    private final Writer truth;
    private final Set<String> names = new HashSet<>();
    private long unlabelled;
    private long repeated;
    private long unfit;

    private Output(Writer reads, Writer truth) {
      this.reads = reads;
      this.truth = truth;
    }

    static Output open(Path reads, boolean gzip, Path truth) throws IOException {
      OutputStream file = Files.newOutputStream(reads);
      try {
        OutputStream stream = gzip ? new GZIPOutputStream(file) : file;
        Output output =
            new Output(
                new BufferedWriter(new OutputStreamWriter(stream, UTF_8)),
                Files.newBufferedWriter(truth));
        output.truth.write("readId\ttaxid\tsuperkingdom\tphylum\tgenus\n");
        return output;
      } catch (IOException e) {
        file.close();
        throw e;
      }
    }

    /** Takes a read, or null for a record that is none. */
    void take(SequencingRead read) {
      if (read == null) {
        unfit++;
      } else if (read.getTrueTaxId() == null && read.getTrueLineage() == null) {
        unlabelled++;
      } else if (!isFit(read)) {
        unfit++;
      } else if (!names.add(read.getReadId())) {
        repeated++;
      } else {
        write(read);
      }
    }

    /** Whether a line of either file can hold it, and a reader of such files makes it out again. */
    private static boolean isFit(SequencingRead read) {
      String qualities = read.getQualities();
      boolean whole =
          qualities == null
              || (qualities.length() == read.getSequence().length()
                  && qualities.chars().allMatch(quality -> quality >= '!' && quality <= '~'));
      boolean named =
          !read.getReadId().isEmpty()
              && read.getReadId().chars().noneMatch(Character::isWhitespace)
              && lineage(read).stream()
                  .noneMatch(name -> name.chars().anyMatch(Character::isISOControl));
      try {
        return whole && named && Read.of(read.getReadId(), read.getSequence()).length() > 0;
      } catch (InvalidReadException e) {
        return false;
      }
    }

    private static List<String> lineage(SequencingRead read) {
      Lineage lineage = read.getTrueLineage() == null ? NOTHING : read.getTrueLineage();
      return Stream.of(lineage.getSuperkingdom(), lineage.getPhylum(), lineage.getGenus())
          .map(name -> name == null || name.isBlank() ? NOT_KNOWN : name)
          .toList();
    }

    private void write(SequencingRead read) {
      String sequence = read.getSequence();
      String qualities = read.getQualities();
      String taxId = read.getTrueTaxId() == null ? NOT_KNOWN : read.getTrueTaxId().toString();
      try {
        reads.write("@" + read.getReadId() + "\n" + sequence + "\n+\n");
        reads.write((qualities == null ? "!".repeat(sequence.length()) : qualities) + "\n");
        truth.write(read.getReadId() + "\t" + taxId + "\t");
        truth.write(String.join("\t", lineage(read)) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Result result() {
      return new Result(names.size(), unlabelled, repeated, unfit);
    }

    @Override
    public void close() throws IOException {
      try (truth) {
        reads.close();
      }
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}
