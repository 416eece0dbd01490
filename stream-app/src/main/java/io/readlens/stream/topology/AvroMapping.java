package io.readlens.stream.topology;

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
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.read.Hidden;
import io.readlens.model.read.InvalidReadException;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.text.Legible;
import io.readlens.schemas.RegistryException;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.TrustedClasses;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where Avro and the domain meet, and the only place: records become checked reads, outcomes become
 * records. Coordinates index {@code sequence} as received, 0-based and half-open, on both sides;
 * those of a second mate, which the domain counts on behind the first one, index {@code
 * mateSequence}.
 *
 * <p>Threading: immutable; safe for use by many threads.
 */
final class AvroMapping {
  /**
   * What a read's names and a record's key may take, in characters and bytes. They are repeated in
   * what is written; without a bound a record could be read that no topic takes the answer to.
   */
  static final int MAX_NAME_LENGTH = 64 * 1024;

  /** The headers of a record that are passed on, in bytes at most. */
  static final int MAX_HEADER_BYTES = 16 * 1024;

  /**
   * What a dead letter says, in characters of the text before any is spelt out; names may be long.
   */
  private static final int MAX_DETAIL_LENGTH = 1000;

  /** What an outcome needs beside what it repeats of the record, headers included, in bytes. */
  private static final int OVERHEAD = 64 * 1024;

  /** A span in Avro at most: two ints, a union's branch, a double and its mate. */
  private static final int SPAN_BYTES = 5 + 5 + 1 + 8 + 1;

  /** A hidden stretch in Avro at most: two ints, the kind's length and letters, its mate. */
  private static final int HIDDEN_BYTES = 5 + 5 + 1 + 15 + 1;

  /** A char in UTF-8 at most. */
  private static final int UTF_8_BYTES = 3;

  /** The last millisecond of the year 9999: no client's calendar need go further. */
  private static final long LATEST_TIMESTAMP =
      Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  static {
    TrustedClasses.trust();
  }

  private final RegistrySerde<SequencingRead> serde;
  private final ExplanationRules rules;
  private final Clock clock;

  /**
   * @param serde reads the records of the reads topic
   * @param clock tells the time at which an outcome is written down
   */
  AvroMapping(RegistrySerde<SequencingRead> serde, ExplanationRules rules, Clock clock) {
    this.serde = serde;
    this.rules = rules;
    this.clock = clock;
  }

  /** A mapping for reads that come from elsewhere than a topic: there is nothing to decode. */
  AvroMapping(ExplanationRules rules, Clock clock) {
    this(null, rules, clock);
  }

  /**
   * Decodes and checks a record, and tokenizes its read.
   *
   * @throws RegistryException if the registry fails, which says nothing about the record
   */
  Decoded decode(Received record) {
    if (record.value() == null) {
      return new Rejected(record, "", Reason.UNREADABLE_RECORD, "the record has no value");
    }
    if (record.key() != null && record.key().length > MAX_NAME_LENGTH) {
      return new Rejected(
          record, "", Reason.INVALID_RECORD, "the key has " + record.key().length + " bytes");
    }
    try {
      return check(record, serde.deserialize(record.partition().topic(), record.value()));
    } catch (UndecodableException e) {
      return new Rejected(record, "", reason(e.kind()), e.getMessage());
    }
  }

  private static Reason reason(UndecodableException.Kind kind) {
    return switch (kind) {
      case NOT_FRAMED, CORRUPT -> Reason.UNREADABLE_RECORD;
      case UNKNOWN_SCHEMA -> Reason.UNKNOWN_SCHEMA;
    };
  }

  /** Checks a read and tokenizes it. */
  Decoded check(Received record, SequencingRead avro) {
    Optional<String> fault = fault(avro);
    if (fault.isPresent()) {
      return new Rejected(record, sample(avro), Reason.INVALID_RECORD, fault.get());
    }
    int length = length(avro.getSequence()) + length(avro.getMateSequence());
    if (length > rules.maxLength()) {
      return new Rejected(
          record,
          sample(avro),
          Reason.TOO_LONG,
          "the read has " + length + " bases, more than " + rules.maxLength());
    }
    IncomingRead read;
    try {
      read = incoming(record, avro, tokens(avro));
    } catch (InvalidReadException e) {
      return new Rejected(record, sample(avro), Reason.INVALID_BASES, e.getMessage());
    }
    int places = read.tokens().places();
    if (places > rules.maxPlaces()) {
      return new Rejected(
          record,
          sample(avro),
          Reason.TOO_LONG,
          "the read has "
              + places
              + " tokens, each unknown base being one, more than "
              + rules.maxPlaces());
    }
    if (length < rules.minLength()) {
      return new Outcome.TooShort(read);
    }
    return read.tokens().isInformative() ? read : withoutTheModel(record, read);
  }

  /** The outcome of a read of which too little is shown for any model to call it. */
  private Outcome withoutTheModel(Received record, IncomingRead read) {
    Outcome.Explained explained =
        new Outcome.Explained(
            read, ExplainedRead.ofTooLittle(rules.checkpointId().get(), read.tokens()));
    return fault(explained)
        .<Outcome>map(fault -> new Rejected(record, read.sampleId(), Reason.TOO_LONG, fault))
        .orElse(explained);
  }

