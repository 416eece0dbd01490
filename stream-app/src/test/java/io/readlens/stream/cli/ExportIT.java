package io.readlens.stream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.SequencingRead;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code export} makes of a reads topic, on a real broker and registry. */
@Timeout(120)
class ExportIT {
  @TempDir private Path directory;
  private final Topic<SequencingRead> topic =
      Topics.standard().reads().named("export-it-" + UUID.randomUUID());
  private Connection connection;

  @BeforeEach
  void start() throws IOException {
    TestBroker.shared().createTopic(topic.name(), 2, topic.configs());
    connection = Connection.in(directory, Map.of("topic.reads", topic.name()));
  }

  @AfterEach
  void stop() {
    connection.close();
  }

  @Test
  void shouldGiveBackTheLabelledReadsThatWereReplayed() throws IOException {
    // Given
    Path reads =
        Files.writeString(
            directory.resolve("in.fastq"),
            "@r1 of run 7\nACGTN\n+\nIIII!\n@r2\nAC\n+\nII\n@r3\nGG\n+\n##\n@r1\nTT\n+\nII\n");
    Path truth =
        Files.writeString(
            directory.resolve("in.tsv"),
            """
            readId\ttaxid\tsuperkingdom\tphylum\tgenus
            r1\t562\tBacteria\tPseudomonadota\tEscherichia
            r3\tNA\tViruses\tNA\tNA
            """);
    assertThat(run("replay", "--input=" + reads, "--truth=" + truth).exitCode()).isZero();
    Path out = directory.resolve("out.fastq.gz");

    // When
    CommandRun export = run("export", "--output=" + out);

    // Then
    assertThat(export.err()).isEmpty();
    assertThat(export.out())
        .isEqualTo(
            """
            exported 2 reads to %s and %s.truth.tsv
            left out 1 without a label, 1 of a name that came before, 0 unfit for a file
            """
                .formatted(out, out));
    assertThat(Files.readAllLines(Path.of(out + ".truth.tsv")))
        .startsWith("readId\ttaxid\tsuperkingdom\tphylum\tgenus")
        .containsExactlyInAnyOrder(
            "readId\ttaxid\tsuperkingdom\tphylum\tgenus",
            "r1\t562\tBacteria\tPseudomonadota\tEscherichia",
            "r3\tNA\tViruses\tNA\tNA");
    List<String> written = new ArrayList<>();
    try (ReadFile file = ReadFile.open(out)) {
      while (file.hasNext()) {
        SequenceRecord read = file.next();
        written.add(read.id() + " " + read.sequence() + " " + read.qualities().orElseThrow());
      }
    }
    assertThat(written).containsExactlyInAnyOrder("r1 ACGTN IIII!", "r3 GG ##");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".part"));
    }
  }

  @Test
  void shouldTakeWhatIsCommittedAndPassOverWhatIsNoRead() throws IOException {
    // Given
    byte[] good = record("good");
    send(false, good, "no read".getBytes(UTF_8), null);
    send(true, record("aborted"));
    send(false, record("two words"), record("better"));
    Path out = directory.resolve("out.fastq");

    // When
    CommandRun export = run("export", "--output=" + out, "--truth=" + directory.resolve("t.tsv"));

    // Then
    assertThat(export.exitCode()).isZero();
    assertThat(Files.readString(out)).isEqualTo("@good\nACGT\n+\n!!!!\n@better\nACGT\n+\n!!!!\n");
    assertThat(Files.readAllLines(directory.resolve("t.tsv"))).hasSize(3);
    assertThat(export.out()).contains("0 without a label").contains("3 unfit for a file");
  }

  @Test
  void shouldOverwriteNothing() throws IOException {
    // Given
    Path out = Files.writeString(directory.resolve("out.fastq"), "mine");

    // When
    CommandRun export = run("export", "--output=" + out);

    // Then
    assertThat(export.exitCode()).isEqualTo(1);
    assertThat(export.complaint()).isEqualTo("readlens: " + out + " is in the way");
    assertThat(Files.readString(out)).isEqualTo("mine");
    assertThat(Path.of(out + ".truth.tsv")).doesNotExist();
  }

  @Test
  void shouldLeaveNothingBehindWhenItCannotWriteBoth() throws IOException {
    // Given
    send(false, record("good"));
    Path out = directory.resolve("out.fastq");

    // When
    CommandRun export = run("export", "--output=" + out, "--truth=" + directory + "/no/t.tsv");

    // Then
    assertThat(export.exitCode()).isEqualTo(1);
    assertThat(export.complaint()).contains("no such file or directory");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(connection.config());
    }
  }

  private byte[] record(String name) {
    try (Registry registry =
        Registry.connect(Map.of("schema.registry.url", connection.registry().url()))) {
      SequencingRead read =
          SequencingRead.newBuilder().setReadId(name).setSequence("ACGT").setTrueTaxId(9).build();
      return topic.serde(registry).serialize(topic.name(), read);
    }
  }

  /** One transaction, all on one partition. */
  private void send(boolean abort, byte[]... values) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", TestBroker.shared().bootstrapServers(),
            "transactional.id", topic.name());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (byte[] value : values) {
        var unused = producer.send(new ProducerRecord<>(topic.name(), 1, null, value));
      }
      if (abort) {
        producer.flush();
        producer.abortTransaction();
      } else {
        producer.commitTransaction();
      }
    }
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of(arguments), Stream.of("--config", connection.config().toString()))
            .toArray(String[]::new));
  }
}
