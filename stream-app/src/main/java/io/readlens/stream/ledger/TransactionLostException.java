package io.readlens.stream.ledger;

import org.apache.kafka.common.errors.RetriableException;

/**
 * A stream thread's transaction cannot be committed. The thread must die, so that another begins
 * where this one committed last: Kafka Streams would otherwise close the thread's tasks and go on
 * with them, and then passes over reads that it had polled and not processed, for it neither
 * forgets how far it had polled (it commits that at the next punctuation) nor sets its consumer
 * back when the group changes meanwhile.
 */
public final class TransactionLostException extends RetriableException {
  private static final long serialVersionUID = 1;

  TransactionLostException(String message) {
    super(message);
  }

  /**
   * @param message what could not be done
   * @param cause what Kafka Streams would have gone on from
   */
  public TransactionLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
