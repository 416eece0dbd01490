package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.CLOCK;
import static io.readlens.stream.topology.Samples.NEVER;
import static io.readlens.stream.topology.Samples.NOW;
import static io.readlens.stream.topology.Samples.READS;
import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static io.readlens.stream.topology.Samples.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.avro.DeadLetter;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.Explanation;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.Topics;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.FakeReadsLog;
import io.readlens.stream.ledger.Ledger;
import io.readlens.stream.ledger.Stored;
import io.readlens.stream.worker.DeviceFailedError;
import io.readlens.stream.worker.DeviceWorker;
import io.readlens.stream.worker.FakeModel;
import io.readlens.stream.worker.Reads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The logic, by way of the miss path: the test driver runs no interceptor. */
@Timeout(60)
class ExplainTopologyTest {
  private static final String GOOD = "ACGTAC".repeat(21);

  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final Topics topics = Topics.standard();
  private final RegistrySerde<SequencingRead> serde = topics.reads().serde(registry);
  private final FakeModel model = new FakeModel();
  private final DeviceWorker<?> worker =
      DeviceWorker.start(
          new DeviceWorker.Policy(1, 1_000, 100_000, 8, NEVER, NEVER),
          model.onDevice(),
          Reads.CANARY);
  private final ReadIntake intake =
      new ReadIntake(READS, new AvroMapping(serde, rules(), CLOCK), worker, Duration.ZERO);
  private final Map<String, Counts> stored = new HashMap<>();
  private final Ledger ledger =
      new Ledger(
          topics.ledger(),
          registry,
          partition -> new Stored(stored, Map.of()),
          new FakeReadsLog(),
          false,
          CLOCK);
  private final Topology topology = ExplainTopology.of(topics, intake, ledger, registry, CLOCK);
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> reads;
  private TestOutputTopic<byte[], Explanation> explanations;
  private TestOutputTopic<byte[], DeadLetter> deadLetters;

  @BeforeEach
  void startDriver() {
    Properties properties = new Properties();
    properties.put("ensure.explicit.internal.resource.naming", "true");
    driver = new TopologyTestDriver(topology, properties);
    reads = driver.createInputTopic(READS, new ByteArraySerializer(), new ByteArraySerializer());
    explanations =
        driver.createOutputTopic(
            topics.explanations().name(),
            new ByteArrayDeserializer(),
            topics.explanations().serde(registry).deserializer());
    deadLetters =
        driver.createOutputTopic(
            topics.deadLetters().name(),
            new ByteArrayDeserializer(),
            topics.deadLetters().serde(registry).deserializer());
  }

