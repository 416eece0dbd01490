package io.readlens.stream.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is said of brokers that go away while something works with them. */
class BrokerWatchTest {
  private Future<?> answer = CompletableFuture.completedFuture(1);
  private Optional<Fault> fault = Optional.empty();
  private final BrokerWatch watch =
      new BrokerWatch("brokers x", () -> answer, () -> fault, () -> {});

  @Test
  void shouldSayNothingOfBrokersThatAnswer() throws Exception {
    // Given
    fault = Optional.of(Fault.lasting("not so"));

    // When
    String said = ask(1, 10, 20);

    // Then
    assertThat(said).isEmpty();
  }

  @Test
  void shouldSayAFaultAtOnceAndWhenItIsOver() throws Exception {
    // Given
    failWith("broker x: connection \u001b[31mrefused");

    // When
    String first = ask(10);
    String again = ask(20, 50);
    String minuteLater = ask(71);
    answer = CompletableFuture.completedFuture(1);
    String back = ask(80, 90);

    // Then
    assertThat(first).containsOnlyOnce("broker x: connection  [31mrefused (for 0 s; ");
    assertThat(again).isEmpty();
    assertThat(minuteLater).contains(" (for 61 s; ");
    assertThat(back).containsOnlyOnce("brokers x answer again, after 70 s");
  }

  @Test
  void shouldSayAnotherFaultAtOnce() throws Exception {
    // Given
    failWith("refused");
    String unused = ask(1);
    failWith("expired");

    // When
    String said = ask(5);

    // Then
    assertThat(said).contains("expired (for 4 s; ");
  }

  @Test
  void shouldBearTheSilenceOfBusyBrokersForAWhile() throws Exception {
    // Given
    answer = CompletableFuture.failedFuture(new IllegalStateException("no time"));

    // When
    String busy = ask(1, 10, 20, 30);
    String silent = ask(32);

    // Then
    assertThat(busy).isEmpty();
    assertThat(silent).contains("brokers x: no answer (for 31 s; ");
  }

  private void failWith(String words) {
    answer = CompletableFuture.failedFuture(new IllegalStateException("gone"));
    fault = Optional.of(Fault.passing(words));
  }

  /** Asks at these seconds. */
  private String ask(long... seconds) throws Exception {
    return Said.during(
        () -> {
          for (long second : seconds) {
            watch.ask(Duration.ofSeconds(second).toNanos());
          }
        });
  }
}
