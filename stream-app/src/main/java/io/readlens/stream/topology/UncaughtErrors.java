package io.readlens.stream.topology;

import io.readlens.model.process.Why;
import io.readlens.schemas.RegistryException;
import io.readlens.stream.worker.DeviceFailedError;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done when a stream thread dies. Its transaction is aborted either way, so no read
 * is lost or answered twice.
 *
 * <ul>
 *   <li>What Kafka says may be tried again, and a transaction that the brokers have ended because
 *       it timed out, as while the process stood still: a new thread takes over.
 *   <li>Anything else (a device or a registry at fault, a broken rule): this instance stops, so
 *       that a supervisor starts a fresh one; the others of the group go on.
 * </ul>
 *
 * <p>Threading: called by dying stream threads; read by any.
 */
final class UncaughtErrors implements StreamsUncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(UncaughtErrors.class);

  private final AtomicReference<Throwable> fatal = new AtomicReference<>();

  @Override
  public StreamThreadExceptionResponse handle(Throwable error) {
    Optional<Throwable> ours =
        Causes.of(error)
            .filter(c -> c instanceof DeviceFailedError || c instanceof RegistryException)
            .findFirst();
    if (ours.isEmpty() && Causes.of(error).anyMatch(UncaughtErrors::mayPass)) {
      LOG.warn("a stream thread died of what may pass; another takes over: {}", Why.of(error));
      LOG.debug("what may pass", error);
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    Throwable cause = ours.orElseGet(() -> Causes.last(error));
    if (fatal.compareAndSet(null, cause)) {
      LOG.error("stopping: {}", Why.of(cause));
      LOG.debug("stopping", error);
    }
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private static boolean mayPass(Throwable cause) {
    return cause instanceof RetriableException || cause instanceof InvalidTxnStateException;
  }

  /** Notes an error that no stream thread met; the caller stops the application. */
  void stop(RuntimeException error) {
    if (fatal.compareAndSet(null, error)) {
      LOG.error("stopping: {}", Why.of(error));
    }
  }

  /** The first error that stopped the application: its cause, not Kafka's wrapping. */
  Optional<Throwable> fatal() {
    return Optional.ofNullable(fatal.get());
  }
}
