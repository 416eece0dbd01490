package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import io.readlens.stream.ledger.Counts;

/** What became of one record. Every record of the reads topic has exactly one. */
sealed interface Outcome extends Decoded {
  /** One, in its place in the ledger. */
  Counts counts();

  /** The model answered, or too little is shown of the read for it to be asked. */
  record Explained(IncomingRead read, ExplainedRead answer) implements Outcome {
    @Override
    public String sampleId() {
      return read.sampleId();
    }

    @Override
    public Counts counts() {
      return answer.classified() ? Counts.CLASSIFIED : Counts.UNCLASSIFIED;
    }
  }

  /** Too few bases for the model to be asked. */
  record TooShort(IncomingRead read) implements Outcome {
    @Override
    public String sampleId() {
      return read.sampleId();
    }

    @Override
    public Counts counts() {
      return Counts.TOO_SHORT;
    }
  }

  /**
   * No answer is possible, now or later, through the record's own fault.
   *
   * @param record the record as it came
   * @param sampleId the sample; empty if the record cannot be decoded, or its name is beyond
   *     measure
   * @param reason whose fault it is
   * @param detail one sentence for a person to read
   */
  record Rejected(Received record, String sampleId, Reason reason, String detail)
      implements Outcome {
    /** The record's key; null if it is beyond measure. */
    byte[] outputKey() {
      byte[] key = record.key();
      return key == null || key.length > AvroMapping.MAX_NAME_LENGTH ? null : key;
    }

    @Override
    public Counts counts() {
      return Counts.DEAD_LETTERED;
    }
  }

  /**
   * Not of a record, but of those that were deleted from a partition before they came: it has the
   * ledger count them where no read would.
   *
   * @param partition of the reads topic, from 0
   */
  record Expired(int partition) implements Outcome {
    @Override
    public String sampleId() {
      return "";
    }

    /** None: the ledger finds out how many, when it is committed. */
    @Override
    public Counts counts() {
      return Counts.NONE;
    }
  }

  /** Why a record was rejected, grouped by who must act. */
  enum Reason {
    // The program that produced the record.
    /** No value, not framed for the registry, or not Avro of the schema it names. */
    UNREADABLE_RECORD,
    /** It names a schema id that the registry does not know, or a negative one. */
    UNKNOWN_SCHEMA,
    /** A blank name, qualities that do not fit the bases, or names and keys beyond measure. */
    INVALID_RECORD,
    // Whoever supplied the read.
    /** A letter that is no IUPAC nucleotide. */
    INVALID_BASES,
    // Whoever runs this application.
    /** More bases or tokens than the configured maximum, or than an explanation can be of. */
    TOO_LONG,
    /** The model fails on this read alone. */
    MODEL_FAILED
  }
}
