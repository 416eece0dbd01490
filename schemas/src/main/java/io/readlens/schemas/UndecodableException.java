package io.readlens.schemas;

import org.apache.kafka.common.errors.SerializationException;

/**
 * These bytes are not a record of the expected type, and asking again would not change that. The
 * fault is the record's own: it may be set aside, the records after it go on.
 */
public final class UndecodableException extends SerializationException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the bytes. */
  public enum Kind {
    /** They do not begin with a zero byte and a four-byte schema id. */
    NOT_FRAMED,
    /** The registry answers that it knows no schema of that id. */
    UNKNOWN_SCHEMA,
    /**
     * They are not what their schema says, or that schema is not Avro or cannot be read as the
     * expected type.
     */
    CORRUPT
  }

  private final Kind kind;

  UndecodableException(Kind kind, String message) {
    this(kind, message, null);
  }

  UndecodableException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What is wrong with the bytes. */
  public Kind kind() {
    return kind;
  }
}
