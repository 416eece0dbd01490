package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  private static ExplainedClassifier model;

  @BeforeAll
  static void load() {
    model = ExplainedClassifier.load(Checkpoint.bundled(), "cpu", 0);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 1000})
  void shouldAnswerAllInTheirOrder(int count) {
    // Given
    List<Integer> questions = IntStream.range(0, count).boxed().toList();

    // When
    List<Integer> answers =
        Batches.ask(model, questions, batch -> batch.stream().map(each -> -each).toList());

    // Then
    assertThat(answers).isEqualTo(questions.stream().map(each -> -each).toList());
  }

  /** Else whoever frees the model then takes it from under them. */
  @Test
  void shouldLeaveNobodyAskingWhenOneFails() {
    // Given
    List<Integer> questions = IntStream.range(0, 64 * 64).boxed().toList();
    AtomicBoolean isFirst = new AtomicBoolean(true);
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicInteger tooLate = new AtomicInteger();
    CountDownLatch another = new CountDownLatch(1);

    // When
    assertThatThrownBy(
            () ->
                Batches.ask(
                    model,
                    questions,
                    batch -> {
                      if (isFirst.getAndSet(false)) {
                        awaitUpToASecond(another);
                        throw new OutOfMemoryError("for the test");
                      }
                      another.countDown();
                      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // Its work.
                      if (isOver.get()) {
                        tooLate.incrementAndGet();
                      }
                      return batch;
                    }))
        .isInstanceOf(OutOfMemoryError.class);
    isOver.set(true);

    // Then
    assertThat(ForkJoinPool.commonPool().awaitQuiescence(60, TimeUnit.SECONDS)).isTrue();
    assertThat(tooLate).hasValue(0);
  }

  private static void awaitUpToASecond(CountDownLatch latch) {
    try {
      boolean unused = latch.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
