package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestThreadsTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(50);

  private final AtomicInteger cut = new AtomicInteger();
  private RequestThreads threads;

  @AfterEach
  void close() throws InterruptedException {
    assertThat(threads.close(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void shouldFreeAThreadForTheNextWhenAllWaitForTheirClients() throws Exception {
    // Given
    threads = new RequestThreads(3, NEVER, SOON);
    for (int i = 0; i < 20; i++) {
      threads.execute(this::waitForEver);
    }
    CountDownLatch answered = new CountDownLatch(1);

    // When
    threads.execute(answered::countDown);

    // Then
    answered.await();
    assertThat(cut).hasValueGreaterThanOrEqualTo(18);
  }

  @Test
  void shouldCutOffAClientThatTakesTooLongThoughNobodyElseComes() {
    // Given
    threads = new RequestThreads(3, SOON, NEVER);

    // When
    threads.execute(this::waitForEver);

    // Then
    await().until(() -> cut.get() == 1);
  }

  @Test
  void shouldCutOffAClientThatDoesNotTakeItsAnswer() {
    // Given
    threads = new RequestThreads(3, SOON, NEVER);

    // When
    threads.execute(
        () -> {
          threads.arrived();
          threads.answering();
          waitForEver();
        });

    // Then
    await().until(() -> cut.get() == 1);
  }

  @Test
  void shouldLetARequestBeThatIsWorkedOn() throws Exception {
    // Given
    threads = new RequestThreads(1, SOON, SOON);
    CountDownLatch clientsWereCutOff = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    RequestThreads others = new RequestThreads(1, SOON, SOON);
    others.execute(
        () -> {
          waitForEver();
          clientsWereCutOff.countDown();
        });

    // When
    CountDownLatch done = new CountDownLatch(1);
    threads.execute(
        () -> {
          threads.arrived();
          try {
            clientsWereCutOff.await();
            // As long again, so that this one's turn would have come.
            interrupted.set(new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS));
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
          done.countDown();
        });

    // Then
    done.await();
    assertThat(interrupted).isFalse();
    assertThat(others.close(NEVER)).isTrue();
  }

  @Test
  void shouldLeaveNoInterruptToTheNextRequest() throws Exception {
    // Given
    threads = new RequestThreads(1, SOON, SOON);
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch done = new CountDownLatch(1);
    threads.execute(
        () -> {
          waitForEver();
          Thread.currentThread().interrupt();
        });

    // When
    threads.execute(
        () -> {
          interrupted.set(Thread.currentThread().isInterrupted());
          done.countDown();
        });

    // Then
    done.await();
    assertThat(interrupted).isFalse();
  }

  private void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      cut.incrementAndGet();
    }
  }
}
