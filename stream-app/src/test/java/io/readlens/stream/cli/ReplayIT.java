package io.readlens.stream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.model.io.ReadNames;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.TestBroker;
import io.readlens.stream.topics.BrokerAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics created, described and filled by the commands, on a real broker and registry. */
@Timeout(120)
class ReplayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final String name = "replay-it-" + UUID.randomUUID();
  private final Topics topics = TestBroker.topicsOf(name);
  private Connection connection;

  @BeforeEach
  void start() throws IOException {
    connection = Connection.in(directory, TestBroker.shared().settings(topics));
  }

  @AfterEach
  void stop() {
    connection.close();
  }

  @Test
  void shouldReplayEveryReadWithItsOrigin() throws IOException {
    // Given
    assertThat(run("topics", "create", "--partitions=3").exitCode()).isZero();
    Instant started = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    long before = System.currentTimeMillis();
    Path reads =
        gzip(
            IntStream.range(0, 200)
                .mapToObj(i -> fastq(id(i) + " runid=run-7 start_time=" + started, bases(i)))
                .collect(Collectors.joining()));
    Path truth =
        Files.writeString(
            directory.resolve("truth.tsv"),
            "readId\ttaxid\n" + id(0) + "\t562\n" + id(1) + "\tNA\n");

    // When
    CommandRun replay =
        run("replay", "--input", reads.toString(), "--truth=" + truth, "--sample", "soil");

    // Then
    assertThat(replay.err()).isEmpty();
    assertThat(replay.exitCode()).isZero();
    assertThat(replay.out())
        .isEqualTo(
            "replayed 200 reads from 1 file to %s, 1 with their true taxon\n"
                .formatted(topics.reads().name()));
    List<ConsumerRecord<byte[], byte[]>> records = records();
    assertThat(records)
        .extracting(ConsumerRecord::timestamp)
        .allMatch(timestamp -> timestamp >= before);
    assertThat(records).extracting(ConsumerRecord::partition).contains(0, 1, 2);
    assertThat(records)
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 200).mapToObj(i -> ReadNames.key(id(i))).toList());
    assertThat(values(records))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 200).mapToObj(i -> expected(i, started)).toList());
  }

  @Test
  void shouldLeaveTopicsAloneThatAreThereAlready() {
    // Given
    CommandRun created = run("topics", "create");

    // When
    CommandRun again = run("topics", "create");

    // Then
    assertThat(created.err()).isEmpty();
    assertThat(created.out()).isEqualTo(eachTopic(" created\n"));
    assertThat(created.exitCode()).isZero();
    assertThat(again.err()).isEmpty();
    assertThat(again.out()).isEqualTo(eachTopic(" is there as wanted\n"));
    assertThat(again.exitCode()).isZero();
  }

  @Test
  void shouldReportATopicThatDiffersAndNotAlterIt() {
    // Given
    Map<String, String> configs = new HashMap<>(topics.reads().configs());
    configs.put("retention.ms", "1000");
    TestBroker.shared().createTopic(topics.reads().name(), 2, configs);

    // When
    CommandRun create = run("topics", "create", "--replication-factor=1", "--partitions=4");

    // Then
    assertThat(create.exitCode()).isEqualTo(1);
    assertThat(create.out().lines())
        .containsExactly(
            topics.reads().name()
                + " differs: partitions=2, wanted 4; retention.ms=1000, wanted 604800000",
            topics.explanations().name() + " created",
            topics.deadLetters().name() + " created",
            topics.ledger().name() + " created",
            topics.checkpoints().name() + " created");
    assertThat(create.err()).startsWith("readlens: a topic differs").hasLineCount(1);
    CommandRun accepting = run("topics", "create", "--accept-differences");
    assertThat(accepting.exitCode()).isZero();
    assertThat(accepting.err()).isEmpty();
    assertThat(accepting.out())
        .contains(topics.reads().name() + " differs: retention.ms=1000, wanted 604800000");
    assertThat(run("topics", "describe").out())
        .contains(
            "  partitions   2, replicas of each 1",
            " retention.ms=1000",
            "  retention    the latest record of each key");
  }

  @Test
  void shouldGrowTheLedgerToThePartitionsOfTheReads() {
    // Given
    assertThat(run("topics", "create").exitCode()).isZero();
    raiseReads(6);

    // When
    CommandRun create = run("topics", "create", "--partitions", "6");

    // Then
    assertThat(create.complaint()).isEmpty();
    assertThat(create.out().lines())
        .containsExactly(
            topics.reads().name() + " is there as wanted",
            topics.explanations().name() + " is there as wanted",
            topics.deadLetters().name() + " is there as wanted",
            topics.ledger().name()
                + " grown from 4 to 6 partitions, as many as "
                + topics.reads().name()
                + " has",
            topics.checkpoints().name() + " is there as wanted");
    assertThat(create.exitCode()).isZero();
    assertThat(run("topics", "create").out()).isEqualTo(eachTopic(" is there as wanted\n"));
  }

  @Test
  void shouldCreateALedgerOfThePartitionsOfTheReads() {
    // Given
    TestBroker.shared().createTopic(topics.reads().name(), 7, topics.reads().configs());

    // When
    CommandRun create = run("topics", "create");

    // Then
    assertThat(create.exitCode()).isZero();
    assertThat(run("topics", "describe").out())
        .containsSubsequence(topics.ledger().name(), "  partitions   7,");
  }

  private void raiseReads(int partitions) {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
      BrokerAnswer.of(
          admin
              .createPartitions(Map.of(topics.reads().name(), NewPartitions.increaseTo(partitions)))
              .all());
    }
  }

  @Test
  void shouldDescribeWhatTheTopicsHold() throws IOException {
    // Given
    TestBroker.shared().createTopic(topics.reads().name(), 1, topics.reads().configs());
    Path reads = gzip(fastq("r1", "ACGT") + fastq("r2", "ACGT"));
    assertThat(run("replay", "--input", reads.toString()).exitCode()).isZero();

    // When
    CommandRun describe = run("topics", "describe");

    // Then
    assertThat(describe.exitCode()).isEqualTo(1);
    assertThat(describe.out().lines())
        .containsExactly(
            topics.reads().name(),
            "  partitions   1, replicas of each 1",
            "  retention    7 days",
            "  configs      cleanup.policy=delete compression.type=gzip max.message.bytes=4194304"
                + " retention.ms=604800000",
            "  end offsets  0:2, sum 2",
            topics.explanations().name(),
            "  missing",
            topics.deadLetters().name(),
            "  missing",
            topics.ledger().name(),
            "  missing",
            topics.checkpoints().name(),
            "  missing");
    assertThat(describe.err())
        .isEqualTo(
            "readlens: create what is missing with `java -jar readlens.jar topics create --config %s --accept-differences`\n"
                .formatted(connection.config()));
  }

  @Test
  void shouldKeepWhatItSentBeforeAFileBreaksOff() throws IOException {
    // Given
    TestBroker.shared().createTopic(topics.reads().name(), 1, topics.reads().configs());
    Path reads =
        Files.writeString(
            directory.resolve("cut.fastq"), fastq("r1", "ACGT") + fastq("r2", "ACGT") + "@r3\nAC");

    // When
    CommandRun replay = run("replay", "--input", reads.toString());

    // Then
    assertThat(replay.exitCode()).isEqualTo(1);
    assertThat(replay.out()).isEmpty();
    assertThat(replay.err())
        .startsWith("readlens: " + reads + " line 10: the file ends inside record r3")
        .endsWith("; 2 reads were sent\n")
        .hasLineCount(1);
    assertThat(values(records())).extracting(SequencingRead::getReadId).containsExactly("r1", "r2");
  }

  @Test
  void shouldNameAReadThatIsTooLargeForTheTopic() throws IOException {
    // Given
    TestBroker.shared().createTopic(topics.reads().name(), 1, topics.reads().configs());
    Path reads =
        Files.writeString(
            directory.resolve("large.fasta"),
            ">r1\nACGT\n>huge\n" + "A".repeat(topics.reads().maxMessageBytes()) + "\n>r3\nACGT\n");

    // When
    CommandRun replay = run("replay", "--input", reads.toString());

    // Then
    assertThat(replay.exitCode()).isEqualTo(1);
    assertThat(replay.complaint())
        .isEqualTo(
            "readlens: read huge (%s line 3) cannot be sent: it is larger than %s accepts, 4194304"
                    .formatted(reads, topics.reads().name())
                + " bytes; 1 read was sent");
    assertThat(replay.err()).doesNotContain("\tat ");
    assertThat(values(records())).extracting(SequencingRead::getReadId).containsExactly("r1");
  }

  @Test
  void shouldNameTheTopicThatIsMissing() throws IOException {
    // Given
    Path reads = gzip(fastq("r1", "ACGT"));

    // When
    CommandRun replay = run("replay", "--input", reads.toString());

    // Then
    assertThat(replay.exitCode()).isEqualTo(1);
    assertThat(replay.err())
        .isEqualTo(
            "readlens: no topic %s: create it with `java -jar readlens.jar topics create --config %s --accept-differences`\n"
                .formatted(topics.reads().name(), connection.config()));
  }

  @Test
  void shouldSayThatNoRegistryAnswers() throws IOException {
    // Given
    TestBroker.shared().createTopic(topics.reads().name(), 1, topics.reads().configs());
    Path reads = gzip(fastq("r1", "ACGT"));
    connection.close();

    // When
    CommandRun replay = run("replay", "-Dpatience.seconds=1", "--input", reads.toString());

    // Then
    assertThat(replay.exitCode()).isEqualTo(1);
    assertThat(replay.complaint())
        .startsWith("readlens: registry http://127.0.0.1:")
        .contains("connection refused", "schema.registry.url");
    assertThat(replay.err()).doesNotContain("\tat ");
  }

  @Test
  void shouldSayThatNoBrokerAnswers() throws IOException {
    // Given
    String nobody = "127.0.0.1:" + freePort();
    String reads = gzip(fastq("r1", "ACGT")).toString();

    // When
    List<CommandRun> runs =
        Stream.of(
                List.of("replay", "--input", reads),
                List.of("topics", "create"),
                List.of("topics", "describe"))
            .map(
                command ->
                    Stream.concat(
                            command.stream(),
                            Stream.of("-Dbootstrap.servers=" + nobody, "-Dpatience.seconds=1"))
                        .toArray(String[]::new))
            .map(this::run)
            .toList();

    // Then
    assertThat(runs)
        .allSatisfy(
            run -> {
              assertThat(run.exitCode()).isEqualTo(1);
              assertThat(run.complaint())
                  .startsWith("readlens: broker " + nobody + ": connection refused")
                  .contains("bootstrap.servers");
              assertThat(run.err()).doesNotContain("\tat ");
              assertThat(run.out()).isEmpty();
            });
  }

  /** A command with the configuration file. */
  private CommandRun run(String... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of(arguments), Stream.of("--config", connection.config().toString()))
            .toArray(String[]::new));
  }

  private String eachTopic(String suffix) {
    return topics.all().stream().map(topic -> topic.name() + suffix).collect(Collectors.joining());
  }

  /** All that the reads topic holds now, partition after partition. */
  private List<ConsumerRecord<byte[], byte[]>> records() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers());
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topics.reads().name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long wanted =
          consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (records.size() < wanted && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private List<SequencingRead> values(List<ConsumerRecord<byte[], byte[]>> records) {
    try (Registry registry =
        Registry.connect(Map.of("schema.registry.url", connection.registry().url()))) {
      RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
      return records.stream()
          .map(record -> serde.deserialize(record.topic(), record.value()))
          .toList();
    }
  }

  private static SequencingRead expected(int number, Instant started) {
    return SequencingRead.newBuilder()
        .setReadId(id(number))
        .setSequence(bases(number))
        .setQualities("!".repeat(bases(number).length()))
        .setRunId("run-7")
        .setSampleId("soil")
        .setPlatform("ONT")
        .setStartTime(started)
        .setSource(ReadSource.FILE)
        .setTrueTaxId(number == 0 ? 562 : null)
        .build();
  }

  /** Two mates after each other share a key. */
  private static String id(int number) {
    return "read-" + number / 2 + "/" + (1 + number % 2);
  }

  private static String bases(int number) {
    return "ACGTTGCAN".repeat(1 + number % 50);
  }

  private static String fastq(String header, String bases) {
    return "@" + header + "\n" + bases + "\n+\n" + "!".repeat(bases.length()) + "\n";
  }

  private Path gzip(String text) throws IOException {
    Path file = directory.resolve("reads.fastq.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(UTF_8));
    }
    return file;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
