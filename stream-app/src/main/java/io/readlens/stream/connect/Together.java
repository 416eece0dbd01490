package io.readlens.stream.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;

/** Work on daemon threads: a server that never answers does not keep the process alive. */
final class Together {
  /** How long all looks may take, each of a few steps: connect, ask, log in and ask. */
  private static final Duration LIMIT = Endpoint.PATIENCE.multipliedBy(3);

  private Together() {}

  /**
   * Looks at all servers at once.
   *
   * @return what was seen of each, in order; empty of one whose look failed or took too long
   */
  static <S, T> List<Optional<T>> look(Collection<S> servers, Function<S, T> look) {
    List<CompletableFuture<T>> looks =
        servers.stream().map(each -> onThread("readlens-look", () -> look.apply(each))).toList();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    List<Optional<T>> seen = new ArrayList<>();
    for (CompletableFuture<T> each : looks) {
      try {
        seen.add(
            Optional.of(each.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)));
      } catch (TimeoutException | ExecutionException e) {
        seen.add(Optional.empty()); // What the clients say is said instead.
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    return seen;
  }

  static <T> CompletableFuture<T> onThread(String name, Supplier<T> work) {
    return CompletableFuture.supplyAsync(
        work,
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          thread.start();
        });
  }
}
