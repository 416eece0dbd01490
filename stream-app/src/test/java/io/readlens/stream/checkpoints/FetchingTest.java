package io.readlens.stream.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.stream.config.Places;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints from directories and from a server that can misbehave. Loopback only. */
@Timeout(60)
class FetchingTest {
  private static final long ENOUGH = 64 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final CountDownLatch released = new CountDownLatch(1);
  private Path allowed;
  private Path models;
  private Checkpoint checkpoint;
  private HttpServer server;

  /** Whether the server does well by now. */
  private volatile boolean healed;

  @BeforeEach
  void writeCheckpoint() throws IOException {
    allowed = Files.createDirectories(directory.resolve("allowed"));
    models = allowed.resolve("one");
    checkpoint = CheckpointFiles.write(models, 1);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::serve);
    server.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    server.stop(0);
  }

  @Test
  void shouldFetchFromADirectory() {
    // When
    Checkpoint fetched =
        fetching(allowed.toString()).fetch(models.toUri().toString(), checkpoint.id(), () -> false);

    // Then
    assertThat(fetched.id()).isEqualTo(checkpoint.id());
  }

  @Test
  void shouldFetchFromAServer() {
    // When
    Checkpoint fetched = fetching(url("")).fetch(url("/one/"), checkpoint.id(), () -> false);

    // Then
    assertThat(fetched.id()).isEqualTo(checkpoint.id());
  }

  @Test
  void shouldRefuseADirectoryThatIsNotAllowed() {
    // Given
    CheckpointFiles.write(directory.resolve("elsewhere"), 2);
    String roundabout = allowed + "/../elsewhere";

    // When
    RefusedException refusal = refusal(fetching(allowed.toString()), roundabout);

    // Then
    assertThat(refusal)
        .hasMessageContaining("is not below what checkpoints.from allows: " + allowed);
    assertThat(refusal.mayPass()).isFalse();
  }

  @Test
  void shouldRefuseALinkThatLeadsOutOfWhatIsAllowed() throws IOException {
    // Given
    CheckpointFiles.write(directory.resolve("elsewhere"), 2);
    Path link = Files.createSymbolicLink(allowed.resolve("link"), directory.resolve("elsewhere"));

    // When
    RefusedException refusal = refusal(fetching(allowed.toString()), link.toString());

    // Then
    assertThat(refusal).hasMessageContaining("is not below");
  }

  @Test
  void shouldRefuseAFileThatIsALinkOutOfWhatIsAllowed() throws IOException {
    // Given
    Path outside = Files.copy(models.resolve("labels.tsv"), directory.resolve("labels.tsv"));
    Files.delete(models.resolve("labels.tsv"));
    Files.createSymbolicLink(models.resolve("labels.tsv"), outside);

    // When
    RefusedException refusal = refusal(fetching(allowed.toString()), models.toString());

    // Then
    assertThat(refusal).hasMessageContaining("labels.tsv is not below");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/allowed-not/one", "/allowed/../one", "/allowed/%2e%2e/one", "/"})
  void shouldRefuseAnAddressThatIsNotAllowed(String path) {
    // When
    RefusedException refusal = refusal(fetching(url("/allowed")), url(path));

    // Then
    assertThat(refusal.mayPass()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://host/one", "one", "", "http://user@localhost/one", "http:one", "file:one"})
  void shouldRefuseWhatIsNoLocation(String location) {
    // When
    RefusedException refusal = refusal(fetching(url("")), location);

    // Then
    assertThat(refusal).hasMessageContaining("will not do");
  }

  @Test
  void shouldNotFollowARedirect() {
    // When
    RefusedException refusal = refusal(fetching(url("")), url("/redirect"));

    // Then
    assertThat(refusal).hasMessageContaining("redirects, which is not followed");
  }

  @Test
  void shouldRefuseACorruptedFile() {
    // Given
    CheckpointFiles.corrupt(models.resolve("classifier.safetensors"));

    // When
    RefusedException refusal = refusal(fetching(url("")), url("/one"));

    // Then
    assertThat(refusal).hasMessageContaining("classifier.safetensors differs from its digest");
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldRefuseATruncatedFile() {
    // Given
    CheckpointFiles.truncate(models.resolve("explainer.safetensors"));

    // When
    RefusedException refusal = refusal(fetching(allowed.toString()), models.toString());

    // Then
    assertThat(refusal).hasMessageContaining("explainer.safetensors differs from its digest");
  }

  @Test
  void shouldSayThatATransferBrokeOff() {
    // When
    RefusedException refusal = refusal(fetching(url("")), url("/broken/one"));

    // Then
    assertThat(refusal).hasMessageContaining("cannot be read");
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldRefuseMoreThanItHasRoomFor() {
    // Given
    Fetching small = new Fetching(Places.parse(url("")), 1 << 20, PATIENCE);

    // When
    RefusedException refusal = refusal(small, url("/one"));

    // Then
    assertThat(refusal)
        .hasMessageContaining("its files are larger than 1048576 bytes, a quarter of the heap");
    assertThat(refusal.mayPass()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/one", "/unsized/one"})
  void shouldCountTheBytesOfAllFiles(String location) throws IOException {
    // Given
    long bytes;
    try (Stream<Path> files = Files.list(models)) {
      bytes = files.mapToLong(file -> file.toFile().length()).sum();
    }
    Fetching enough = new Fetching(Places.parse(url("")), bytes, PATIENCE);
    Fetching tooSmall = new Fetching(Places.parse(url("")), bytes - 1, PATIENCE);

    // When
    Checkpoint fetched = enough.fetch(url(location), checkpoint.id(), () -> false);
    RefusedException refusal = refusal(tooSmall, url(location));

    // Then
    assertThat(fetched.id()).isEqualTo(checkpoint.id());
    assertThat(refusal).hasMessageContaining("larger than");
  }

  @Test
  void shouldWaitForTheAnnouncedCheckpointWhereAnotherLies() {
    // Given
    Checkpoint other = CheckpointFiles.write(models, 2);

    // When
    RefusedException refusal = refusal(fetching(url("")), url("/one"));

    // Then
    assertThat(refusal)
        .hasMessageContaining("is checkpoint " + other.id() + " now, not " + checkpoint.id());
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldSayThatNobodyIsThere() {
    // Given
    Fetching fetching = fetching(url(""));
    String address = url("/one");
    server.stop(0);

    // When
    RefusedException refusal = refusal(fetching, address);

    // Then
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldSayThatADirectoryIsNotThere() {
    // When
    RefusedException refusal =
        refusal(fetching(allowed.toString()), allowed.resolve("two").toString());

    // Then
    assertThat(refusal).hasMessageContaining("there is no " + allowed.resolve("two"));
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldGiveUpOnAServerThatNeverAnswers() {
    // Given
    Fetching impatient = new Fetching(Places.parse(url("")), ENOUGH, Duration.ofMillis(200));

    // When
    RefusedException refusal = refusal(impatient, url("/stalled/one"));

    // Then
    assertThat(refusal).hasMessageContaining("it was not fetched in");
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldStopReadingABodyThatDoesNotEnd() {
    // When
    RefusedException refusal = refusal(fetching(url("")), url("/endless/one"));

    // Then
    assertThat(refusal)
        .hasMessageContaining("classifier.safetensors cannot be read: it is larger than the ");
    assertThat(refusal.mayPass()).isTrue();
  }

  @Test
  void shouldGiveUpOnABodyThatDrips() {
    // Given
    Fetching impatient = new Fetching(Places.parse(url("")), ENOUGH, Duration.ofSeconds(1));

    // When
    RefusedException refusal = refusal(impatient, url("/dripping/one"));

    // Then
    assertThat(refusal).hasMessageContaining("it was not fetched in 1 s");
    assertThat(refusal.mayPass()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/broken", "/endless", "/dripping", "/stalled", "/missing", "/failing"})
  void shouldFetchAfterAFailure(String kind) {
    // Given
    Fetching fetching = new Fetching(Places.parse(url("")), ENOUGH, Duration.ofSeconds(2));
    assertThat(refusal(fetching, url(kind + "/one")).mayPass()).isTrue();
    healed = true;

    // When
    Checkpoint fetched = fetching.fetch(url(kind + "/one"), checkpoint.id(), () -> false);

    // Then
    assertThat(fetched.id()).isEqualTo(checkpoint.id());
  }

  private static Fetching fetching(String places) {
    return new Fetching(Places.parse(places), ENOUGH, PATIENCE);
  }

  private RefusedException refusal(Fetching fetching, String location) {
    return catchThrowableOfType(
        RefusedException.class, () -> fetching.fetch(location, checkpoint.id(), () -> false));
  }

  private String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith("/redirect")) {
      exchange.getResponseHeaders().add("Location", url("/one/SHA256SUMS"));
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
      return;
    }
    String kind = healed ? "" : path.split("/")[1];
    if (kind.equals("stalled")) {
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    boolean weights = path.endsWith("classifier.safetensors");
    if (weights && kind.equals("missing")) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    if (kind.equals("failing")) {
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
      return;
    }
    Path file = allowed.resolve(path.replaceFirst("^/(.*/)?one/", "one/"));
    byte[] content = Files.readAllBytes(file);
    boolean lasts = weights && (kind.equals("endless") || kind.equals("dripping"));
    boolean broken = weights && kind.equals("broken");
    exchange.sendResponseHeaders(200, lasts || kind.equals("unsized") ? 0 : content.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(content, 0, content.length / 2);
      if (broken) {
        throw new IOException("broken off");
      }
      while (lasts && released.getCount() > 0) {
        body.write(new byte[kind.equals("endless") ? 1 << 16 : 1]);
        body.flush();
        if (kind.equals("dripping")) {
          LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
      }
      body.write(content, content.length / 2, content.length - content.length / 2);
    }
  }
}
