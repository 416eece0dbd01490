package io.readlens.stream.worker;

/**
 * The device, or the model on it, gives no more answers. Says nothing about any read: stop, and let
 * a fresh process ask again.
 */
public final class DeviceFailedError extends Error {
  private static final long serialVersionUID = 1L;

  DeviceFailedError(String message) {
    super(message);
  }

  DeviceFailedError(String message, Throwable cause) {
    super(message + ": " + cause, cause);
  }
}
