package io.readlens.stream.connect;

import io.readlens.stream.connect.Fault.Kind;
import io.readlens.stream.waiting.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A question to a service, watched while its answer is awaited.
 *
 * <ul>
 *   <li>An answer ends it at once, whatever else was seen.
 *   <li>A lasting fault ends it when it is seen: two seconds after the question, or at its failure.
 *   <li>A passing fault (a server that may be starting) is said when it is seen, and ends it when
 *       it has been seen for a tenth of the patience: who cannot be reached has most likely another
 *       address.
 *   <li>Silence without a fault, as of a busy cluster, ends it when patience does.
 * </ul>
 *
 * @param service what is asked, in words
 * @param ask asks; may be called again after a failure
 * @param look for a fault; takes a few seconds at most
 * @param verdict what a failure says where no fault is seen; empty if asking again may help
 */
record Watched<T>(
    String service,
    Supplier<CompletableFuture<T>> ask,
    Supplier<Optional<Fault>> look,
    Function<Throwable, Optional<Fault>> verdict) {
  private static final Logger LOG = LoggerFactory.getLogger(Watched.class);
  private static final Duration UNTIL_LOOK = Duration.ofSeconds(2);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

  /**
   * Returns the answer when it is there.
   *
   * @param patience how long silence is borne, and a tenth of it a passing fault
   * @throws ConnectionException if there is a lasting fault, or no answer in time
   */
  T await(Patience patience) {
    long begin = System.nanoTime();
    long silentUntil = begin;
    Lines lines = new Lines(patience);
    CompletableFuture<T> answer = ask.get();
    while (true) {
      Optional<Throwable> failure = failure(answer);
      if (isThere(answer)) {
        return answer.join();
      }
      Optional<Fault> fault = look.get().or(() -> failure.flatMap(verdict));
      if (isThere(answer)) {
        return answer.join();
      }
      if (fault.isPresent() && fault.get().is(Kind.LASTING)) {
        throw new ConnectionException(fault.get().words(), failure.orElse(null));
      }
      boolean passing = fault.isPresent() && fault.get().is(Kind.PASSING);
      long now = System.nanoTime();
      silentUntil = passing ? silentUntil : now;
      Duration spent = Duration.ofNanos(now - (passing ? silentUntil : begin));
      Duration limit = passing ? patience.ofFaults() : patience.limit();
      String words = fault.map(Fault::words).orElseGet(() -> silence(failure));
      if (spent.compareTo(limit) > 0) {
        throw new ConnectionException(
            "%s (waited %d s; patience.seconds lets it take longer)"
                .formatted(words, limit.toSeconds()),
            failure.orElse(null));
      }
      // Whoever only takes its time is not spoken of at once.
      if (passing || spent.compareTo(patience.betweenLines()) >= 0) {
        lines.say(words, spent, limit);
      }
      if (failure.isPresent()) {
        pause();
        answer = ask.get();
      }
    }
  }

  private static boolean isThere(CompletableFuture<?> answer) {
    return answer.isDone() && !answer.isCompletedExceptionally();
  }

  /** What is said meanwhile: what is new at once, and the same again now and then. */
  private static final class Lines {
    private final Patience patience;
    private String last = "";
    private Duration next = Duration.ZERO;

    Lines(Patience patience) {
      this.patience = patience;
    }

    void say(String words, Duration spent, Duration limit) {
      if (!words.equals(last) || spent.compareTo(next) >= 0) {
        LOG.warn(
            "waiting, {} s of {} s: {}",
            spent.toSeconds(),
            limit.toSeconds(),
            ConnectionException.oneLine(words));
        last = words;
        next = spent.plus(patience.betweenLines());
      }
    }
  }

  private String silence(Optional<Throwable> failure) {
    return service + ": no answer" + failure.map(each -> " (" + each.getMessage() + ")").orElse("");
  }

  /** Waits a moment for the answer; how asking has failed, if it has. */
  private static Optional<Throwable> failure(CompletableFuture<?> answer) {
    try {
      answer.get(UNTIL_LOOK.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return Optional.of(
          cause instanceof CompletionException && cause.getCause() != null
              ? cause.getCause()
              : cause);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