  private TokenizedRead tokens(SequencingRead avro) {
    Read read = Read.of(avro.getReadId(), avro.getSequence());
    return avro.getMateSequence() == null
        ? rules.filter().tokenize(read)
        : rules
            .filter()
            .tokenize(read, Read.of(avro.getReadId() + " (mate)", avro.getMateSequence()));
  }

  private static int length(String bases) {
    return bases == null ? 0 : bases.length();
  }

  private static String sample(SequencingRead avro) {
    return avro.getSampleId().length() > MAX_NAME_LENGTH ? "" : avro.getSampleId();
  }

  private static Optional<String> fault(SequencingRead avro) {
    if (avro.getReadId().isBlank()) {
      return Optional.of("the read has a blank name");
    }
    long names =
        (long) avro.getReadId().length()
            + avro.getRunId().length()
            + avro.getSampleId().length()
            + avro.getBarcode().length();
    if (names > MAX_NAME_LENGTH) {
      return Optional.of(
          "the names of read, run, sample and barcode take " + names + " characters");
    }
    if (avro.getMateQualities() != null && avro.getMateSequence() == null) {
      return Optional.of("there are qualities of a mate, and no bases of it");
    }
    return fault("", avro.getSequence(), avro.getQualities())
        .or(() -> fault(" of the mate", avro.getMateSequence(), avro.getMateQualities()));
  }

  private static Optional<String> fault(String ofMate, String bases, String qualities) {
    if (qualities == null) {
      return Optional.empty();
    }
    if (qualities.length() != bases.length()) {
      return Optional.of(
          qualities.length() + " qualities for " + bases.length() + " bases" + ofMate);
    }
    for (int i = 0; i < qualities.length(); i++) {
      if (qualities.charAt(i) < '!' || qualities.charAt(i) > '~') {
        return Optional.of("the quality of base " + i + ofMate + " is none in Phred+33");
      }
    }
    return Optional.empty();
  }

  private IncomingRead incoming(Received record, SequencingRead avro, TokenizedRead tokens) {
    return new IncomingRead(
        tokens,
        avro.getRunId(),
        avro.getSampleId(),
        avro.getBarcode(),
        Claims.of(
            Optional.ofNullable(avro.getStartTime()),
            record.timestamp(),
            avro.getTrueTaxId() == null ? OptionalInt.empty() : OptionalInt.of(avro.getTrueTaxId()),
            clock.instant()),
        rules.includeSequence() ? Optional.of(avro.getSequence()) : Optional.empty(),
        Optional.ofNullable(avro.getMateSequence()).filter(mate -> rules.includeSequence()));
  }

  /**
   * Why the explanation of a read cannot be written: its record would be too large. Bytes are
   * counted as what they take at most.
   */
  Optional<String> fault(Outcome.Explained explained) {
    IncomingRead read = explained.read();
    ExplainedRead answer = explained.answer();
    long bytes =
        UTF_8_BYTES * ((long) read.tokens().id().length() + read.runId().length())
            + UTF_8_BYTES * ((long) read.sampleId().length() + read.barcode().length())
            + read.sequence().map(String::length).orElse(0)
            + read.mateSequence().map(String::length).orElse(0)
            + (rules.includeMask() ? read.tokens().tokens() : 0)
            + (long) HIDDEN_BYTES * read.tokens().hidden().size()
            + OVERHEAD
            + MAX_NAME_LENGTH; // The key.
    for (io.readlens.model.Call call : answer.calls()) {
      bytes += (long) SPAN_BYTES * call.spans().size();
    }
    return bytes <= rules.maxRecordBytes()
        ? Optional.empty()
        : Optional.of(
            "its explanation may take %d bytes, more than max.request.size = %d"
                .formatted(bytes, rules.maxRecordBytes()));
  }

  /** The explanation of a read that the model answered. */
  Explanation explanation(Outcome.Explained explained) {
    ExplainedRead answer = explained.answer();
    return explanation(
        explained.read(),
        answer.classified() ? ReadOutcome.CLASSIFIED : ReadOutcome.UNCLASSIFIED,
        answer);
  }

  /** The explanation of a read that is too short for the model to be asked. */
  Explanation explanation(Outcome.TooShort tooShort) {
    IncomingRead read = tooShort.read();
    ExplainedRead nothing = ExplainedRead.ofTooLittle(rules.checkpointId().get(), read.tokens());
    return explanation(read, ReadOutcome.TOO_SHORT, nothing);
  }

