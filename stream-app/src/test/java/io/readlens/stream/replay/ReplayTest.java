package io.readlens.stream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.readlens.avro.SequencingRead;
import io.readlens.model.io.Mates;
import io.readlens.schemas.Topic;
import io.readlens.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final Topic<SequencingRead> TOPIC = Topics.standard().reads();

  @TempDir Path directory;

  private final List<SequencingRead> serialized = new ArrayList<>();

  /** Acknowledges nothing by itself until it is flushed. */
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void shouldSendTheReadsOfAllFilesInOrder() throws IOException {
    // Given
    Path first = write("a.fastq", fastq("r1/1", "ACGT") + fastq("r1/2", "GG"));
    Path second = write("b.fasta", ">c1\nAC\nGT\n");
    List<Progress> told = new ArrayList<>();

    // When
    List<Sent> sent =
        replay(Pace.unlimited())
            .send(
                List.of(first, second), SequencingReads.asWritten(), told::add, ReplayTest::nobody);

    // Then
    assertThat(sent).containsExactly(new Sent(first, 2, 0), new Sent(second, 1, 0));
    assertThat(values())
        .extracting(SequencingRead::getReadId, SequencingRead::getSequence)
        .containsExactly(tuple("r1/1", "ACGT"), tuple("r1/2", "GG"), tuple("c1", "ACGT"));
    assertThat(producer.history())
        .allSatisfy(record -> assertThat(record.topic()).isEqualTo(TOPIC.name()))
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactly("r1", "r1", "c1");
    long bytes = Files.size(first) + Files.size(second);
    assertThat(told).hasSize(3).last().isEqualTo(new Progress(3, bytes, bytes));
  }

  @Test
  void shouldSendAPairAsOneRead() throws IOException {
    // Given
    Path first = write("r1.fastq", fastq("a/1", "ACGT") + fastq("b/1", "GG"));
    Path second = write("r2.fastq", fastq("a/2", "TTT") + fastq("b/2", "C"));
    Path truth = write("truth.tsv", "readId\ttaxid\na\t562\nb/1\t1280\n");
    SequencingReads asWritten = SequencingReads.asWritten();
    SequencingReads records =
        new SequencingReads(
            asWritten.runId(), asWritten.sampleId(), asWritten.barcode(), TruthTable.load(truth));
    List<Progress> told = new ArrayList<>();

    // When
    List<Sent> sent =
        replay(Pace.unlimited())
            .send(
                List.of(first),
                new Mates(List.of(second), false),
                records,
                told::add,
                ReplayTest::nobody);

    // Then
    assertThat(sent).containsExactly(new Sent(first, 2, 2));
    assertThat(values())
        .extracting(
            SequencingRead::getReadId,
            SequencingRead::getSequence,
            SequencingRead::getMateSequence,
            SequencingRead::getMateQualities,
            SequencingRead::getTrueTaxId)
        .containsExactly(tuple("a", "ACGT", "TTT", "!!!", 562), tuple("b", "GG", "C", "!", 1280));
    assertThat(producer.history())
        .extracting(record -> new String(record.key(), UTF_8))
        .containsExactly("a", "b");
    long bytes = Files.size(first) + Files.size(second);
    assertThat(told).last().isEqualTo(new Progress(2, bytes, bytes));
  }

  @Test
  void shouldKeepWhatItSentBeforeAReadWithoutItsMate() throws IOException {
    // Given
    Path file = write("all.fastq", fastq("a/1", "A") + fastq("a/2", "C") + fastq("b/1", "G"));

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(
                    List.of(file),
                    new Mates(List.of(), true),
                    SequencingReads.asWritten(),
                    ReplayTest::nobody,
                    ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessageStartingWith(file + " line 9: read b/1: it has no mate")
        .hasMessageEndingWith("; 1 read was sent");
    assertThat(values()).extracting(SequencingRead::getReadId).containsExactly("a");
  }

  @Test
  void shouldSendAReadAsItIsWhateverItsLetters() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("digits", "ACG7") + fastq("none", ""));

    // When
    List<Sent> sent = send(file);

    // Then
    assertThat(sent).containsExactly(new Sent(file, 2, 0));
    assertThat(values()).extracting(SequencingRead::getSequence).containsExactly("ACG7", "");
  }

  @Test
  void shouldCountTheReadsWhoseTaxonIsKnown() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "ACGT") + fastq("r2", "ACGT"));
    Path truth = write("truth.tsv", "readId\ttaxid\nr2\t562\n");
    SequencingReads asWritten = SequencingReads.asWritten();
    SequencingReads records =
        new SequencingReads(
            asWritten.runId(), asWritten.sampleId(), asWritten.barcode(), TruthTable.load(truth));

    // When
    List<Sent> sent =
        replay(Pace.unlimited())
            .send(List.of(file), records, ReplayTest::nobody, ReplayTest::nobody);

    // Then
    assertThat(sent).containsExactly(new Sent(file, 2, 1));
    assertThat(values()).extracting(SequencingRead::getTrueTaxId).containsExactly(null, 562);
  }

  @Test
  void shouldLeaveARecordsTimeToTheProducerWheneverTheReadBegan() throws IOException {
    // Given
    Instant recent = Instant.now().minusSeconds(60);
    Instant old = Instant.parse("2019-01-01T00:00:00Z");
    Instant future = Instant.parse("2999-01-01T00:00:00Z");
    Path file = write("a.fastq", startedAt(recent) + startedAt(old) + startedAt(future));

    // When
    send(file);

    // Then
    assertThat(producer.history()).extracting(ProducerRecord::timestamp).containsOnlyNulls();
    assertThat(values())
        .extracting(SequencingRead::getStartTime)
        .containsExactly(recent, old, future);
  }

  @Test
  void shouldSendEachReadWhenItIsDue() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "A") + fastq("r2", "C") + fastq("r3", "G"));
    List<Integer> sentBeforeEachWait = new ArrayList<>();
    long[] now = {0};
    Pace pace =
        Pace.of(
            4,
            () -> now[0],
            nanos -> {
              sentBeforeEachWait.add(producer.history().size());
              now[0] += nanos;
            });

    // When
    replay(pace)
        .send(List.of(file), SequencingReads.asWritten(), ReplayTest::nobody, ReplayTest::nobody);

    // Then
    assertThat(sentBeforeEachWait).containsExactly(1, 2);
    assertThat(now[0]).isEqualTo(Duration.ofMillis(500).toNanos());
  }

  @Test
  void shouldKeepWhatItSentBeforeAMalformedRecord() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "ACGT") + fastq("r2", "ACGT") + "@r3\nACGT\n+\n!!!\n");

    // When
    ThrowingCallable send = () -> send(file);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessageStartingWith(file + " line 12: record r3 has 4 bases and 3 qualities")
        .hasMessageEndingWith("; 2 reads were sent");
    assertThat(values()).extracting(SequencingRead::getReadId).containsExactly("r1", "r2");
    assertThat(producer.flushed()).isTrue();
  }

  @Test
  void shouldNameTheFilesThatAFaultLeavesUnread() throws IOException {
    // Given
    Path a = write("a.fastq", fastq("r1", "ACGT"));
    Path b = write("b.fastq", "@r2\nACGT\n+\n!!!\n");
    Path c = write("c.fastq", fastq("r3", "ACGT"));
    Path d = write("d.fastq", fastq("r4", "ACGT"));

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(
                    List.of(a, b, c, d),
                    SequencingReads.asWritten(),
                    ReplayTest::nobody,
                    ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessageStartingWith(b + " line 4: ")
        .hasMessageEndingWith("; 1 read was sent; not read: " + c + ", " + d);
  }

  @Test
  void shouldTakeAnEmptyFileForASampleWithoutReads() throws IOException {
    // Given
    Path empty = write("a.fastq", "");
    Path reads = write("b.fastq", fastq("r1", "ACGT"));
    Path blank = write("c.fastq", "\n\r\n\n");

    // When
    List<Path> withoutReads = new ArrayList<>();
    List<Sent> sent =
        replay(Pace.unlimited())
            .send(
                List.of(empty, reads, blank),
                SequencingReads.asWritten(),
                ReplayTest::nobody,
                withoutReads::add);

    // Then
    assertThat(sent).extracting(Sent::reads).containsExactly(0L, 1L, 0L);
    assertThat(withoutReads).containsExactly(empty, blank);
  }

  @Test
  void shouldSayWhichFilesHaveNoReadsThoughAnotherFails() throws IOException {
    // Given
    Path empty = write("a.fastq", "");
    Path reads = write("b.fastq", fastq("r1", "ACGT"));
    Path bad = write("c.fastq", "@r2\nACGT\n+\n!!!\n");
    List<Path> withoutReads = new ArrayList<>();

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(
                    List.of(reads, empty, bad, empty),
                    SequencingReads.asWritten(),
                    ReplayTest::nobody,
                    withoutReads::add);

    // Then
    assertThatThrownBy(send).isInstanceOf(ReplayException.class);
    assertThat(withoutReads).containsExactly(empty);
  }

  @Test
  void shouldSendNothingWhenAnyFileIsMissing() throws IOException {
    // Given
    Path good = write("a.fastq", fastq("r1", "ACGT"));
    Path missing = directory.resolve("b.fastq");

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(
                    List.of(good, missing),
                    SequencingReads.asWritten(),
                    ReplayTest::nobody,
                    ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessage("no file " + missing + "; 0 reads were sent");
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldNameTheFileThatCannotBeRead() throws IOException {
    // Given
    Path good = write("a.fastq", fastq("r1", "ACGT"));
    Consumer<Progress> vanishing = progress -> good.toFile().delete();

    // When
    ThrowingCallable unreadable =
        () ->
            replay(Pace.unlimited())
                .send(
                    List.of(directory),
                    SequencingReads.asWritten(),
                    ReplayTest::nobody,
                    ReplayTest::nobody);
    ThrowingCallable vanished =
        () ->
            replay(Pace.unlimited())
                .send(
                    List.of(good, good),
                    SequencingReads.asWritten(),
                    vanishing,
                    ReplayTest::nobody);

    // Then
    assertThatThrownBy(unreadable)
        .isInstanceOf(ReplayException.class)
        .hasMessage(directory + ": Is a directory; 0 reads were sent");
    assertThatThrownBy(vanished)
        .isInstanceOf(ReplayException.class)
        .hasMessage("no such file or directory: " + good + "; 1 read was sent");
  }

  @Test
  void shouldReadAFileToItsEndThatIsDeletedMeanwhile() throws IOException {
    // Given
    Path gone = write("a.fastq", fastq("r1", "ACGT"));
    Path other = write("b.fastq", fastq("r2", "ACGT"));
    Consumer<Progress> deleting = progress -> gone.toFile().delete();

    // When
    List<Sent> sent =
        replay(Pace.unlimited())
            .send(List.of(gone, other), SequencingReads.asWritten(), deleting, ReplayTest::nobody);

    // Then
    assertThat(gone).doesNotExist();
    assertThat(sent).extracting(Sent::reads).containsExactly(1L, 1L);
    assertThat(producer.history()).hasSize(2);
  }

  @Test
  void shouldNameTheReadThatIsTooLarge() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "A") + fastq("r2", "C") + fastq("r3", "G"));
    Consumer<Progress> brokers =
        progress -> {
          if (progress.reads() == 2) {
            producer.completeNext();
            producer.errorNext(new RecordTooLargeException("2 MB"));
          }
        };

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(List.of(file), SequencingReads.asWritten(), brokers, ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessage(
            "read r2 (%s line 5) cannot be sent: it is larger than %s accepts, %d bytes; "
                    .formatted(file, TOPIC.name(), TOPIC.maxMessageBytes())
                + "2 reads were sent");
    assertThat(producer.flushed()).isTrue();
  }

  @Test
  void shouldSayThatTheClocksDiffer() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "ACGT"));
    Consumer<Progress> brokers =
        progress -> producer.errorNext(new InvalidTimestampException("out of range"));

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(List.of(file), SequencingReads.asWritten(), brokers, ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessage(
            "read r1 (%s line 1) cannot be sent: %s refuses the time of sending:"
                    .formatted(file, TOPIC.name())
                + " compare this machine's clock with the broker's, and see the topic's"
                + " message.timestamp.before.max.ms and message.timestamp.after.max.ms;"
                + " 0 reads were sent");
  }

  @Test
  void shouldNotWaitOnForBrokersThatDoNotAnswer() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "A") + fastq("r2", "C") + fastq("r3", "G"));
    Consumer<Progress> brokers =
        progress -> {
          if (progress.reads() == 1) {
            producer.errorNext(new TimeoutException("120000 ms have passed"));
          }
        };

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(List.of(file), SequencingReads.asWritten(), brokers, ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessage(
            "read r1 ("
                + file
                + " line 1) cannot be sent: no answer from Kafka in time: 120000 ms have passed; "
                + "0 reads were sent");
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void shouldFailWhenOnlyTheLastReadIsRefused() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "ACGT"));
    Consumer<Progress> brokers = progress -> producer.errorNext(new KafkaException("no room"));

    // When
    ThrowingCallable send =
        () ->
            replay(Pace.unlimited())
                .send(List.of(file), SequencingReads.asWritten(), brokers, ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("read r1")
        .hasMessageEndingWith("no room; 0 reads were sent");
  }

  @Test
  void shouldStopAtARegistryThatFails() throws IOException {
    // Given
    Path file = write("a.fastq", fastq("r1", "A") + fastq("r2", "C"));
    Serializer<SequencingRead> failing =
        (topic, read) -> {
          throw new KafkaException("the schema registry is away");
        };

    // When
    ThrowingCallable send =
        () ->
            new Replay(producer, TOPIC, failing, Pace.unlimited())
                .send(
                    List.of(file),
                    SequencingReads.asWritten(),
                    ReplayTest::nobody,
                    ReplayTest::nobody);

    // Then
    assertThatThrownBy(send)
        .isInstanceOf(ReplayException.class)
        .hasMessage(
            "read r1 (%s line 1) cannot be sent: the schema registry is away; 0 reads were sent"
                .formatted(file));
    assertThat(producer.history()).isEmpty();
  }

  private List<Sent> send(Path file) {
    return replay(Pace.unlimited())
        .send(List.of(file), SequencingReads.asWritten(), ReplayTest::nobody, ReplayTest::nobody);
  }

  private Replay replay(Pace pace) {
    return new Replay(producer, TOPIC, this::number, pace);
  }

  private static void nobody(Object told) {}

  /** A record's value is its number among the serialized. */
  private byte[] number(String topic, SequencingRead read) {
    serialized.add(read);
    return new byte[] {(byte) (serialized.size() - 1)};
  }

  private List<SequencingRead> values() {
    return producer.history().stream().map(record -> serialized.get(record.value()[0])).toList();
  }

  private static String startedAt(Instant time) {
    return fastq("r1 runid=" + "0".repeat(40) + " start_time=" + time, "ACGT");
  }

  private static String fastq(String header, String bases) {
    return "@" + header + "\n" + bases + "\n+\n" + "!".repeat(bases.length()) + "\n";
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }
}
