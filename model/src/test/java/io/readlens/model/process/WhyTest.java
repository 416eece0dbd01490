package io.readlens.model.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WhyTest {
  /** One of ReadLens by its package. */
  private static final class OwnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OwnException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(new IllegalStateException("broken"), "broken"),
        Arguments.of(new NullPointerException(), "NullPointerException"),
        Arguments.of(new IOException("\n  first\nsecond"), "first"),
        Arguments.of(new NoSuchFileException("/a"), "no such file or directory: /a"),
        Arguments.of(new AccessDeniedException("/a"), "not allowed: /a"),
        Arguments.of(new FileAlreadyExistsException("/a"), "/a is in the way"),
        Arguments.of(
            new FileSystemException("/a", null, "Read-only file system"),
            "/a: Read-only file system"),
        Arguments.of(new UnknownHostException("kafka"), "no host named kafka is known"),
        Arguments.of(
            new IllegalArgumentException(
                "Failed to create new KafkaAdminClient",
                new IllegalStateException(
                    "java.nio.file.NoSuchFileException: /a.p12",
                    new IllegalStateException(
                        "Failed to load SSL keystore /a.p12 of type JKS",
                        new NoSuchFileException("/a.p12")))),
            "Failed to load SSL keystore /a.p12 of type JKS: no such file or directory: /a.p12"),
        Arguments.of(
            new CompletionException(new ExecutionException(new ConnectException("refused"))),
            "refused"),
        Arguments.of(
            new UncheckedIOException(
                "cannot read a.fastq: java.io.IOException: Input/output error",
                new IOException("Input/output error")),
            "cannot read a.fastq: Input/output error"),
        Arguments.of(
            new IOException("t, line 2: this is no UTF-8 text", new MalformedInputException(1)),
            "t, line 2: this is no UTF-8 text"),
        Arguments.of(new IOException("x", new IOException("y", new IOException("z"))), "x: y: z"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void shouldSayEachCauseOnceDownToTheLast(Throwable error, String line) {
    // When, Then
    assertThat(Why.of(error)).isEqualTo(line);
  }

  static Stream<Arguments> shortages() {
    return Stream.of(
        Arguments.of(
            new IllegalStateException(new OutOfMemoryError("Java heap space")),
            "(Java heap space): Java may use ",
            "-Xmx1g"),
        Arguments.of(
            new OutOfMemoryError("Cannot reserve 100 bytes of direct buffer memory"),
            "direct buffer memory",
            "-XX:MaxDirectMemorySize=1g"),
        Arguments.of(
            new OutOfMemoryError("unable to create native thread: possibly out of memory"),
            "threads",
            "ulimit -u"),
        Arguments.of(
            new UncheckedIOException(new IOException("No space left on device")),
            "No space left on device",
            "; the disk is full"),
        Arguments.of(
            new IOException(
                "cannot fetch", new FileSystemException("/a", null, "Too many open files")),
            "cannot fetch: /a: Too many open files",
            "ulimit -n"),
        Arguments.of(new IOException("Disk quota exceeded"), "quota", "; the disk is full"),
        // As Kafka's clients throw them where /tmp is full, or nothing may be run from it.
        Arguments.of(
            new IllegalStateException(
                new UnsatisfiedLinkError("/t/libzstd-jni-1.so: failed to map segment")),
            "failed to map segment",
            "java -Djava.io.tmpdir=DIR"),
        Arguments.of(
            new ExceptionInInitializerError(
                "Cannot unpack libzstd-jni-1.5.6-10: No space left on device"),
            "Cannot unpack libzstd-jni",
            "; it is unpacked in " + System.getProperty("java.io.tmpdir")),
        Arguments.of(
            new UnsatisfiedLinkError("no snappyjava in java.library.path: /usr/lib"),
            "no snappyjava",
            "java -Djava.io.tmpdir=DIR"),
        Arguments.of(
            new IOException(
                "cannot read", new NoClassDefFoundError("x: /t/snappy-1-libsnappyjava.so: failed")),
            "cannot read: x: /t/",
            "java -Djava.io.tmpdir=DIR"));
  }

  @ParameterizedTest
  @MethodSource("shortages")
  void shouldSayWhatHelpsWhereSomethingRunsShort(Throwable error, String cause, String remedy) {
    // When, Then
    assertThat(Why.of(error)).contains(cause).contains(remedy);
  }

  /** As a fork-join pool throws it once more. */
  @Test
  void shouldSayOnceThatMemoryHasRunOut() {
    // Given
    Throwable again = new OutOfMemoryError().initCause(new OutOfMemoryError("Java heap space"));

    // When, Then
    assertThat(Why.of(again)).containsOnlyOnce("out of memory");
  }

  /** A letter that has no encoding is in no locale's, a half of a pair. */
  @Test
  void shouldSayWhyAPathCannotBeOpened() {
    // Given
    InvalidPathException invalid =
        new InvalidPathException("/a/\uD800", "Malformed input or input contains unmappable");

    // When, Then
    assertThat(Why.of(new IOException("cannot read", invalid)))
        .startsWith("cannot read: '/a/?' has letters that this locale's encoding, ");
  }

  @Test
  void shouldNotGoRoundACircleOfCauses() {
    // Given
    IOException inner = new IOException("inner");
    IllegalStateException outer = new IllegalStateException("outer", inner);
    inner.initCause(outer);

    // When, Then
    assertThat(Why.of(outer)).isEqualTo("outer: inner");
  }

  @Test
  void shouldLeaveWhatReadLensSaysAsItIsButForAdvice() {
    // Given
    OwnException told =
        new OwnException("cannot write x", new IOException("No space left on device"));
    OwnException refused = new OwnException("wrong password", new IOException("SASL"));

    // When, Then
    assertThat(Why.of(told))
        .isEqualTo("cannot write x: No space left on device; the disk is full: free some of it");
    assertThat(Why.of(refused)).isEqualTo("wrong password");
    assertThat(Why.of(new IOException(Why.of(told)))).isEqualTo(Why.of(told));
  }
}
