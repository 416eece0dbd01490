package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.CLOCK;
import static io.readlens.stream.topology.Samples.NOW;
import static io.readlens.stream.topology.Samples.PARTITION;
import static io.readlens.stream.topology.Samples.READS;
import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static io.readlens.stream.topology.Samples.received;
import static io.readlens.stream.topology.Samples.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.avro.Call;
import io.readlens.avro.CallThreshold;
import io.readlens.avro.Candidate;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.EventTimeSource;
import io.readlens.avro.Explanation;
import io.readlens.avro.HiddenStretch;
import io.readlens.avro.IgnoredField;
import io.readlens.avro.Rank;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.SequencingRead;
import io.readlens.avro.Span;
import io.readlens.model.ExplainedRead;
import io.readlens.model.Faithfulness;
import io.readlens.model.checkpoint.CallRule;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Taxon;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.worker.FakeModel;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroMappingTest {
  private static final String LOWER_CASE = "acgtac" + "n".repeat(3) + "acgtac".repeat(20);

  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde =
      new RegistrySerde<>(SequencingRead.class, registry);
  private final AvroMapping mapping = new AvroMapping(serde, rules(), CLOCK);

  @AfterEach
  void closeRegistry() {
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldExplainAReadWithAllThatItCameWith() {
    // Given
    Instant start = Instant.parse("2020-01-01T00:00:00Z");
    SequencingRead avro =
        read("read/1", LOWER_CASE)
            .setQualities("I".repeat(LOWER_CASE.length()))
            .setRunId("run")
            .setSampleId("sample")
            .setBarcode("barcode")
            .setStartTime(start)
            .setTrueTaxId(562)
            .build();
    IncomingRead read = (IncomingRead) decode(avro);

    // When
    Explanation explanation =
        mapping.explanation(new Outcome.Explained(read, FakeModel.answer(read.tokens())));

    // Then
    int tokens = 1 + 3 + 20;
    assertThat(read.tokens().tokens()).isEqualTo(tokens);
    assertThat(explanation)
        .isEqualTo(
            Explanation.newBuilder()
                .setReadId("read/1")
                .setRunId("run")
                .setSampleId("sample")
                .setBarcode("barcode")
                .setLength(129)
                .setOutcome(ReadOutcome.UNCLASSIFIED)
                .setTokens(tokens)
                .setUnknownBases(3)
                .setInformativeBases(129)
                .setReason("NOT_PROBABLE_ENOUGH")
                .setSequence(LOWER_CASE)
                .setCheckpointId("answer to read/1")
                .setEventTime(start)
                .setEventTimeSource(EventTimeSource.START_TIME)
                .setProcessedTime(NOW)
                .setTrueTaxId(562)
                .build());
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, 1_772_366_400_000_000L, -1})
  void shouldExplainAReadWhoseNumbersCannotBe(long start) {
    // Given
    SequencingRead avro =
        read("read", "ACGTAC".repeat(21))
            .setStartTime(Instant.ofEpochMilli(start))
            .setTrueTaxId(-7)
            .build();
    Instant recordTime = NOW.minusSeconds(1);
    Received record =
        new Received(null, serde.serialize(READS, avro), PARTITION, 42, recordTime.toEpochMilli());

    // When
    IncomingRead read = (IncomingRead) mapping.decode(record);
    Explanation explanation =
        mapping.explanation(new Outcome.Explained(read, FakeModel.answer(read.tokens())));

    // Then
    assertThat(explanation.getOutcome()).isEqualTo(ReadOutcome.CLASSIFIED);
    assertThat(explanation.getEventTime()).isEqualTo(recordTime);
    assertThat(explanation.getEventTimeSource()).isEqualTo(EventTimeSource.RECORD_TIME);
    assertThat(explanation.getTrueTaxId()).isNull();
    assertThat(explanation.getIgnored())
        .containsExactly(
            new IgnoredField("startTime", Long.toString(start)),
            new IgnoredField("trueTaxId", "-7"));
  }

  @ParameterizedTest
  @EnumSource(Claims.Source.class)
  void shouldHaveASymbolForEverySourceOfTime(Claims.Source source) {
    // When
    EventTimeSource symbol = EventTimeSource.valueOf(source.name());

    // Then
    assertThat(symbol).isNotEqualTo(EventTimeSource.UNKNOWN);
  }

  @Test
  void shouldNotPublishATimestampBeyondEveryCalendar() {
    // Given
    long latest = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    // When
    List<DeadLetter> letters =
        Stream.of(-1L, latest, latest + 1, Long.MAX_VALUE)
            .map(timestamp -> new Received(null, null, PARTITION, 42, timestamp))
            .map(record -> new Rejected(record, "", Reason.UNREADABLE_RECORD, "why"))
            .map(mapping::deadLetter)
            .toList();

    // Then
    assertThat(letters)
        .extracting(letter -> letter.getTimestamp().toEpochMilli())
        .containsExactly(0L, latest, 0L, 0L);
    assertThat(letters)
        .extracting(DeadLetter::getDetail)
        .containsExactly(
            "why",
            "why",
            "why; the record's timestamp is 253402300800000",
            "why; the record's timestamp is 9223372036854775807");
  }

  @Test
  void shouldPublishCallsSpansAndMask() {
    // Given
    IncomingRead read = (IncomingRead) decode(read("read", "ACGTAC".repeat(21)).build());

    // When
    Explanation explanation =
        mapping.explanation(new Outcome.Explained(read, FakeModel.answer(read.tokens())));

    // Then
    byte[] mask = new byte[21];
    mask[0] = (byte) 255;
    assertThat(explanation.getOutcome()).isEqualTo(ReadOutcome.CLASSIFIED);
    assertThat(explanation.getCalls())
        .containsExactly(
            new Call(
                Rank.SUPERKINGDOM,
                2,
                "Bacteria",
                0.75,
                List.of(new Candidate(null, "Unheard of", 0.25)),
                List.of(new Span(0, 6, 1.0, 0)),
                0,
                null,
                null));
    assertThat(explanation.getMask()).isEqualTo(ByteBuffer.wrap(mask));
    assertThat(explanation.getEventTime()).isEqualTo(NOW);
    assertThat(explanation.getEventTimeSource()).isEqualTo(EventTimeSource.PROCESSED_TIME);
    assertThat(explanation.getTrueTaxId()).isNull();
  }

  @Test
  void shouldPublishHowFarSpansCarryACallWhereThatWasAsked() {
    // Given
    IncomingRead read = (IncomingRead) decode(read("read", "ACGTAC".repeat(21)).build());
    var call = FakeModel.answer(read.tokens()).calls().get(0);
    var tested =
        new io.readlens.model.Call(
            call.taxon(),
            call.probability(),
            call.alternatives(),
            call.mask(),
            call.spans(),
            7,
            Optional.of(new Faithfulness(0.5, -0.25)));

    // When
    Explanation explanation =
        mapping.explanation(
            new Outcome.Explained(read, new ExplainedRead(List.of(tested), "checkpoint")));

    // Then
    Call published = explanation.getCalls().get(0);
    assertThat(published.getSufficiency()).isEqualTo(0.5);
    assertThat(published.getComprehensiveness()).isEqualTo(-0.25);
    assertThat(published.getSpansLeftOut()).isEqualTo(7);
  }

  @Test
  void shouldSayByWhatAReadWasCalledOrNotCalled() {
    // Given
    IncomingRead read = (IncomingRead) decode(read("read", "ACGTAC".repeat(21)).build());
    ExplainedRead answer = new ExplainedRead(List.of(), "checkpoint");
    Thresholds thresholds = new Thresholds(0.9, 0.8, 0.7);
    ExplainedRead silent = answer.by(new CallRule(thresholds, Optional.of(Profile.STRICT)));
    ExplainedRead custom = answer.by(new CallRule(thresholds, Optional.empty()));

    // When
    Explanation strict = mapping.explanation(new Outcome.Explained(read, silent));
    Explanation ofOwn = mapping.explanation(new Outcome.Explained(read, custom));
    Explanation notAsked = mapping.explanation((Outcome.TooShort) decode(read("r", "").build()));

    // Then
    assertThat(strict.getProfile()).isEqualTo("STRICT");
    assertThat(strict.getThresholds())
        .containsExactly(
            new CallThreshold(Rank.SUPERKINGDOM, 0.9),
            new CallThreshold(Rank.PHYLUM, 0.8),
            new CallThreshold(Rank.GENUS, 0.7));
    assertThat(ofOwn.getProfile()).isEqualTo("CUSTOM");
    assertThat(ofOwn.getThresholds()).isEqualTo(strict.getThresholds());
    assertThat(notAsked.getProfile()).isEmpty();
    assertThat(notAsked.getThresholds()).isEmpty();
  }

  @Test
  void shouldNameTheBackgroundThatAReadIsOf() {
    // Given
    IncomingRead read = (IncomingRead) decode(read("r", "ACGTAC".repeat(21)).build());
    ExplainedRead answer = new ExplainedRead(List.of(), "c", ExplainedRead.BACKGROUND, "vector");

    // When
    Explanation explanation = mapping.explanation(new Outcome.Explained(read, answer));

    // Then
    assertThat(explanation.getOutcome()).isEqualTo(ReadOutcome.UNCLASSIFIED);
    assertThat(explanation.getReason()).isEqualTo("BACKGROUND");
    assertThat(explanation.getBackground()).isEqualTo("vector");
  }

  @Test
  void shouldSayWhatIsHiddenAndWhyAReadOfNothingElseIsSilent() {
    // Given
    AvroMapping filtering =
        new AvroMapping(
            serde,
            new ExplanationRules(
                InputFilter.standard(), 100, 1000, 0, true, true, () -> "c", 1_000_000),
            CLOCK);
    String real = Samples.bases(300);
    String repeat = "CAG".repeat(100);

    // When
    Decoded partly =
        filtering.decode(received(serde.serialize(READS, read("r", real + repeat).build())));
    Decoded wholly = filtering.decode(received(serde.serialize(READS, read("r", repeat).build())));

    // Then
    Explanation asked =
        filtering.explanation(
            new Outcome.Explained(
                (IncomingRead) partly, FakeModel.answer(((IncomingRead) partly).tokens())));
    assertThat(asked.getHidden()).containsExactly(new HiddenStretch(300, 600, "LOW_COMPLEXITY", 0));
    assertThat(asked.getInformativeBases()).isEqualTo(300);
    assertThat(asked.getReason()).isEqualTo("NOT_PROBABLE_ENOUGH");
    Explanation silent = filtering.explanation((Outcome.Explained) wholly);
    assertThat(silent.getOutcome()).isEqualTo(ReadOutcome.UNCLASSIFIED);
    assertThat(silent.getReason()).isEqualTo("TOO_LITTLE_INFORMATION");
    assertThat(silent.getInformativeBases()).isZero();
    assertThat(silent.getHidden()).containsExactly(new HiddenStretch(0, 300, "LOW_COMPLEXITY", 0));
    assertThat(silent.getCheckpointId()).isEqualTo("c");
    assertThat(silent.getSequence()).isEqualTo(repeat);
  }

  @Test
  void shouldRejectASilentReadWhoseRecordIsTooLarge() {
    // Given
    AvroMapping narrow =
        new AvroMapping(
            serde,
            new ExplanationRules(
                InputFilter.standard(), 100, 1_000_000, 0, true, true, () -> "c", 300_000),
            CLOCK);
    byte[] value = serde.serialize(READS, read("r", "CAG".repeat(100_000)).build());

    // When
    Decoded decoded = narrow.decode(received(value));

    // Then
    assertThat(decoded)
        .isInstanceOfSatisfying(
            Outcome.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(Outcome.Reason.TOO_LONG));
  }

  @Test
  void shouldLeaveOutWhatIsNotAskedFor() {
    // Given
    AvroMapping sparse =
        new AvroMapping(
            serde,
            new ExplanationRules(
                InputFilter.NONE, 100, 1000, 0, false, false, () -> "c", 1_000_000),
            CLOCK);
    byte[] value = serde.serialize(READS, read("read", "ACGTAC".repeat(21)).build());
    IncomingRead read = (IncomingRead) sparse.decode(received(value));

    // When
    Explanation explanation =
        sparse.explanation(new Outcome.Explained(read, FakeModel.answer(read.tokens())));

    // Then
    assertThat(explanation.getSequence()).isNull();
    assertThat(explanation.getMask()).isNull();
    assertThat(explanation.getCalls().get(0).getAlternatives()).isEmpty();
  }

  @Test
  void shouldCallAReadBelowTheMinimumTooShort() {
    // Given
    SequencingRead empty = read("read", "").build();
    SequencingRead shorter = read("read", "A".repeat(99)).build();
    SequencingRead longEnough = read("read", "A".repeat(100)).build();

    // When
    List<Decoded> decoded = List.of(decode(empty), decode(shorter), decode(longEnough));

    // Then
    assertThat(decoded)
        .hasExactlyElementsOfTypes(
            Outcome.TooShort.class, Outcome.TooShort.class, IncomingRead.class);
    Explanation explanation = mapping.explanation((Outcome.TooShort) decoded.get(0));
    assertThat(explanation.getOutcome()).isEqualTo(ReadOutcome.TOO_SHORT);
    assertThat(explanation.getLength()).isZero();
    assertThat(explanation.getCalls()).isEmpty();
    assertThat(explanation.getMask()).isNull();
    assertThat(explanation.getCheckpointId()).isEqualTo("checkpoint");
  }

  @Test
  void shouldRejectAReadAboveTheMaximum() {
    // Given
    SequencingRead avro = read("read", "A".repeat(1001)).build();

    // When
    Decoded decoded = decode(avro);

    // Then
    assertRejected(decoded, Reason.TOO_LONG, "1001 bases");
    assertThat(decode(read("read", "A".repeat(1000)).build())).isInstanceOf(IncomingRead.class);
  }

  @Test
  void shouldSayWhichMateOfAPairSpansAndHiddenBasesAreOf() {
    // Given a pair whose second mate ends in a repeat
    AvroMapping filtering =
        new AvroMapping(
            serde,
            new ExplanationRules(
                InputFilter.standard(), 100, 1000, 0, true, true, () -> "c", 1_000_000),
            CLOCK);
    String first = Samples.bases(120);
    String second = Samples.bases(60) + "CAG".repeat(20);
    SequencingRead avro =
        read("pair", first)
            .setMateSequence(second)
            .setMateQualities("I".repeat(second.length()))
            .build();
    IncomingRead read = (IncomingRead) filtering.decode(received(serde.serialize(READS, avro)));
    io.readlens.model.Call call =
        new io.readlens.model.Call(
            new Taxon(
                io.readlens.model.read.Rank.SUPERKINGDOM, 0, OptionalInt.of(2), "Bacteria", -1),
            0.9,
            List.of(),
            Mask.of(new float[read.tokens().tokens()]),
            List.of(
                new io.readlens.model.read.Span(12, 120, 1),
                new io.readlens.model.read.Span(120, 138, 1)));

    // When
    Explanation explanation =
        filtering.explanation(
            new Outcome.Explained(read, new ExplainedRead(List.of(call), "checkpoint")));

    // Then
    assertThat(explanation.getReadId()).isEqualTo("pair");
    assertThat(explanation.getLength()).isEqualTo(240);
    assertThat(explanation.getMateLength()).isEqualTo(120);
    assertThat(explanation.getSequence()).isEqualTo(first);
    assertThat(explanation.getMateSequence()).isEqualTo(second);
    assertThat(explanation.getCalls().get(0).getSpans())
        .containsExactly(new Span(12, 120, 1.0, 0), new Span(0, 18, 1.0, 1));
    // The last of the random bases happens to go on with the repeat, and its token goes with it.
    assertThat(explanation.getHidden())
        .containsExactly(new HiddenStretch(54, 120, "LOW_COMPLEXITY", 1));
    assertThat(explanation.getInformativeBases()).isEqualTo(174);
    assertThat(explanation.getTokens()).isEqualTo(40);
  }

  @Test
  void shouldMeasureAPairByBothMatesTogether() {
    // Given
    SequencingRead tooShort = read("r", "A".repeat(50)).setMateSequence("C".repeat(49)).build();
    SequencingRead fits = read("r", "A".repeat(503)).setMateSequence("C".repeat(497)).build();
    SequencingRead tooLong = read("r", "A".repeat(504)).setMateSequence("C".repeat(497)).build();
    SequencingRead single = read("r", "A".repeat(100)).build();
    SequencingRead empty = read("r", "A".repeat(100)).setMateSequence("").build();

    // When
    List<Decoded> decoded = List.of(decode(tooShort), decode(fits), decode(single), decode(empty));

    // Then
    assertThat(decoded)
        .hasExactlyElementsOfTypes(
            Outcome.TooShort.class, IncomingRead.class, IncomingRead.class, IncomingRead.class);
    assertThat(mapping.explanation((Outcome.TooShort) decoded.get(0)).getMateLength())
        .isEqualTo(49);
    assertThat(mateLength(decoded.get(2))).isNull();
    assertThat(mateLength(decoded.get(3))).isZero();
    assertRejected(decode(tooLong), Reason.TOO_LONG, "1001 bases");
  }

  private Integer mateLength(Decoded decoded) {
    IncomingRead read = (IncomingRead) decoded;
    return mapping
        .explanation(new Outcome.Explained(read, FakeModel.answer(read.tokens())))
        .getMateLength();
  }

  @Test
  void shouldRejectAMateThatIsNone() {
    // Given
    SequencingRead.Builder read = read("r", "ACGT".repeat(30));
    SequencingRead letters = SequencingRead.newBuilder(read).setMateSequence("ACGT7").build();
    SequencingRead qualities =
        SequencingRead.newBuilder(read).setMateSequence("ACGT").setMateQualities("II").build();
    SequencingRead quality =
        SequencingRead.newBuilder(read).setMateSequence("ACGT").setMateQualities("II I").build();
    SequencingRead alone = SequencingRead.newBuilder(read).setMateQualities("II").build();

    // When / Then
    assertRejected(decode(letters), Reason.INVALID_BASES, "read r (mate) has '7' at base 4");
    assertRejected(decode(qualities), Reason.INVALID_RECORD, "2 qualities for 4 bases of the mate");
    assertRejected(decode(quality), Reason.INVALID_RECORD, "base 2 of the mate");
    assertRejected(decode(alone), Reason.INVALID_RECORD, "no bases of it");
  }

  @Test
  void shouldRejectBasesThatAreNone() {
    // Given
    SequencingRead avro = read("read", "ACGT1".repeat(30)).build();

    // When
    Decoded decoded = decode(avro);

    // Then
    assertRejected(decoded, Reason.INVALID_BASES, "'1' at base 4");
  }

  @Test
  void shouldRejectQualitiesThatDoNotFitTheBases() {
    // Given
    SequencingRead fewer = read("read", "A".repeat(100)).setQualities("I".repeat(99)).build();
    SequencingRead none =
        read("read", "A".repeat(100)).setQualities("I".repeat(99) + "\u007f").build();

    // When
    List<Decoded> decoded = List.of(decode(fewer), decode(none));

    // Then
    assertRejected(decoded.get(0), Reason.INVALID_RECORD, "99 qualities for 100 bases");
    assertRejected(decoded.get(1), Reason.INVALID_RECORD, "quality of base 99");
  }

  @Test
  void shouldRejectNamesThatAreBlankOrBeyondMeasure() {
    // Given
    SequencingRead blank = read(" ", "A".repeat(100)).build();
    SequencingRead endless = read("read", "A".repeat(100)).setRunId("r".repeat(70_000)).build();
    byte[] good = serde.serialize(READS, read("read", "A".repeat(100)).build());
    Received longKey = new Received(new byte[70_000], good, PARTITION, 42, 1_000);

    // When
    List<Decoded> decoded = List.of(decode(blank), decode(endless), mapping.decode(longKey));

    // Then
    assertRejected(decoded.get(0), Reason.INVALID_RECORD, "blank");
    assertRejected(decoded.get(1), Reason.INVALID_RECORD, "70004 characters");
    assertRejected(decoded.get(2), Reason.INVALID_RECORD, "70000 bytes");
    assertThat(((Rejected) decoded.get(2)).outputKey()).isNull();
  }

  @Test
  void shouldRejectBytesThatAreNoRead() {
    // Given
    byte[] unknownSchema = {0, 0, 0, 0, 99, 1, 2, 3};
    byte[] truncated = serde.serialize(READS, read("read", "A".repeat(100)).build());

    // When
    List<Decoded> decoded =
        List.of(
            mapping.decode(received(null)),
            mapping.decode(received(bytes("not Avro"))),
            mapping.decode(received(Arrays.copyOf(truncated, 50))),
            mapping.decode(received(unknownSchema)));

    // Then
    assertRejected(decoded.get(0), Reason.UNREADABLE_RECORD, "no value");
    assertRejected(decoded.get(1), Reason.UNREADABLE_RECORD, "first byte");
    assertRejected(decoded.get(2), Reason.UNREADABLE_RECORD, "");
    assertRejected(decoded.get(3), Reason.UNKNOWN_SCHEMA, "99");
  }

  @Test
  void shouldNotBlameTheRecordForTheRegistry() {
    // Given
    fakeRegistry.fail();
    byte[] value = {0, 0, 0, 0, 7, 1, 2, 3};

    // When
    var thrown = assertThatThrownBy(() -> mapping.decode(received(value)));

    // Then
    thrown.isInstanceOf(RegistryException.class);
  }

  @Test
  void shouldRepeatARejectedRecordByteForByte() {
    // Given
    byte[] value = bytes("not Avro");

    // When
    DeadLetter letter =
        mapping.deadLetter(new Rejected(received(value), "", Reason.UNREADABLE_RECORD, "why"));

    // Then
    assertThat(letter)
        .isEqualTo(
            new DeadLetter(
                ByteBuffer.wrap(bytes("key")),
                ByteBuffer.wrap(value),
                READS,
                1,
                42L,
                Instant.ofEpochMilli(1_000),
                DeadLetterReason.UNREADABLE_RECORD,
                "why",
                NOW));
  }

  @Test
  void shouldKeepALetterWithoutKeyAndValue() {
    // Given
    Received bare = new Received(null, null, PARTITION, 42, 1_000);

    // When
    DeadLetter letter = mapping.deadLetter(new Rejected(bare, "", Reason.UNREADABLE_RECORD, "why"));

    // Then
    assertThat(letter.getKey()).isNull();
    assertThat(letter.getValue()).isNull();
  }

  @Test
  void shouldCutARecordThatNoLetterCanHold() {
    // Given
    Received large = new Received(new byte[100_000], new byte[2_000_000], PARTITION, 42, 1_000);

    // When
    DeadLetter letter = mapping.deadLetter(new Rejected(large, "", Reason.INVALID_RECORD, "why"));

    // Then
    assertThat(letter.getDetail())
        .isEqualTo(
            "why; cut to fit: 65536 of 100000 bytes of the key, 803392 of 2000000 of the value");
    assertThat(letter.getKey().remaining()).isEqualTo(65_536);
    assertThat(letter.getValue().remaining()).isEqualTo(803_392);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "\u0000", "\ud83e\uddec", "\u202e"})
  void shouldNotLetWhatIsSaidTakeTheLettersRoom(String character) {
    // Given
    Received large = new Received(null, new byte[2_000_000], PARTITION, 42, 1_000);
    Rejected rejected = new Rejected(large, "", Reason.INVALID_RECORD, character.repeat(300_000));

    // When
    DeadLetter letter = mapping.deadLetter(rejected);

    // Then
    byte[] record = new RegistrySerde<>(DeadLetter.class, registry).serialize("letters", letter);
    assertThat(record).hasSizeLessThan(rules().maxRecordBytes());
    assertThat(letter.getDetail()).contains("...; cut to fit: ");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void shouldHaveASymbolForEveryReason(Reason reason) {
    // When
    DeadLetter letter = mapping.deadLetter(new Rejected(received(null), "", reason, ""));

    // Then
    assertThat(letter.getReason().name()).isEqualTo(reason.name());
  }

  private Decoded decode(SequencingRead avro) {
    return mapping.decode(received(serde.serialize(READS, avro)));
  }

  private static void assertRejected(Decoded decoded, Reason reason, String detail) {
    assertThat(decoded)
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(reason);
              assertThat(rejected.detail()).contains(detail);
            });
  }
}
