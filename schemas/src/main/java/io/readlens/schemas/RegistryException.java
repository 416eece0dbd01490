package io.readlens.schemas;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.apache.kafka.common.KafkaException;

/**
 * The schema registry could not be asked, or refused to answer. This says nothing about the record
 * at hand: stop and ask again later, never skip the record or set it aside.
 */
public final class RegistryException extends KafkaException {
  private static final long serialVersionUID = 1L;

  /** Whether the registry was not reached, so that it may be there when it is asked again. */
  public boolean mayPass() {
    Throwable cause = getCause();
    return cause instanceof SocketException
        || cause instanceof SocketTimeoutException
        || cause instanceof UnknownHostException;
  }

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
