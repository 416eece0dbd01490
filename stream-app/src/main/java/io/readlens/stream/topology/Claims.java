package io.readlens.stream.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a producer claims of a read in numbers, as far as it can be true. Nobody checks these before
 * they come here: a time may be in microseconds, 0 for "none", or anything that 64 bits hold, and
 * what is published must be one that every client can read. A claim that cannot be is ignored and
 * named; the read is explained all the same.
 *
 * @param eventTime when the read began, from {@link #EARLIEST} to {@link #LEAD} after processing
 * @param source whose time that is
 * @param trueTaxId its true NCBI taxonomy id, 1 or more, in benchmarks
 * @param ignored the claims that cannot be
 */
record Claims(
    Instant eventTime, Source source, OptionalInt trueTaxId, List<Claims.Ignored> ignored) {
  /** No sequencer whose reads are in a file of today ran before; seconds and zeros are below. */
  static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");

  /** How far the clock of whoever claims a time may be ahead of this machine's. */
  static final Duration LEAD = Duration.ofDays(1);

  Claims {
    ignored = List.copyOf(ignored);
  }

  /** Whose time an event time is. The names are the schema's. */
  enum Source {
    /** The read's. */
    START_TIME,
    /** Its record's in Kafka. */
    RECORD_TIME,
    /** This machine's. */
    PROCESSED_TIME
  }

  /**
   * A claim that cannot be.
   *
   * @param field its name in SequencingRead
   */
  record Ignored(String field, String value) {}

  /**
   * @param startTime as the read claims
   * @param recordTime of the record in Kafka, milliseconds since 1970-01-01T00:00Z; 0 for none
   * @param trueTaxId as the read claims
   * @param now by this machine's clock
   */
  static Claims of(
      Optional<Instant> startTime, long recordTime, OptionalInt trueTaxId, Instant now) {
    List<Ignored> ignored = new ArrayList<>();
    boolean startCanBe = startTime.isPresent() && canBe(startTime.get(), now);
    if (startTime.isPresent() && !startCanBe) {
      ignored.add(new Ignored("startTime", Long.toString(startTime.get().toEpochMilli())));
    }
    boolean taxIdCanBe = trueTaxId.isPresent() && trueTaxId.getAsInt() >= 1;
    if (trueTaxId.isPresent() && !taxIdCanBe) {
      ignored.add(new Ignored("trueTaxId", Integer.toString(trueTaxId.getAsInt())));
    }
    OptionalInt taxId = taxIdCanBe ? trueTaxId : OptionalInt.empty();
    if (startCanBe) {
      return new Claims(startTime.get(), Source.START_TIME, taxId, ignored);
    }
    Instant ofRecord = Instant.ofEpochMilli(recordTime);
    return canBe(ofRecord, now)
        ? new Claims(ofRecord, Source.RECORD_TIME, taxId, ignored)
        : new Claims(now, Source.PROCESSED_TIME, taxId, ignored);
  }

  private static boolean canBe(Instant time, Instant now) {
    return !time.isBefore(EARLIEST) && !time.isAfter(now.plus(LEAD));
  }
}
