package io.readlens.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.avro.LedgerEntry;
import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.schemas.UndecodableException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RegistrySerdeTest {
  private static final String TOPIC = "t";
  private static final int ID = 0x01020304;
  private static final Schema READ = SequencingRead.getClassSchema();

  private final StubRegistry stub = new StubRegistry();
  private final Registry registry = stub.connect();
  private final RegistrySerde<SequencingRead> serde =
      new RegistrySerde<>(SequencingRead.class, registry);

  @BeforeEach
  void acceptAnything() {
    stub.acceptAs("t-value", ID);
  }

  @AfterEach
  void close() {
    registry.close();
    stub.close();
  }

  @Test
  void shouldWriteConfluentsWireFormat() {
    // Given
    SequencingRead read =
        SequencingRead.newBuilder()
            .setReadId("r1")
            .setSequence("ACGT")
            .setSource(ReadSource.FILE)
            .setTrueTaxId(562)
            .build();
    // When
    byte[] bytes = serde.serialize(TOPIC, read);
    // Then
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "00" // magic
                + "01020304" // schema id, big endian
                + "047231" // length 2, "r1"
                + "0841434754" // length 4, "ACGT"
                + "00" // no qualities
                + "0000" // no mate, no qualities of one
                + "00000000" // runId, sampleId, barcode and platform empty
                + "00" // no start time
                + "02" // second symbol of the enum
                + "02e408" // there is a tax id, 562
                + "00"); // no lineage
  }

  @ParameterizedTest
  @MethodSource("samples")
  <T extends SpecificRecord> void shouldReadWhatItWrote(Class<T> type, T sample) {
    // Given
    RegistrySerde<T> writer = new RegistrySerde<>(type, registry);
    RegistrySerde<T> reader = new RegistrySerde<>(type, registry);
    stub.know(ID, RegistrySerde.published(sample.getSchema()));
    // When
    T read = reader.deserializer().deserialize(TOPIC, writer.serializer().serialize(TOPIC, sample));
    // Then
    assertThat(read).isEqualTo(sample);
  }

  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of(SequencingRead.class, Samples.read()),
        Arguments.of(Explanation.class, Samples.explanation()),
        Arguments.of(DeadLetter.class, Samples.deadLetter()),
        Arguments.of(LedgerEntry.class, Samples.ledgerEntry()),
        Arguments.of(CheckpointEvent.class, Samples.checkpointEvent()));
  }

  @Test
  void shouldPassNullThrough() {
    // When
    byte[] bytes = serde.serialize(TOPIC, null);
    SequencingRead read = serde.deserialize(TOPIC, null);
    // Then
    assertThat(bytes).isNull();
    assertThat(read).isNull();
  }

  @Test
  void shouldReadRecordsOfAnEarlierSchema() throws IOException {
    // Given
    Schema earlier = SchemaVersions.without(READ, "platform");
    stub.know(ID, earlier);
    GenericRecord old =
        new GenericRecordBuilder(earlier)
            .set("readId", "r1")
            .set("sequence", "ACGT")
            .set("source", new GenericData.EnumSymbol(earlier.getField("source").schema(), "FILE"))
            .build();
    // When
    SequencingRead read = serde.deserialize(TOPIC, framed(earlier, old));
    // Then
    assertThat(read.getSequence()).isEqualTo("ACGT");
    assertThat(read.getPlatform()).isEmpty();
    assertThat(read.getSource()).isEqualTo(ReadSource.FILE);
  }

  @Test
  void shouldReadRecordsOfALaterSchema() throws IOException {
    // Given
    Schema later = SchemaVersions.with(READ, "flowCell", Schema.create(Schema.Type.STRING), "none");
    stub.know(ID, later);
    GenericRecord record =
        new GenericRecordBuilder(later)
            .set("flowCell", "FC1")
            .set("readId", "r1")
            .set("sequence", "ACGT")
            .build();
    // When
    SequencingRead read = serde.deserialize(TOPIC, framed(later, record));
    // Then
    assertThat(read.getReadId()).isEqualTo("r1");
    assertThat(read.getSequence()).isEqualTo("ACGT");
  }

  @Test
  void shouldReadAnEnumSymbolOfALaterSchemaAsUnknown() throws IOException {
    // Given
    Schema later =
        new Schema.Parser()
            .parse(
                RegistrySerde.published(READ)
                    .toString()
                    .replace("\"INSTRUMENT\"]", "\"INSTRUMENT\",\"ARCHIVE\"]"));
    stub.know(ID, later);
    GenericRecord record =
        new GenericRecordBuilder(later)
            .set("readId", "r1")
            .set("sequence", "")
            .set("source", new GenericData.EnumSymbol(later.getField("source").schema(), "ARCHIVE"))
            .build();
    // When
    SequencingRead read = serde.deserialize(TOPIC, framed(later, record));
    // Then
    assertThat(read.getSource()).isEqualTo(ReadSource.UNKNOWN);
  }

  @Test
  void shouldBeReadByLaterAndEarlierReaders() throws IOException {
    // Given
    Schema later = SchemaVersions.with(READ, "flowCell", Schema.create(Schema.Type.STRING), "none");
    Schema earlier = SchemaVersions.without(READ, "platform");
    // When
    byte[] bytes = serde.serialize(TOPIC, Samples.read());
    // Then
    assertThat(generic(bytes, later).get("flowCell")).hasToString("none");
    assertThat(generic(bytes, later).get("sequence")).hasToString("ACGTNacgtR");
    assertThat(generic(bytes, earlier).get("barcode")).hasToString("BC03");
  }

  @Test
  void shouldWriteInTheLatestSchemaWhereAsked() throws IOException {
    // Given
    Schema latest =
        SchemaVersions.with(
            SchemaVersions.without(READ, "platform"),
            "flowCell",
            Schema.create(Schema.Type.STRING),
            "none");
    stub.knowLatest("t-value", 9, latest);
    RegistrySerde<SequencingRead> inLatest =
        new RegistrySerde<>(SequencingRead.class, stub.connect("use.latest.version", "true"));
    // When
    byte[] bytes = inLatest.serialize(TOPIC, Samples.read());
    // Then
    assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(9);
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(latest)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
    assertThat(record.get("flowCell")).hasToString("none");
    assertThat(record.get("readId")).hasToString("m64011_190830/1/ccs/1");
    assertThat(record.get("trueTaxId")).isEqualTo(562);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "00000001", "0101020304", "7b2272656164496422"})
  void shouldRefuseBytesThatAreNotFramed(String hex) {
    // When
    UndecodableException refusal = refusal(HexFormat.of().parseHex(hex));
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.NOT_FRAMED);
    assertThat(stub.requests()).isEmpty();
  }

  @Test
  void shouldRefuseARecordThatIsCutAnywhere() {
    // Given
    stub.know(ID, RegistrySerde.published(READ));
    byte[] whole = serde.serialize(TOPIC, Samples.read());
    // When
    Set<Kind> kinds = ConcurrentHashMap.newKeySet();
    for (int length = 5; length < whole.length; length++) {
      kinds.add(refusal(Arrays.copyOf(whole, length)).kind());
    }
    // Then
    assertThat(kinds).containsExactly(Kind.CORRUPT);
  }

  @Test
  void shouldRefuseBytesAfterTheRecord() {
    // Given
    stub.know(ID, RegistrySerde.published(READ));
    byte[] whole = serde.serialize(TOPIC, Samples.read());
    // When
    UndecodableException refusal = refusal(Arrays.copyOf(whole, whole.length + 1));
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.CORRUPT);
    assertThat(refusal).hasMessageContaining("bytes left");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001020304fcffffff0f", // a string of 2,147,483,646 bytes
        "0001020304feffffff0f", // of 2,147,483,647
        "0001020304feffffffffffffffff01", // of 2^63 - 1
        "000102030401" // of -1
      })
  void shouldRefuseAnAbsurdStringLengthWithoutReservingIt(String hex) {
    // Given
    stub.know(ID, RegistrySerde.published(READ));
    // When
    UndecodableException refusal = refusal(HexFormat.of().parseHex(hex));
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.CORRUPT);
  }

  @Test
  void shouldRefuseAnAbsurdArrayLengthWithoutReservingIt() {
    // Given
    RegistrySerde<Explanation> explanations = new RegistrySerde<>(Explanation.class, registry);
    stub.know(ID, RegistrySerde.published(Explanation.getClassSchema()));
    // Four empty strings, length 0, outcome 0, then an array of 2,147,483,639 calls.
    byte[] bytes = HexFormat.of().parseHex("0001020304" + "00000000" + "00" + "00" + "eeffffff0f");
    // When
    UndecodableException refusal =
        catchThrowableOfType(
            UndecodableException.class, () -> explanations.deserialize(TOPIC, bytes));
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.CORRUPT);
  }

  @Test
  void shouldRefuseARecordOfAnotherType() {
    // Given
    stub.know(ID, RegistrySerde.published(DeadLetter.getClassSchema()));
    byte[] other =
        new RegistrySerde<>(DeadLetter.class, registry).serialize(TOPIC, Samples.deadLetter());
    // When
    UndecodableException refusal = refusal(other);
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.CORRUPT);
  }

  @Test
  void shouldRefuseARecordNestedDeeperThanTheStack() {
    // Given
    Schema nested =
        new Schema.Parser()
            .parse(
                RegistrySerde.published(READ)
                    .toString()
                    .replaceFirst(
                        "\"fields\":\\[",
                        "\"fields\":[{\"name\":\"next\",\"default\":null,"
                            + "\"type\":[\"null\",\"io.readlens.avro.SequencingRead\"]},"));
    stub.know(ID, nested);
    byte[] bytes = new byte[1_000_000];
    Arrays.fill(bytes, (byte) 2);
    ByteBuffer.wrap(bytes).put((byte) 0).putInt(ID);
    // When
    UndecodableException refusal = refusal(bytes);
    // Then
    assertThat(refusal.kind()).isEqualTo(Kind.CORRUPT);
  }

  @Test
  void shouldCreateNoClassThatAWriterNames() throws IOException {
    // Given
    Schema hostile =
        new Schema.Parser()
            .parse(
                RegistrySerde.published(READ)
                    .toString()
                    .replaceFirst(
                        "\"name\":\"readId\",\"type\":\"string\"",
                        "\"name\":\"readId\","
                            + "\"type\":{\"type\":\"string\",\"java-class\":\"java.net.URL\"}"));
    stub.know(ID, hostile);
    GenericRecord record =
        new GenericRecordBuilder(hostile)
            .set("readId", "http://example.org")
            .set("sequence", "")
            .build();
    // When
    SequencingRead read = serde.deserialize(TOPIC, framed(hostile, record));
    // Then
    assertThat(read.getReadId()).isEqualTo("http://example.org");
  }

  @Test
  void shouldGoOnAfterARecordThatCannotBeWritten() {
    // Given
    SequencingRead incomplete = new SequencingRead();
    byte[] expected = serde.serialize(TOPIC, Samples.read());
    // When
    assertThatThrownBy(() -> serde.serialize(TOPIC, incomplete))
        .isExactlyInstanceOf(SerializationException.class)
        .hasMessageContaining("SequencingRead");
    // Then
    assertThat(serde.serialize(TOPIC, Samples.read())).isEqualTo(expected);
  }

  @Test
  void shouldServeManyThreads() {
    // Given
    stub.know(ID, RegistrySerde.published(READ));
    List<SequencingRead> reads =
        IntStream.range(0, 20_000)
            .mapToObj(
                i ->
                    SequencingRead.newBuilder(Samples.read())
                        .setReadId("r" + i)
                        .setSequence("ACGT".repeat(i % 97))
                        .build())
            .toList();
    // When
    List<SequencingRead> back =
        reads.parallelStream()
            .map(read -> serde.deserialize(TOPIC, serde.serialize(TOPIC, read)))
            .toList();
    // Then
    assertThat(back).isEqualTo(reads);
  }

  private UndecodableException refusal(byte[] bytes) {
    return catchThrowableOfType(UndecodableException.class, () -> serde.deserialize(TOPIC, bytes));
  }

  private static GenericRecord generic(byte[] framed, Schema reader) throws IOException {
    return new GenericDatumReader<GenericRecord>(RegistrySerde.published(READ), reader)
        .read(null, DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null));
  }

  private static byte[] framed(Schema schema, GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(ID).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
