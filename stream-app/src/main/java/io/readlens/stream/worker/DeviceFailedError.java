package io.readlens.stream.worker;

import java.util.Optional;

/**
 * The device, or the model on it, gives no more answers. Says nothing about any read: stop, and let
 * a fresh process ask again.
 */
public final class DeviceFailedError extends Error {
  private static final long serialVersionUID = 1L;

  /** The model that broke down, if one did. */
  private final transient WatchedModel<?> model;

  DeviceFailedError(String message) {
    super(message);
    this.model = null;
  }

  DeviceFailedError(String message, Throwable cause) {
    this(message, cause, null);
  }

  DeviceFailedError(String message, WatchedModel<?> model) {
    super(message);
    this.model = model;
  }

  DeviceFailedError(String message, Throwable cause, WatchedModel<?> model) {
    super(message + ": " + cause, cause);
    this.model = model;
  }

  /** The model that broke down: another may do better. Empty if it was none. */
  Optional<WatchedModel<?>> model() {
    return Optional.ofNullable(model);
  }
}
