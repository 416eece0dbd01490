package io.readlens.stream.checkpoints;

import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.InvalidCheckpointException;
import io.readlens.stream.config.Places;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches checkpoints from the places that are allowed, up to a size and within a time.
 *
 * <p>A directory's real path must be in an allowed one, and that of each file; an address must be
 * plain and below an allowed one, and a redirect is not followed. So neither {@code ..} nor links,
 * escapes or redirects lead elsewhere.
 *
 * <p>Threading: one thread. Each fetch has a daemon thread of its own, which is interrupted and
 * left behind when it takes too long: a file system that hangs must not hold anybody else.
 */
final class Fetching {
  /** Takes no more of the heap than this share, so that whoever is at work keeps the rest. */
  private static final int SHARE_OF_HEAP = 4;

  private static final Duration CONNECTING = Duration.ofSeconds(10);

  private final Places places;
  private final long mostBytes;
  private final Duration patience;
  private HttpClient client;

  /**
   * @param mostBytes of all files together
   * @param patience how long it may take
   */
  Fetching(Places places, long mostBytes, Duration patience) {
    this.places = places;
    this.mostBytes = mostBytes;
    this.patience = patience;
  }

  /** Up to a quarter of the heap, in five minutes. */
  static Fetching from(Places places) {
    return new Fetching(
        places, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP, Duration.ofMinutes(5));
  }

  /**
   * Fetches and verifies a checkpoint.
   *
   * @param location an absolute directory, or a {@code file:}, {@code http:} or {@code https:}
   *     address
   * @throws RefusedException if it is not allowed, not there, too large, too slow or not whole
   */
  Checkpoint fetch(String location) {
    FutureTask<Checkpoint> fetching = new FutureTask<>(() -> verified(location, source(location)));
    Thread thread = new Thread(fetching, "readlens-checkpoint-fetch");
    thread.setDaemon(true);
    thread.start();
    try {
      return fetching.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RefusedException refused
          ? refused
          : RefusedException.forGood("it cannot be fetched: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      fetching.cancel(true);
      throw RefusedException.forNow(
          "%s was not fetched in %d s".formatted(location, patience.toSeconds()), e);
    } catch (InterruptedException e) {
      fetching.cancel(true);
      Thread.currentThread().interrupt();
      throw RefusedException.forNow("interrupted while it was fetched", e);
    }
  }

  private static Checkpoint verified(String location, Checkpoint.Source source) {
    try {
      return Checkpoint.verify(location, source);
    } catch (InvalidCheckpointException e) {
      throw e.getCause() instanceof IOException
          ? RefusedException.forNow(e.getMessage(), e)
          : RefusedException.forGood(e.getMessage(), e);
    }
  }

  private Checkpoint.Source source(String location) {
    Budget budget = new Budget(mostBytes);
    try {
      if (Places.isAddress(location)) {
        URI address = Places.address(location);
        requireAllowed(places.hold(address), location);
        return name -> read(address, name, budget);
      }
      Path directory = Places.directory(location);
      requireAllowed(places.name(directory), location);
      return name -> read(directory, name, budget);
    } catch (IllegalArgumentException e) {
      throw RefusedException.forGood("its location will not do: " + e.getMessage(), e);
    }
  }

  private void requireAllowed(boolean allowed, String location) {
    if (!allowed) {
      throw RefusedException.forGood(
          location + " is not below what checkpoints.from allows: " + places);
    }
  }

  private byte[] read(Path directory, String name, Budget budget) throws IOException {
    requireAllowed(places.hold(real(directory)), directory.toString());
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    Path real = real(file);
    requireAllowed(places.hold(real), file.toString());
    try (InputStream in = Files.newInputStream(real)) {
      return budget.read(file.toString(), in);
    }
  }

  private static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      throw new IOException("there is no " + e.getFile(), e);
    }
  }

  private byte[] read(URI directory, String name, Budget budget) throws IOException {
    String base = directory.toString();
    URI file = URI.create((base.endsWith("/") ? base : base + "/") + name);
    HttpResponse<InputStream> response = get(file);
    int status = response.statusCode();
    try (InputStream in = response.body()) {
      if (status == 404 || status == 410) {
        return null;
      }
      if (status >= 300 && status < 400) {
        throw RefusedException.forGood(file + " redirects, which is not followed");
      }
      if (status != 200) {
        throw new IOException(file + " answers with status " + status);
      }
      return budget.read(file.toString(), in);
    }
  }

  private HttpResponse<InputStream> get(URI file) throws IOException {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECTING)
              .build();
    }
    try {
      return client.send(HttpRequest.newBuilder(file).build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      // Some of the client's exceptions have no message.
      throw new IOException(file + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** Bytes that may still be read. */
  private static final class Budget {
    private final long most;
    private long left;

    Budget(long most) {
      this.most = most;
      this.left = most;
    }

    byte[] read(String file, InputStream in) throws IOException {
      int allowed = (int) Math.min(left, Integer.MAX_VALUE - 16);
      byte[] content = in.readNBytes(allowed + 1);
      if (content.length > allowed) {
        throw RefusedException.forGood(
            "%s and what was read before it are larger than %d bytes, a quarter of the heap (-Xmx)"
                .formatted(file, most));
      }
      left -= content.length;
      return content;
    }
  }
}
