package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.stream.waiting.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a question ends that is not answered at once. */
class WatchedTest {
  private static final Patience LONG = new Patience(Duration.ofHours(1));
  private static final Patience SHORT = new Patience(Duration.ofMillis(1));

  @Test
  void shouldLookForNoFaultWhereAnAnswerIs() {
    // When
    watched(CompletableFuture.completedFuture(1), new AssertionError("looked")).await(LONG);
  }

  @Test
  void shouldEndAtALastingFaultWhateverThePatience() {
    // When, Then
    assertThatThrownBy(
            () -> watched(new CompletableFuture<>(), Fault.lasting("it\u0007 is so\n")).await(LONG))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("it  is so ");
  }

  @Test
  void shouldBearSilenceForAsLongAsThePatience() {
    // When, Then
    assertThatThrownBy(() -> watched(new CompletableFuture<>(), null).await(SHORT))
        .isInstanceOf(ConnectionException.class)
        .hasMessageStartingWith("service x: no answer (waited 0 s; ");
  }

  @Test
  void shouldBearAPassingFaultForAPartOfThePatience() {
    // Given
    Patience twentySeconds = new Patience(Duration.ofSeconds(20));
    Watched<Object> watched =
        watched(CompletableFuture.failedFuture(new IOException()), Fault.passing("refused"));

    // When, Then
    assertThatThrownBy(() -> watched.await(twentySeconds))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("refused (waited 5 s; patience.seconds lets it take longer)");
  }

  @Test
  void shouldAskAgainWhileAFaultMayPass() throws Exception {
    // Given
    AtomicInteger asked = new AtomicInteger();
    Watched<?> watched =
        new Watched<>(
            "service x",
            () ->
                asked.incrementAndGet() < 3
                    ? CompletableFuture.failedFuture(new IOException("refused"))
                    : CompletableFuture.completedFuture(1),
            () -> Optional.of(Fault.passing("refused")),
            failure -> Optional.empty());

    // When
    String said = Said.during(() -> watched.await(LONG));

    // Then
    assertThat(asked).hasValue(3);
    assertThat(said).containsOnlyOnce("of 360 s: refused");
  }

  @Test
  void shouldSayWhatTheClientSaysWhereNoFaultIsSeen() {
    // Given
    Watched<?> watched =
        new Watched<>(
            "service x",
            () -> CompletableFuture.failedFuture(new IOException("no login")),
            Optional::empty,
            failure -> Optional.of(Fault.lasting("verdict: " + failure.getMessage())));

    // When, Then
    assertThatThrownBy(() -> watched.await(LONG)).hasMessage("verdict: no login");
  }

  @Test
  void shouldTakeAnAnswerThatComesWhileItLooks() {
    // Given
    CompletableFuture<Object> answer = new CompletableFuture<>();
    Watched<?> watched =
        new Watched<>(
            "service x",
            () -> answer,
            () -> {
              answer.complete(1);
              return Optional.of(Fault.lasting("seen too late"));
            },
            failure -> Optional.empty());

    // When
    watched.await(LONG);

    // Then
    assertThat(answer).isCompleted();
  }

  private static Watched<Object> watched(CompletableFuture<Object> answer, Object seen) {
    return new Watched<>(
        "service x",
        () -> answer,
        () -> {
          if (seen instanceof Error e) {
            throw e;
          }
          return Optional.ofNullable((Fault) seen);
        },
        failure -> Optional.empty());
  }
}