  private Explanation explanation(IncomingRead read, ReadOutcome outcome, ExplainedRead answer) {
    OptionalInt mateStart = read.tokens().mateStart();
    return new Explanation(
        read.tokens().id(),
        read.runId(),
        read.sampleId(),
        read.barcode(),
        read.tokens().length(),
        mateStart.isPresent() ? read.tokens().length() - mateStart.getAsInt() : null,
        outcome,
        answer.calls().stream().map(call -> call(call, mateStart)).toList(),
        rules.includeMask()
            ? answer.mask().map(Mask::toBytes).map(ByteBuffer::wrap).orElse(null)
            : null,
        read.tokens().tokens(),
        read.tokens().unknownBases(),
        read.tokens().shownBases(),
        read.tokens().hidden().stream().map(each -> hidden(each, mateStart)).toList(),
        outcome == ReadOutcome.UNCLASSIFIED ? answer.reason() : "",
        outcome == ReadOutcome.UNCLASSIFIED ? answer.background() : "",
        read.sequence().orElse(null),
        read.mateSequence().orElse(null),
        answer.checkpointId(),
        answer.rule().map(CallRule::profileName).orElse(""),
        answer.rule().map(CallRule::thresholds).map(AvroMapping::thresholds).orElse(List.of()),
        read.claims().eventTime(),
        EventTimeSource.valueOf(read.claims().source().name()),
        clock.instant(),
        orNull(read.claims().trueTaxId()),
        read.claims().ignored().stream()
            .map(each -> new IgnoredField(each.field(), each.value()))
            .toList());
  }

  private static List<CallThreshold> thresholds(Thresholds thresholds) {
    return Arrays.stream(io.readlens.model.read.Rank.values())
        .map(rank -> new CallThreshold(Rank.valueOf(rank.name()), thresholds.of(rank)))
        .toList();
  }

  /** Of a pair, stretches are told by the bases of the mate that they are in. */
  private static HiddenStretch hidden(Hidden each, OptionalInt mateStart) {
    int offset = offset(each.start(), mateStart);
    return new HiddenStretch(
        each.start() - offset, each.end() - offset, each.kind().name(), offset == 0 ? 0 : 1);
  }

  private static Span span(io.readlens.model.read.Span span, OptionalInt mateStart) {
    int offset = offset(span.start(), mateStart);
    return new Span(
        span.start() - offset, span.end() - offset, (double) span.score(), offset == 0 ? 0 : 1);
  }

  /** The pair's base that the mate of a base begins at. */
  private static int offset(int base, OptionalInt mateStart) {
    return mateStart.isPresent() && base >= mateStart.getAsInt() ? mateStart.getAsInt() : 0;
  }

  private Call call(io.readlens.model.Call call, OptionalInt mateStart) {
    int others = Math.min(rules.alternatives(), call.alternatives().size());
    List<Candidate> alternatives = new ArrayList<>(others);
    for (io.readlens.model.Candidate other : call.alternatives().subList(0, others)) {
      alternatives.add(
          new Candidate(orNull(other.taxon().taxId()), other.taxon().name(), other.probability()));
    }
    List<Span> spans = new ArrayList<>(call.spans().size());
    for (io.readlens.model.read.Span span : call.spans()) {
      spans.add(span(span, mateStart));
    }
    return new Call(
        Rank.valueOf(call.rank().name()),
        orNull(call.taxon().taxId()),
        call.taxon().name(),
        call.probability(),
        alternatives,
        spans,
        call.spansLeftOut(),
        call.faithfulness().map(Faithfulness::sufficiency).orElse(null),
        call.faithfulness().map(Faithfulness::comprehensiveness).orElse(null));
  }

  private static Integer orNull(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  /**
   * The dead letter of a record that was rejected. It repeats key and value byte for byte, unless
   * they are too large for it together: a record may have been compressed when its size was
   * checked. Then it repeats their beginnings and says so.
   */
  DeadLetter deadLetter(Rejected rejected) {
    Received record = rejected.record();
    int room = rules.maxRecordBytes() - OVERHEAD;
    int keyBytes = Math.min(length(record.key()), MAX_NAME_LENGTH);
    int valueBytes = Math.min(length(record.value()), room - 2 * keyBytes);
    boolean cut = keyBytes + valueBytes < length(record.key()) + length(record.value());
    boolean timestampCanBe = record.timestamp() <= LATEST_TIMESTAMP;
    StringBuilder detail = new StringBuilder(Legible.of(rejected.detail(), MAX_DETAIL_LENGTH));
    if (cut) {
      detail.append(
          "; cut to fit: %d of %d bytes of the key, %d of %d of the value"
              .formatted(keyBytes, length(record.key()), valueBytes, length(record.value())));
    }
    if (!timestampCanBe) {
      detail.append("; the record's timestamp is ").append(record.timestamp());
    }
    return DeadLetter.newBuilder()
        .setKey(first(keyBytes, record.key()))
        .setValue(first(valueBytes, record.value()))
        .setTopic(record.partition().topic())
        .setPartition(record.partition().partition())
        .setOffset(record.offset())
        .setTimestamp(Instant.ofEpochMilli(timestampCanBe ? record.timestamp() : 0))
        .setReason(DeadLetterReason.valueOf(rejected.reason().name()))
        .setDetail(detail.toString())
        .setProcessedTime(clock.instant())
        .build();
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static ByteBuffer first(int count, byte[] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes, 0, count).slice();
  }
}
