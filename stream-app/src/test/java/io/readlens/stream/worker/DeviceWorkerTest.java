package io.readlens.stream.worker;

import static io.readlens.stream.worker.Reads.CANARY;
import static io.readlens.stream.worker.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.stream.worker.DeviceWorker.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DeviceWorkerTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SHORT_DEADLINE = Duration.ofMillis(200);

  private final FakeModel model = new FakeModel();
  private final List<List<String>> batches = new CopyOnWriteArrayList<>();

  /** By a model's name, the reads that it fails on: a regular expression. */
  private final Map<String, String> failing = new ConcurrentHashMap<>();

  private String poisoned = "none";
  private DeviceWorker<?> worker;

  @AfterEach
  void closeWorker() {
    model.open();
    worker.close();
  }

  @Test
  void shouldAnswerEachReadWithItsOwnAnswer() throws Exception {
    // Given
    worker = start(model, policy(1, Duration.ofMillis(1)));
    List<TokenizedRead> reads = reads(100);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads);

    // Then
    for (int i = 0; i < reads.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo(FakeModel.answer(reads.get(i)));
    }
    assertThat(worker.counters().reads()).isEqualTo(100);
  }

  @Test
  void shouldKeepReadsBackUntilTheHint() throws Exception {
    // Given
    worker = start(model, policy(1, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(3));
    assertThat(model.batches).isEmpty();

    // When
    worker.hint();

    // Then
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    assertThat(model.batches).containsExactly(List.of("read-0", "read-1", "read-2"));
  }

  @Test
  void shouldSendAFullBatchWithoutAHint() throws Exception {
    // Given
    worker = start(model, policy(1, NEVER));

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(9));

    // Then
    assertThat(answers.get(7).get()).isNotNull();
    assertThat(model.batches).hasSize(1);
    assertThat(worker.queued()).isEqualTo(1);
  }

  @Test
  void shouldServeShortAndLongReadsWithTwoThreadsAtOnce() throws Exception {
    // Given
    CountDownLatch bothInside = new CountDownLatch(2);
    worker =
        start(
            reads -> {
              bothInside.countDown();
              awaitUninterrupted(bothInside);
              return model.apply(reads);
            },
            policy(2, Duration.ofMillis(1)));

    // When
    List<CompletableFuture<ExplainedRead>> answers =
        submit(List.of(read("short", 60), read("long", 6000)));

    // Then
    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    assertThat(model.batches).containsExactlyInAnyOrder(List.of("short"), List.of("long"));
    assertThat(model.threads).containsExactlyInAnyOrder("readlens-device-0", "readlens-device-1");
  }

  @Test
  void shouldWakeASecondThreadForWhatTheFirstLeftWaiting() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    worker = start(model, policy(2, Duration.ofMillis(20)));
    CompletableFuture<ExplainedRead> first = worker.submit(read("short", 60));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();

    // When
    CompletableFuture<ExplainedRead> second = worker.submit(read("long", 6000));

    // Then
    await().until(() -> model.batches.size() == 2);
    release.countDown();
    assertThat(first.get()).isNotNull();
    assertThat(second.get()).isNotNull();
  }

  @Test
  void shouldRejectOnlyTheReadThatFailsAlone() throws Exception {
    // Given
    model.poisonedBy("read-1");
    worker = start(model, policy(1, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(3));

    // When
    worker.hint();

    // Then
    assertThat(answers.get(0).get()).isEqualTo(FakeModel.answer(read("read-0", 60)));
    assertThat(answers.get(2).get()).isEqualTo(FakeModel.answer(read("read-2", 60)));
    assertThat(failureOf(answers.get(1)))
        .isInstanceOf(ReadFailedException.class)
        .hasMessageContaining("read-1")
        .hasCauseInstanceOf(FakeModel.InjectedException.class);
    assertThat(worker.failure()).isEmpty();
    assertThat(model.batches)
        .containsExactly(
            List.of("read-0", "read-1", "read-2"),
            List.of("read-0"),
            List.of("read-1"),
            List.of("canary"),
            List.of("read-2"));
  }

  @Test
  void shouldGiveTheDeviceUpWhenTheCanaryFailsToo() throws Exception {
    // Given
    model.poisonedBy("read-0").poisonedBy("canary");
    worker = start(model, policy(1, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(10));

    // When
    worker.hint();

    // Then
    Throwable failure = failureOf(answers.get(0));
    assertThat(failure).isInstanceOf(DeviceFailedError.class).hasMessageContaining("known to be");
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(failureOf(answer)).isSameAs(failure);
    }
    assertThatThrownBy(() -> worker.submit(read("late", 60))).isSameAs(failure);
    assertThat(worker.offer(read("late", 60))).isEmpty();
  }

  @Test
  void shouldGiveTheDeviceUpWhenItAnswersTooFewReads() throws Exception {
    // Given
    worker = start(reads -> List.of(), policy(1, NEVER));
    CompletableFuture<ExplainedRead> answer = worker.submit(read("read", 60));

    // When
    worker.hint();

    // Then
    assertThat(failureOf(answer))
        .isInstanceOf(DeviceFailedError.class)
        .hasMessageContaining("0 for 1");
  }

  @Test
  void shouldGiveTheDeviceUpOnAnErrorWithoutAskingAgain() throws Exception {
    // Given
    List<Integer> calls = new ArrayList<>();
    worker =
        start(
            reads -> {
              calls.add(reads.size());
              throw new UnsatisfiedLinkError("no torch");
            },
            policy(1, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(2));

    // When
    worker.hint();

    // Then
    assertThat(failureOf(answers.get(1)))
        .isInstanceOf(DeviceFailedError.class)
        .hasMessageContaining("no torch");
    assertThat(calls).containsExactly(2);
  }

  @Test
  void shouldWakeThoseWhoWaitForADeviceThatIsStuck() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    worker = start(model, new Policy(1, 100, 1000, 1, Duration.ZERO, Duration.ofMillis(200)));

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(2));

    // Then
    assertThat(failureOf(answers.get(0)))
        .isInstanceOf(DeviceFailedError.class)
        .hasMessageContaining("stuck");
    assertThat(failureOf(answers.get(1))).isSameAs(failureOf(answers.get(0)));
    assertThat(worker.abandon()).as("the model may be freed").isFalse();
    release.countDown();
  }

  @Test
  void shouldWakeThoseWhoWaitForADeviceThatIsStuckWhileALongReadIsMerged() throws Exception {
    // Given
    CountDownLatch release = new CountDownLatch(1);
    DeviceModel<String> merging =
        new DeviceModel<>(
            read -> read.windows(10),
            windows -> windows.stream().map(window -> "answer").toList(),
            (windows, answers) -> {
              awaitUninterrupted(release);
              return new ExplainedRead(List.of(), "late");
            });
    Policy policy = new Policy(1, 100, 1000, 1, Duration.ZERO, Duration.ofMillis(200));
    worker = DeviceWorker.start(policy, merging, CANARY);

    // When
    CompletableFuture<ExplainedRead> answer = worker.submit(read("long", 600));

    // Then
    assertThat(failureOf(answer))
        .isInstanceOf(DeviceFailedError.class)
        .hasMessageContaining("stuck");
    release.countDown();
  }

  @Test
  void shouldNeverShowACancelledReadToTheDevice() throws Exception {
    // Given
    worker = start(model, policy(1, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(3));

    // When
    worker.cancel(answers.subList(0, 2));

    // Then
    assertThat(worker.queued()).isEqualTo(1);
    worker.hint();
    assertThat(answers.get(2).get()).isNotNull();
    assertThat(answers.get(0)).isCancelled();
    assertThat(model.batches).containsExactly(List.of("read-2"));
  }

  @Test
  void shouldRefuseAnOfferWhenFullButNeverASubmission() throws Exception {
    // Given
    worker = start(model, new Policy(1, 22, 1000, 8, NEVER, NEVER));
    submit(reads(2));

    // When
    Optional<CompletableFuture<ExplainedRead>> offered = worker.offer(read("offered", 60));

    // Then
    assertThat(offered).isEmpty();
    CompletableFuture<ExplainedRead> submitted = worker.submit(read("submitted", 60));
    worker.hint();
    assertThat(submitted.get()).isNotNull();
    assertThat(worker.offer(read("offered again", 60))).isPresent();
  }

  @Test
  void shouldTakeALongReadWhenNothingWaits() throws Exception {
    // Given
    worker = start(model, new Policy(1, 22, 1000, 8, NEVER, NEVER));

    // When
    Optional<CompletableFuture<ExplainedRead>> offered = worker.offer(read("long", 6000));

    // Then
    worker.hint();
    assertThat(offered.orElseThrow().get()).isNotNull();
  }

  @Test
  void shouldSpreadALongReadOverBatchesAndMergeItsAnswersInOrder() throws Exception {
    // Given
    List<List<String>> batches = new CopyOnWriteArrayList<>();
    worker = DeviceWorker.start(policyOfTokens(33), windowed(batches, "none"), CANARY);
    CompletableFuture<ExplainedRead> before = worker.submit(read("before", 60));

    // When
    CompletableFuture<ExplainedRead> longRead = worker.submit(read("long", 6 * 26));

    // Then
    worker.hint();
    assertThat(longRead.get().checkpointId()).isEqualTo("long[0,10) long[8,18) long[16,26)");
    assertThat(before.get().checkpointId()).isEqualTo("before[0,10)");
    assertThat(batches)
        .containsExactly(
            List.of("before[0,10)", "long[0,10)", "long[8,18)"), List.of("long[16,26)"));
    assertThat(worker.counters().reads()).isEqualTo(2);
  }

  @Test
  void shouldRejectTheReadOfAWindowThatFailsAloneAndAnswerItsCompany() throws Exception {
    // Given
    List<List<String>> batches = new CopyOnWriteArrayList<>();
    worker = DeviceWorker.start(policyOfTokens(33), windowed(batches, "long[8,18)"), CANARY);
    CompletableFuture<ExplainedRead> before = worker.submit(read("before", 60));

    // When
    CompletableFuture<ExplainedRead> longRead = worker.submit(read("long", 6 * 26));

    // Then
    worker.hint();
    assertThat(failureOf(longRead))
        .isInstanceOf(ReadFailedException.class)
        .hasMessageContaining("long");
    assertThat(before.get().checkpointId()).isEqualTo("before[0,10)");
    assertThat(worker.drain()).isTrue();
    assertThat(batches).doesNotContain(List.of("long[16,26)"));
  }

  @Test
  void shouldEndWhenAllThatIsLeftBelongsToAReadThatFailed() throws Exception {
    // Given a read whose first window is on the device and will fail, its others in the queue
    CountDownLatch released = new CountDownLatch(1);
    DeviceModel<String> windowed = windowed(new CopyOnWriteArrayList<>(), "long[0,10)");
    DeviceModel<String> held =
        new DeviceModel<>(
            windowed.windows(),
            windows -> {
              awaitLatch(released);
              return windowed.ask().apply(windows);
            },
            windowed.merge());
    worker = DeviceWorker.start(policyOfTokens(11), held, CANARY);
    CompletableFuture<ExplainedRead> longRead = worker.submit(read("long", 6 * 26));

    // When it fails once this thread waits for the worker to drain
    Thread waiting = Thread.currentThread();
    Thread releasing =
        new Thread(
            () -> {
              while (waiting.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
              }
              released.countDown();
            });
    releasing.start();
    boolean drained = worker.drain();

    // Then its threads end
    assertThat(failureOf(longRead)).isInstanceOf(ReadFailedException.class);
    assertThat(drained).isTrue();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Cuts reads into windows of ten tokens and answers each by its name; fails on one of them. */
  private static DeviceModel<String> windowed(List<List<String>> batches, String poisoned) {
    return new DeviceModel<>(
        read -> read.windows(10),
        windows -> {
          List<String> names =
              windows.stream()
                  .map(w -> w.read().id() + "[" + w.from() + "," + w.to() + ")")
                  .toList();
          batches.add(names);
          if (names.contains(poisoned)) {
            throw new FakeModel.InjectedException();
          }
          return names;
        },
        (windows, names) -> new ExplainedRead(List.of(), String.join(" ", names)));
  }

  private static Policy policyOfTokens(int batchTokens) {
    return policyOfTokens(batchTokens, 1);
  }

  private static Policy policyOfTokens(int batchTokens, int threads) {
    return new Policy(threads, 1000, batchTokens, 8, NEVER, NEVER);
  }

  @Test
  void shouldAnswerEverythingWhenDrained() {
    // Given
    worker = start(model, policy(2, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(30));

    // When
    boolean ended = worker.drain();

    // Then
    assertThat(ended).isTrue();
    assertThat(answers).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
    assertThatThrownBy(() -> worker.submit(read("late", 60)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldCancelWhatWaitsAndFinishWhatIsOnTheDeviceWhenAbandoned() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    worker = start(model, new Policy(1, 100, 1000, 1, Duration.ZERO, NEVER));
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(2));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
    Thread opener =
        new Thread(
            () -> {
              await().until(answers.get(1)::isDone);
              release.countDown();
            });
    opener.start();

    // When
    boolean ended = worker.abandon();

    // Then
    assertThat(ended).isTrue();
    assertThat(answers.get(0)).isCompleted();
    assertThatThrownBy(answers.get(1)::get).isInstanceOf(CancellationException.class);
    opener.join();
  }

  @Test
  void shouldBearBeingClosedTwice() {
    // Given
    worker = start(model, policy(1, NEVER));
    worker.close();

    // When
    worker.close();

    // Then
    assertThat(worker.failure()).isEmpty();
  }

  @Test
  void shouldAnswerWhatWaitsByTheOldModelAndWhatFollowsByTheNew() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(1000));
    CompletableFuture<ExplainedRead> before = worker.submit(read("before", 6 * 26));

    // When
    CompletableFuture<Void> over = worker.swap(named("new", batches), 1000, NEVER).beforeIsFree();

    // Then
    CompletableFuture<ExplainedRead> after = worker.submit(read("after", 6 * 26));
    worker.hint();
    assertThat(before.get().checkpointId()).isEqualTo("old old old");
    assertThat(after.get().checkpointId()).isEqualTo("new new new");
    assertThat(over).as("the one before is kept").isNotDone();
    var unused = worker.swap(named("newer", batches), 1000, NEVER);
    over.get(10, TimeUnit.SECONDS);
    assertThat(batches)
        .containsExactly(
            List.of("old before[0,10)", "old before[8,18)", "old before[16,26)"),
            List.of("new after[0,10)", "new after[8,18)", "new after[16,26)"));
  }

  @Test
  void shouldRatherKeepAModelThatHasAnswered() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(1000));
    CompletableFuture<ExplainedRead> answer = worker.submit(read("read", 60));
    worker.hint();
    answer.get();
    DeviceWorker.Swap unproven = worker.swap(named("new", batches), 1000, NEVER);

    // When
    var unused = worker.swap(named("newer", batches), 1000, NEVER);

    // Then
    unproven.isFree().get(10, TimeUnit.SECONDS);
    assertThat(unproven.beforeIsFree()).isNotDone();
    assertThat(worker.failure()).isEmpty();
  }

  /** A model that says when a batch has come, and answers it once released. */
  private static DeviceModel<String> held(
      DeviceModel<String> model, CountDownLatch entered, CountDownLatch released) {
    return new DeviceModel<>(
        model.windows(),
        windows -> {
          entered.countDown();
          awaitLatch(released);
          return model.ask().apply(windows);
        },
        model.merge());
  }

  @Test
  void shouldKeepTheOldModelUntilItsLastBatchIsBack() throws Exception {
    // Given a batch of the old model on the device
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    DeviceModel<String> held = held(named("old", batches), entered, released);
    DeviceWorker<String> worker = own(DeviceWorker.start(policyOfTokens(11, 2), held, CANARY));
    CompletableFuture<ExplainedRead> before = worker.submit(read("before", 60));
    worker.hint();
    entered.await();

    // When
    CompletableFuture<Void> over = worker.swap(named("new", batches), 1000, NEVER).beforeIsFree();

    // Then the new model answers meanwhile
    CompletableFuture<ExplainedRead> after = worker.submit(read("after", 60));
    worker.hint();
    assertThat(after.get().checkpointId()).isEqualTo("new");
    var unused = worker.swap(named("newer", batches), 1000, NEVER);
    assertThat(over).isNotDone();
    released.countDown();
    over.get(10, TimeUnit.SECONDS);
    assertThat(before).isCompletedWithValueMatching(read -> read.checkpointId().equals("old"));
  }

  @Test
  void shouldAskTheOldModelAgainAndThenTheNewWhenItsBatchFailsAfterTheSwap() throws Exception {
    // Given
    poisoned = "poisoned[0,10)";
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(1000));
    CompletableFuture<ExplainedRead> good = worker.submit(read("good", 60));
    CompletableFuture<ExplainedRead> bad = worker.submit(read("poisoned", 60));

    // When
    var unused = worker.swap(named("new", batches), 1000, NEVER);

    // Then
    assertThat(good.get().checkpointId()).isEqualTo("old");
    assertThat(failureOf(bad)).isInstanceOf(ReadFailedException.class);
    assertThat(batches)
        .hasSize(5)
        .startsWith(
            List.of("old good[0,10)", "old poisoned[0,10)"),
            List.of("old good[0,10)"),
            List.of("old poisoned[0,10)"),
            List.of("new poisoned[0,10)"));
    assertThat(batches.get(4)).allMatch(window -> window.startsWith("new canary"));
  }

  @Test
  void shouldGoOnWithTheNewModelWhenTheOldOneIsStuck() throws Exception {
    // Given
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    DeviceModel<String> stuck = held(named("old", batches), entered, released);
    DeviceWorker<String> worker =
        own(
            DeviceWorker.start(
                new Policy(2, 1000, 11, 1, Duration.ZERO, SHORT_DEADLINE), stuck, CANARY));
    CompletableFuture<ExplainedRead> before = worker.submit(read("before", 60));
    entered.await();

    // When
    CompletableFuture<Void> over = worker.swap(named("new", batches), 1000, NEVER).beforeIsFree();

    // Then
    assertThat(before.get().checkpointId()).isEqualTo("new");
    assertThat(worker.failure()).isEmpty();
    assertThat(worker.abandon()).as("every model may be freed").isFalse();
    assertThat(over).isNotDone();
    released.countDown();
    over.get(10, TimeUnit.SECONDS);
  }

  /** What a model does that answers nothing any more. */
  enum Breakdown {
    OUT_OF_MEMORY("Java heap space") {
      @Override
      List<String> answer(List<Window> windows) {
        throw new OutOfMemoryError("Java heap space");
      }
    },
    NO_LIBRARY("no torch") {
      @Override
      List<String> answer(List<Window> windows) {
        throw new UnsatisfiedLinkError("no torch");
      }
    },
    TOO_FEW_ANSWERS("must answer every window") {
      @Override
      List<String> answer(List<Window> windows) {
        return List.of();
      }
    },
    NO_ANSWER("must answer every window") {
      @Override
      List<String> answer(List<Window> windows) {
        return Collections.nCopies(windows.size(), null);
      }
    },
    NO_MERGE("no stack") {
      @Override
      List<String> answer(List<Window> windows) {
        return Collections.nCopies(windows.size(), "new");
      }

      @Override
      ExplainedRead merge() {
        throw new StackOverflowError("no stack");
      }
    };

    final String words;

    Breakdown(String words) {
      this.words = words;
    }

    abstract List<String> answer(List<Window> windows);

    ExplainedRead merge() {
      throw new AssertionError("there is nothing to merge");
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldGoBackFromAModelThatBreaksDown(Breakdown breakdown) throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policy(2, Duration.ofMillis(1)));
    DeviceModel<String> broken =
        new DeviceModel<>(
            read -> read.windows(10), breakdown::answer, (windows, answers) -> breakdown.merge());
    DeviceWorker.Swap swap = worker.swap(broken, 1000, NEVER);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(40));

    // Then
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(nameOf(answer)).isEqualTo("old");
    }
    assertThat(swap.dismissal().get(10, TimeUnit.SECONDS)).hasMessageContaining(breakdown.words);
    swap.isFree().get(10, TimeUnit.SECONDS);
    assertThat(swap.beforeIsFree()).isNotDone();
    assertThat(worker.failure()).isEmpty();
  }

  /** Also one that hangs only when it is asked for a second time. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "1, 1", "3, 2"})
  void shouldGoBackFromAModelThatDoesNotComeBack(int threads, int answered) throws Exception {
    // Given
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    DeviceModel<String> named = named("new", batches);
    DeviceModel<String> hanging =
        new DeviceModel<>(
            named.windows(),
            windows -> {
              if (calls.incrementAndGet() > answered) {
                awaitLatch(released);
              }
              return named.ask().apply(windows);
            },
            named.merge());
    DeviceWorker<String> worker =
        startNamed("old", new Policy(threads, 1000, 1000, 4, Duration.ZERO, NEVER));
    DeviceWorker.Swap swap = worker.swap(hanging, 1000, SHORT_DEADLINE);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(40));

    // Then every read is answered by one of the two, and what comes now by the old one
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(nameOf(answer)).isIn("old", "new");
    }
    assertThat(swap.dismissal().get(10, TimeUnit.SECONDS)).hasMessageContaining("stuck");
    assertThat(nameOf(worker.submit(read("next", 60)))).isEqualTo("old");
    assertThat(worker.failure()).isEmpty();
    assertThat(swap.isFree()).as("a thread is in it").isNotDone();
    assertThat(worker.abandon()).as("every model may be freed").isFalse();
    released.countDown();
    swap.isFree().get(10, TimeUnit.SECONDS);
    await().until(worker::abandon);
  }

  @Test
  void shouldGiveTheDeviceUpWhenTheModelBeforeIsStuckToo() throws Exception {
    // Given
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(2);
    DeviceWorker<String> worker =
        own(
            DeviceWorker.start(
                new Policy(1, 1000, 11, 1, Duration.ZERO, SHORT_DEADLINE),
                held(named("old", batches), entered, released),
                CANARY));
    DeviceWorker.Swap swap =
        worker.swap(held(named("new", batches), entered, released), 1000, SHORT_DEADLINE);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(3));

    // Then
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(failureOf(answer)).isInstanceOf(DeviceFailedError.class);
    }
    assertThat(swap.dismissal().get(10, TimeUnit.SECONDS)).hasMessageContaining("stuck");
    released.countDown();
  }

  @Test
  void shouldFreeEveryEarlierModelWhenAbandoned() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(1000));
    CompletableFuture<ExplainedRead> before = worker.submit(read("before", 60));
    worker.cancel(List.of(before));
    CompletableFuture<Void> first = worker.swap(named("new", batches), 1000, NEVER).beforeIsFree();
    CompletableFuture<Void> second =
        worker.swap(named("newer", batches), 1000, NEVER).beforeIsFree();

    // When
    boolean ended = worker.abandon();

    // Then
    assertThat(ended).isTrue();
    first.get(10, TimeUnit.SECONDS);
    second.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> worker.swap(named("newest", batches), 1000, NEVER))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldMixNoModelsHoweverOftenTheyAreSwapped() throws Exception {
    // Given
    DeviceWorker<String> worker =
        startNamed("model-0", new Policy(2, 100_000, 66, 8, Duration.ofMillis(1), NEVER));
    List<CompletableFuture<Void>> over = new ArrayList<>();
    List<CompletableFuture<ExplainedRead>> answers = new CopyOnWriteArrayList<>();
    Thread asking =
        new Thread(
            () -> {
              for (int i = 0; i < 3_000; i++) {
                answers.add(worker.submit(read("read-" + i, 6 * (10 + i % 40))));
              }
            });
    asking.start();

    // When
    for (int i = 1; i < 150; i++) {
      while (answers.size() < 20 * i) {
        Thread.onSpinWait();
      }
      over.add(worker.swap(named("model-" + i, batches), 1000, NEVER).beforeIsFree());
    }

    // Then
    asking.join();
    worker.drain();
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(answer.get().checkpointId().split(" ")).containsOnly(nameOf(answer));
    }
    for (CompletableFuture<Void> each : over) {
      each.get(10, TimeUnit.SECONDS);
    }
    assertThat(worker.counters().reads()).isEqualTo(3_000);
    assertThat(batches)
        .allSatisfy(
            batch -> assertThat(batch.stream().map(w -> w.split(" ")[0]).distinct()).hasSize(1));
  }

  @Test
  void shouldAnswerByTheModelBeforeWhatTheNewOneFailsOn() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(1000));
    failing.put("new", "hit");
    DeviceWorker.Swap swap = worker.swap(named("new", batches), 1000, NEVER);

    // When
    CompletableFuture<ExplainedRead> hit = worker.submit(read("hit", 6 * 26));
    CompletableFuture<ExplainedRead> other = worker.submit(read("other", 6 * 26));
    worker.hint();

    // Then
    assertThat(hit.get().checkpointId()).isEqualTo("old old old");
    assertThat(other.get().checkpointId()).isEqualTo("new new new");
    assertThat(swap.dismissal()).isNotDone();
  }

  /** Of a hundred reads the new model fails on all, on seven of ten, and on one of five. */
  @ParameterizedTest
  @ValueSource(strings = {"read-.*", "read-.*[0-6]", "read-.*[05]"})
  void shouldGoBackFromAModelThatFailsTooOften(String hit) throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policy(2, Duration.ofMillis(1)));
    failing.put("new", hit);
    DeviceWorker.Swap swap = worker.swap(named("new", batches), 1000, NEVER);

    // When
    List<CompletableFuture<ExplainedRead>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(worker.submit(read("read-" + i, 6 * (5 + i % 40))));
    }
    worker.hint();

    // Then every read is answered, by one model each, and what comes now by the old one
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get().checkpointId().split(" "))
          .containsOnly(("read-" + i).matches(hit) ? "old" : nameOf(answers.get(i)));
    }
    assertThat(swap.dismissal().get(10, TimeUnit.SECONDS))
        .hasMessageContaining("it failed on 8 of its last reads");
    swap.isFree().get(10, TimeUnit.SECONDS);
    assertThat(swap.beforeIsFree()).isNotDone();
    CompletableFuture<ExplainedRead> next = worker.submit(read("next", 60));
    worker.hint();
    assertThat(next.get().checkpointId()).isEqualTo("old");
    assertThat(worker.failure()).isEmpty();
  }

  @Test
  void shouldTakeAnotherModelAfterGoingBack() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(11));
    failing.put("new", "read-.*");
    DeviceWorker.Swap bad = worker.swap(named("new", batches), 1000, NEVER);
    for (CompletableFuture<ExplainedRead> answer : submit(reads(20))) {
      assertThat(answer.get().checkpointId()).isEqualTo("old");
    }
    bad.dismissal().get(10, TimeUnit.SECONDS);

    // When
    DeviceWorker.Swap good = worker.swap(named("newer", batches), 1000, NEVER);

    // Then
    for (CompletableFuture<ExplainedRead> answer : submit(reads(20))) {
      assertThat(answer.get().checkpointId()).isEqualTo("newer");
    }
    assertThat(good.dismissal()).isNotDone();
  }

  @Test
  void shouldBlameReadsThatBothModelsFailOn() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(11));
    failing.put("old", "read-.*");
    failing.put("new", "read-.*");
    DeviceWorker.Swap swap = worker.swap(named("new", batches), 1000, NEVER);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(20));

    // Then
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(failureOf(answer)).isInstanceOf(ReadFailedException.class);
    }
    assertThat(swap.dismissal()).isNotDone();
    assertThat(worker.failure()).isEmpty();
  }

  @Test
  void shouldGiveUpADeviceOnWhichBothModelsFailOnTheCanary() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("old", policyOfTokens(11));
    failing.put("old", ".*");
    failing.put("new", ".*");
    var unused = worker.swap(named("new", batches), 1000, NEVER);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(5));

    // Then
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(failureOf(answer)).isInstanceOf(DeviceFailedError.class);
    }
  }

  @Test
  void shouldBlameNoReadWhereTheOnlyModelFailsOnOneAfterTheOther() throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("only", policy(1, Duration.ofMillis(50)));
    failing.put("only", "read-.*");

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(40));

    // Then
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(failureOf(answer)).isInstanceOf(DeviceFailedError.class);
    }
    assertThat(worker.failure()).get().asString().contains("fails on 8 of the last 8 reads");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void shouldBlameAFewReadsThatTheOnlyModelFailsOn(int count) throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("only", policy(1, Duration.ofMillis(50)));
    failing.put("only", "read-.*");

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads(count));

    // Then
    for (CompletableFuture<ExplainedRead> answer : answers) {
      assertThat(failureOf(answer)).isInstanceOf(ReadFailedException.class);
    }
    assertThat(worker.failure()).isEmpty();
  }

  /** Of so many reads in a row the only model fails on the first few; and so on. */
  @ParameterizedTest
  @CsvSource({"7, 8, 8", "7, 10, 9", "1, 2, 12", "2, 3, 12", "1, 3, 24", "5, 6, 9"})
  void shouldStopWhereTheOnlyModelFailsOnTooManyOfMixedReads(int failing, int of, int lost)
      throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("only", policy(1, Duration.ofMillis(50)));
    this.failing.put("only", "bad-.*");

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(mixed(1_000, failing, of));

    // Then it stops early, and hardly a read is said to be at fault
    assertThat(failureOf(answers.get(answers.size() - 1))).isInstanceOf(DeviceFailedError.class);
    assertThat(worker.failure()).get().asString().contains("the model fails on ");
    int blamed = 0;
    for (CompletableFuture<ExplainedRead> answer : answers) {
      blamed += answer.handle((read, e) -> e instanceof ReadFailedException ? 1 : 0).get();
    }
    assertThat(blamed).isLessThanOrEqualTo(lost);
  }

  /** Poison reads that are 5 %, 10 %, one of eight, one of four; two, five, seven in a row. */
  @ParameterizedTest
  @CsvSource({"1, 20", "1, 10", "1, 8", "1, 4", "2, 30", "5, 40", "7, 80"})
  void shouldGoOnWhereTheOnlyModelFailsOnPoisonReads(int failing, int of) throws Exception {
    // Given
    DeviceWorker<String> worker = startNamed("only", policy(1, Duration.ofMillis(50)));
    this.failing.put("only", "bad-.*");
    List<TokenizedRead> reads = mixed(1_200, failing, of);

    // When
    List<CompletableFuture<ExplainedRead>> answers = submit(reads);

    // Then those alone are at fault
    for (int i = 0; i < reads.size(); i++) {
      if (reads.get(i).id().startsWith("bad")) {
        assertThat(failureOf(answers.get(i))).isInstanceOf(ReadFailedException.class);
      } else {
        assertThat(nameOf(answers.get(i))).isEqualTo("only");
      }
    }
    assertThat(worker.failure()).isEmpty();
  }

  /** Reads of which, in turns, some are bad and the rest good. */
  private static List<TokenizedRead> mixed(int count, int bad, int of) {
    List<TokenizedRead> reads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reads.add(read((i % of < bad ? "bad-" : "good-") + i, 60));
    }
    return reads;
  }

  @Test
  void shouldGoBackBehindTwoBadModels() throws Exception {
    // Given one that fails on some reads, and is followed before it has failed on too many
    DeviceWorker<String> worker = startNamed("good", policyOfTokens(11));
    failing.put("bad", "bad-.*");
    failing.put("worse", ".*");
    var unused = worker.swap(named("bad", batches), 1000, NEVER);
    for (CompletableFuture<ExplainedRead> answer : submit(mixed(7, 6, 7))) {
      assertThat(nameOf(answer)).isIn("good", "bad");
    }

    // When
    DeviceWorker.Swap swap = worker.swap(named("worse", batches), 1000, NEVER);

    // Then
    for (CompletableFuture<ExplainedRead> answer : submit(mixed(40, 7, 8))) {
      assertThat(nameOf(answer)).isEqualTo("good");
    }
    assertThat(swap.dismissal().get(10, TimeUnit.SECONDS)).hasMessageContaining("it failed on");
  }

  @Test
  void shouldAskTheNewModelForReadsOnWhichTheOnlyOneFailed() throws Exception {
    // Given reads that failed, and one on the device that may speak for the model
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    DeviceModel<String> old = named("old", batches);
    failing.put("old", "bad-.*");
    DeviceModel<String> holding =
        new DeviceModel<>(
            old.windows(),
            windows -> {
              if (windows.get(0).read().id().equals("held")) {
                entered.countDown();
                awaitLatch(released);
              }
              return old.ask().apply(windows);
            },
            old.merge());
    DeviceWorker<String> worker =
        own(DeviceWorker.start(new Policy(2, 1000, 11, 1, Duration.ZERO, NEVER), holding, CANARY));
    CompletableFuture<ExplainedRead> held = worker.submit(read("held", 60));
    entered.await();
    List<CompletableFuture<ExplainedRead>> bad = submit(mixed(3, 3, 3));
    await().until(() -> canariesAsked() == 3);

    // When
    var unused = worker.swap(named("new", batches), 1000, NEVER);

    // Then
    for (CompletableFuture<ExplainedRead> answer : bad) {
      assertThat(nameOf(answer)).isEqualTo("new");
    }
    released.countDown();
    assertThat(nameOf(held)).isEqualTo("old");
  }

  private long canariesAsked() {
    return batches.stream().filter(batch -> batch.get(0).startsWith("old canary")).count();
  }

  @Test
  void shouldTakeAnotherModelForAsMuchSlowerAsItComparesOnAQuietMachine() {
    // Given
    Policy policy =
        Policy.following(new DeviceSpeed(2, 1_000, 10_000), 1_000, 8, Duration.ZERO, NEVER);
    DeviceWorker<String> following = startNamed("model-0", policy);

    // When
    var unused = following.swap(named("model-1", batches), 2_500, NEVER);

    // Then
    assertThat(following.tokensPerSecond()).hasValue(2_500);
  }

  private DeviceWorker<String> startNamed(String name, Policy policy) {
    return own(DeviceWorker.start(policy, named(name, batches), CANARY));
  }

  private <A> DeviceWorker<A> own(DeviceWorker<A> started) {
    worker = started;
    return started;
  }

  private static String nameOf(CompletableFuture<ExplainedRead> answer) throws Exception {
    return answer.get().checkpointId().split(" ")[0];
  }

  /** Answers each window of ten tokens by the model's name; fails where it is poisoned. */
  private DeviceModel<String> named(String name, List<List<String>> asked) {
    return new DeviceModel<>(
        read -> read.windows(10),
        windows -> {
          List<String> names =
              windows.stream()
                  .map(w -> "%s %s[%d,%d)".formatted(name, w.read().id(), w.from(), w.to()))
                  .toList();
          asked.add(names);
          if (windows.stream().anyMatch(w -> w.read().id().matches(failing.getOrDefault(name, "")))
              || names.contains(name + " " + poisoned)) {
            throw new FakeModel.InjectedException();
          }
          return windows.stream().map(w -> name).toList();
        },
        (windows, answers) -> new ExplainedRead(List.of(), String.join(" ", answers)));
  }

  private static DeviceWorker<?> start(
      Function<List<TokenizedRead>, List<ExplainedRead>> model, Policy policy) {
    return DeviceWorker.start(policy, DeviceModel.ofReads(model), CANARY);
  }

  /** Batches of up to eight reads. */
  private static Policy policy(int threads, Duration linger) {
    return new Policy(threads, 100_000, 100_000, 8, linger, NEVER);
  }

  private static List<TokenizedRead> reads(int count) {
    List<TokenizedRead> reads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reads.add(read("read-" + i, 60));
    }
    return reads;
  }

  private List<CompletableFuture<ExplainedRead>> submit(List<TokenizedRead> reads) {
    return reads.stream().map(this::submit).toList();
  }

  /** The device may fail while reads are submitted. */
  private CompletableFuture<ExplainedRead> submit(TokenizedRead read) {
    try {
      return worker.submit(read);
    } catch (DeviceFailedError e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static Throwable failureOf(CompletableFuture<ExplainedRead> answer) throws Exception {
    try {
      throw new AssertionError("answered: " + answer.get());
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
