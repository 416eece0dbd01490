package io.readlens.stream.checkpoints;

import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.InvalidCheckpointException;
import io.readlens.model.process.Why;
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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Fetches checkpoints from the places that are allowed, up to a size and within a time.
 *
 * <p>A directory's real path must be in an allowed one, and that of each file; an address must be
 * plain and below an allowed one, and a redirect is not followed. So neither {@code ..} nor links,
 * escapes or redirects lead elsewhere.
 *
 * <p>What lies at a location is held against the id that was announced. Where it is not that
 * checkpoint, or not all of it, it may become it: an upload goes on, a server comes back.
 *
 * <p>Threading: one thread.
 */
final class Fetching {
  /** Takes no more of the heap than this share, so that whoever is at work keeps the rest. */
  private static final int SHARE_OF_HEAP = 4;

  /** How long all files together may take. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration CONNECTING = Duration.ofSeconds(10);

  private final Places places;
  private final long mostBytes;
  private final Step step;

  /**
   * @param mostBytes of all files together
   * @param patience how long it may take
   */
  Fetching(Places places, long mostBytes, Duration patience) {
    this.places = places;
    this.mostBytes = mostBytes;
    this.step = new Step("fetched", patience);
  }

  /** Up to a quarter of the heap, in five minutes. */
  static Fetching from(Places places) {
    return new Fetching(places, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP, PATIENCE);
  }

  /**
   * Fetches and verifies a checkpoint.
   *
   * @param location an absolute directory, or a {@code file:}, {@code http:} or {@code https:}
   *     address
   * @param id the checkpoint's
   * @param unwanted asked from time to time whether to leave it
   * @throws RefusedException if it is not allowed, not there, too large, too slow or not sound
   */
  Checkpoint fetch(String location, String id, BooleanSupplier unwanted) {
    try {
      Checkpoint.Source source = source(location);
      return step.take(
          () -> Checkpoint.verify(location, Optional.of(id), source), unwanted, late -> {});
    } catch (ExecutionException e) {
      throw refusal(e.getCause());
    }
  }

  private static RefusedException refusal(Throwable failure) {
    if (failure instanceof RefusedException refused) {
      return refused;
    }
    if (failure instanceof InvalidCheckpointException invalid && !invalid.isIncomplete()) {
      return RefusedException.forGood(invalid.getMessage(), invalid);
    }
    return failure instanceof InvalidCheckpointException
        ? RefusedException.forNow(failure.getMessage(), failure)
        : RefusedException.forNow("it cannot be fetched: " + Why.of(failure), failure);
  }

  private Checkpoint.Source source(String location) {
    Budget budget = new Budget(mostBytes);
    try {
      if (Places.isAddress(location)) {
        URI address = Places.address(location);
        requireAllowed(places.hold(address), location);
        HttpClient client = client();
        return (name, most) -> read(client, address, name, budget.reader(most));
      }
      Path directory = Places.directory(location);
      requireAllowed(places.name(directory), location);
      return (name, most) -> read(directory, name, budget.reader(most));
    } catch (IllegalArgumentException e) {
      throw RefusedException.forGood("its location will not do: " + e.getMessage(), e);
    }
  }

  /** One for each checkpoint: nothing that befalls it outlives the try. */
  private static HttpClient client() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECTING)
        .build();
  }

  private void requireAllowed(boolean allowed, String location) {
    if (!allowed) {
      throw RefusedException.forGood(
          location + " is not below what checkpoints.from allows: " + places);
    }
  }

  private byte[] read(Path directory, String name, Reader reader) throws IOException {
    requireAllowed(places.hold(real(directory)), directory.toString());
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    Path real = real(file);
    requireAllowed(places.hold(real), file.toString());
    try (InputStream in = Files.newInputStream(real)) {
      return reader.read(in, Files.size(real));
    }
  }

  private static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      throw new IOException("there is no " + e.getFile(), e);
    }
  }

  private byte[] read(HttpClient client, URI directory, String name, Reader reader)
      throws IOException {
    String base = directory.toString();
    URI file = URI.create((base.endsWith("/") ? base : base + "/") + name);
    HttpResponse<InputStream> response = get(client, file);
    int status = response.statusCode();
    try (InputStream in = response.body()) {
      if (status == 404 || status == 410) {
        return null;
      }
      if (status >= 300 && status < 400) {
        throw new IOException(file + " redirects, which is not followed");
      }
      if (status != 200) {
        throw new IOException(file + " answers with status " + status);
      }
      return reader.read(in, response.headers().firstValueAsLong("Content-Length").orElse(-1));
    }
  }

  private static HttpResponse<InputStream> get(HttpClient client, URI file) throws IOException {
    try {
      return client.send(HttpRequest.newBuilder(file).build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      // Some of the client's exceptions have no message.
      throw new IOException(file + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** Reads a file as far as it may be read. */
  private interface Reader {
    byte[] read(InputStream in, long size) throws IOException;
  }

  /** Bytes that may still be read. */
  private static final class Budget {
    private final long most;
    private long left;

    Budget(long most) {
      this.most = most;
      this.left = most;
    }

    /** Of a file that may have so many bytes, if there is room. */
    Reader reader(long mostOfFile) {
      return (in, size) -> {
        // Weights are most of a checkpoint, and are said to be as large as they are.
        if (size > left && size <= mostOfFile) {
          throw RefusedException.forGood(
              "its files are larger than %d bytes, a quarter of the heap (-Xmx)".formatted(most));
        }
        byte[] content = Checkpoint.readAtMost(Math.min(mostOfFile, left), in, size);
        left -= content.length;
        return content;
      };
    }
  }
}
