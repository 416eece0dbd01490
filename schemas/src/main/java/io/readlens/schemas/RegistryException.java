package io.readlens.schemas;

import org.apache.kafka.common.KafkaException;

/**
 * The schema registry could not be asked, or refused to answer. This says nothing about the record
 * at hand: stop and ask again later, never skip the record or set it aside.
 */
public final class RegistryException extends KafkaException {
  private static final long serialVersionUID = 1L;

  RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