  @AfterEach
  void close() {
    driver.close();
    worker.close();
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldBeAsTheDiagramInTheDocsShows() throws IOException {
    // Given
    Path golden = Path.of(System.getProperty("basedir", "."), "..", "docs", "topology.txt");

    // When
    String described = topology.describe().toString();

    // Then
    assertThat(described.strip()).isEqualTo(Files.readString(golden).strip());
  }

  @Test
  void shouldExplainAReadUnderItsKeyAndTheTimeOfProcessing() {
    // Given
    Instant start = Instant.parse("2020-01-01T00:00:00Z");
    byte[] value = serde.serialize(READS, read("read", GOOD).setStartTime(start).build());

    // When
    reads.pipeInput(bytes("key"), value, 1_000L);

    // Then
    TestRecord<byte[], Explanation> written = explanations.readRecord();
    assertThat(written.key()).isEqualTo(bytes("key"));
    assertThat(written.timestamp()).isEqualTo(NOW.toEpochMilli());
    assertThat(written.value().getEventTime()).isEqualTo(start);
    assertThat(written.value().getReadId()).isEqualTo("read");
    assertThat(written.value().getOutcome()).isEqualTo(ReadOutcome.CLASSIFIED);
    assertThat(explanations.isEmpty()).isTrue();
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(intake.misses()).isEqualTo(1);
  }

  @Test
  void shouldTakeARecordsTimeForTheStartOfAReadThatNamesNone() {
    // Given
    byte[] value = serde.serialize(READS, read("read", GOOD).build());
    Instant recordTime = NOW.minusSeconds(60);

    // When
    reads.pipeInput(bytes("key"), value, recordTime);

    // Then
    TestRecord<byte[], Explanation> written = explanations.readRecord();
    assertThat(written.timestamp()).isEqualTo(NOW.toEpochMilli());
    assertThat(written.value().getEventTime()).isEqualTo(recordTime);
  }

  @Test
  void shouldPassHeadersOn() {
    // Given
    Headers headers =
        new RecordHeaders()
            .add("traceparent", bytes("00-1"))
            .add("empty", null)
            .add("\u00E4", bytes("b"));
    byte[] value = serde.serialize(READS, read("read", GOOD).build());

    // When
    reads.pipeInput(new TestRecord<>(bytes("key"), value, headers, NOW));
    reads.pipeInput(new TestRecord<>(bytes("key"), bytes("not Avro"), headers, NOW));

    // Then
    assertThat(explanations.readRecord().headers()).isEqualTo(headers);
    assertThat(deadLetters.readRecord().headers()).isEqualTo(headers);
  }

  @ParameterizedTest
  @CsvSource({
    "header, 1, 16384",
    "header, 1, 1000000",
    "header, 4000, 0",
    "header, 100, 200",
    "'', 8193, 0"
  })
  void shouldLeaveOutHeadersBeyondMeasure(String name, int count, int bytes) {
    // Given
    Headers headers = new RecordHeaders();
    for (int i = 0; i < count; i++) {
      headers.add(name, new byte[bytes]);
    }
    byte[] value = serde.serialize(READS, read("read", GOOD).build());

    // When
    reads.pipeInput(new TestRecord<>(bytes("key"), value, headers, NOW));
    reads.pipeInput(new TestRecord<>(bytes("key"), bytes("not Avro"), headers, NOW));

    // Then
    assertThat(explanations.readRecord().headers()).isEmpty();
    assertThat(deadLetters.readRecord().headers()).isEmpty();
  }

  @Test
  void shouldNotAskTheModelAboutAReadThatIsTooShort() {
    // Given
    byte[] value = serde.serialize(READS, read("read", "").build());

    // When
    reads.pipeInput(bytes("key"), value, 1_000L);

    // Then
    assertThat(explanations.readValue().getOutcome()).isEqualTo(ReadOutcome.TOO_SHORT);
    assertThat(model.batches).isEmpty();
  }

  @Test
  void shouldSendWhatIsNoReadToTheDeadLettersAndGoOn() {
    // Given
    byte[] value = serde.serialize(READS, read("read", GOOD).build());

    // When
    reads.pipeInput(bytes("bad"), bytes("not Avro"), 1_000L);
    reads.pipeInput(bytes("empty"), null, 1_000L);
    reads.pipeInput(bytes("good"), value, 1_000L);

    // Then
    TestRecord<byte[], DeadLetter> letter = deadLetters.readRecord();
    assertThat(letter.key()).isEqualTo(bytes("bad"));
    assertThat(letter.timestamp()).isEqualTo(NOW.toEpochMilli());
    assertThat(letter.value().getReason()).isEqualTo(DeadLetterReason.UNREADABLE_RECORD);
    assertThat(letter.value().getValue()).isEqualTo(ByteBuffer.wrap(bytes("not Avro")));
    assertThat(letter.value().getOffset()).isZero();
    assertThat(deadLetters.readValue().getDetail()).isEqualTo("the record has no value");
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(explanations.readRecord().key()).isEqualTo(bytes("good"));
  }

  @Test
  void shouldSendAReadThatTheModelFailsOnAloneToTheDeadLetters() {
    // Given
    model.poisonedBy("poisoned");
    byte[] value = serde.serialize(READS, read("poisoned", GOOD).build());

    // When
    reads.pipeInput(bytes("key"), value, 1_000L);

    // Then
    DeadLetter letter = deadLetters.readValue();
    assertThat(letter.getReason()).isEqualTo(DeadLetterReason.MODEL_FAILED);
    assertThat(letter.getDetail()).contains("poisoned");
    assertThat(letter.getValue()).isEqualTo(ByteBuffer.wrap(value));
    assertThat(explanations.isEmpty()).isTrue();
  }

  @Test
  void shouldCountEachSamplesReadsByTheirOutcome() {
    // Given
    stored.put("soil", new Counts(7, 4, 1, 1, 1));
    driver.close();
    startDriver();
    model.poisonedBy("poisoned");
    byte[] classified = ofSample("soil", "classified", GOOD);
    byte[] unclassified = ofSample("gut", "unclassified", GOOD + "ACGTAC");

    // When
    reads.pipeInput(bytes("key"), classified, 1_000L);
    reads.pipeInput(bytes("key"), unclassified, 1_000L);
    reads.pipeInput(bytes("key"), classified, 1_000L);
    reads.pipeInput(bytes("key"), ofSample("soil", "short", "ACGT"), 1_000L);
    reads.pipeInput(bytes("key"), ofSample("soil", "poisoned", GOOD), 1_000L);
    reads.pipeInput(bytes("key"), ofSample("gut", "letters", "J".repeat(100)), 1_000L);
    reads.pipeInput(bytes("key"), ofSample("gut", "long", "A".repeat(1001)), 1_000L);
    reads.pipeInput(bytes("key"), ofSample("s".repeat(70_000), "name", GOOD), 1_000L);
    reads.pipeInput(bytes("key"), bytes("not Avro"), 1_000L);

    // Then
    assertThat(counted("soil")).isEqualTo(new Counts(11, 6, 1, 2, 2));
    assertThat(counted("gut")).isEqualTo(new Counts(3, 0, 1, 0, 2));
    assertThat(counted("")).isEqualTo(new Counts(2, 0, 0, 0, 2));
    assertThat(counted("s".repeat(70_000))).isEqualTo(Counts.NONE);
  }

  private byte[] ofSample(String sample, String id, String sequence) {
    return serde.serialize(READS, read(id, sequence).setSampleId(sample).build());
  }

  private Counts counted(String sample) {
    return ledger.ofThisThread().counts(new Account(0, sample));
  }

  @Test
  void shouldCountAReadBeforeItHasAnAnswer() {
    // Given
    model.poisonedBy("read").poisonedBy("canary");
    byte[] value = ofSample("soil", "read", GOOD);

    // When
    var thrown = assertThatThrownBy(() -> reads.pipeInput(bytes("key"), value, 1_000L));

    // Then
    thrown.isInstanceOf(DeviceFailedError.class);
    assertThat(counted("soil")).isEqualTo(Counts.RECEIVED);
  }

  @Test
  void shouldStopAtADeviceAtFaultAndBlameNoRead() {
    // Given
    model.poisonedBy("read").poisonedBy("canary");
    byte[] value = serde.serialize(READS, read("read", GOOD).build());

    // When
    var thrown = assertThatThrownBy(() -> reads.pipeInput(bytes("key"), value, 1_000L));

    // Then
    thrown.isInstanceOf(DeviceFailedError.class);
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldStopAtARegistryAtFaultAndBlameNoRead() {
    // Given
    fakeRegistry.fail();
    byte[] unseenSchema = {0, 0, 0, 0, 7, 1, 2, 3};

    // When
    var thrown = assertThatThrownBy(() -> reads.pipeInput(bytes("key"), unseenSchema, 1_000L));

    // Then
    thrown.hasStackTraceContaining(RegistryException.class.getName());
    assertThat(driver.producedTopicNames()).isEmpty();
  }

  @Test
  void shouldTakeARecordWithoutATimestamp() {
    // Given
    var extractor = ExplainTopology.TIMESTAMPS;
    var record =
        new org.apache.kafka.clients.consumer.ConsumerRecord<Object, Object>(
            READS, 0, 0, null, null);

    // When
    long timestamp = extractor.extract(record, 5_000);

    // Then
    assertThat(record.timestamp()).isNegative();
    assertThat(timestamp).isZero();
  }
}
