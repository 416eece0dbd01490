package io.readlens.stream.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.TokenizedRead.Window;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceSpeedTest {
  private static final OptionalInt UNSAID = OptionalInt.empty();

  @Test
  void shouldUseAsManyThreadsAsSpeedTheDeviceUp() {
    // When
    DeviceSpeed speed =
        DeviceSpeed.measure(
            DeviceModel.ofReads(DeviceSpeedTest::work), 4, UNSAID, UNSAID, System::nanoTime);

    // Then
    assertThat(speed.threads()).isEqualTo(4);
  }

  @Test
  void shouldUseOneThreadWhereTheDeviceServesOneAtATime() {
    // Given
    ReentrantLock device = new ReentrantLock();

    // When
    DeviceSpeed speed =
        DeviceSpeed.measure(
            DeviceModel.ofReads(
                reads -> {
                  device.lock();
                  try {
                    return work(reads);
                  } finally {
                    device.unlock();
                  }
                }),
            4,
            UNSAID,
            UNSAID,
            System::nanoTime);

    // Then
    assertThat(speed.threads()).isEqualTo(1);
  }

  @Test
  void shouldLetBatchesGrowNoFurtherThanTheyAreQuick() {
    // When
    DeviceSpeed slow =
        DeviceSpeed.measure(
            DeviceModel.ofReads(DeviceSpeedTest::work), 1, UNSAID, UNSAID, System::nanoTime);
    DeviceSpeed quick =
        DeviceSpeed.measure(new FakeModel().onDevice(), 1, UNSAID, UNSAID, System::nanoTime);

    // Then: 1,500 bases are 250 tokens and <cls>
    assertThat(slow.batchTokens()).isBetween(251, 16 * 251);
    assertThat(quick.batchTokens()).isBetween(32_768, 65_536);
  }

  @Test
  void shouldAskForPartsOfAReadWhereTheModelCutsReads() {
    // Given
    List<Integer> parts = new CopyOnWriteArrayList<>();
    DeviceModel<Integer> model =
        new DeviceModel<>(
            read -> read.windows(300),
            windows -> {
              windows.forEach(window -> parts.add(window.read().windows(300).size()));
              return windows.stream().map(Window::tokens).toList();
            },
            (windows, answers) -> new ExplainedRead(List.of(), "none"));

    // When
    DeviceSpeed speed = DeviceSpeed.measure(model, 1, UNSAID, UNSAID, System::nanoTime);

    // Then
    assertThat(parts).isNotEmpty().allMatch(count -> count > 1);
    assertThat(speed.batchTokens()).isEqualTo(301 * 128);
  }

  @Test
  void shouldDoAsItIsTold() {
    // When
    DeviceSpeed speed =
        DeviceSpeed.measure(
            new FakeModel().onDevice(),
            1,
            OptionalInt.of(3),
            OptionalInt.of(1_000),
            System::nanoTime);

    // Then
    assertThat(speed.threads()).isEqualTo(3);
    assertThat(speed.batchTokens()).isEqualTo(1_000);
  }

  @Test
  void shouldMeasureABusyMachineAsIfItWereQuiet() {
    // Given: every core wanted by two others
    AtomicBoolean busy = new AtomicBoolean(true);
    List<Thread> others =
        IntStream.range(0, 2 * Runtime.getRuntime().availableProcessors())
            .mapToObj(i -> new Thread(() -> spinWhile(busy)))
            .toList();
    others.forEach(each -> each.setDaemon(true));
    others.forEach(Thread::start);

    // When
    DeviceSpeed speed;
    try {
      speed =
          DeviceSpeed.measure(
              DeviceModel.ofReads(DeviceSpeedTest::compute), 2, UNSAID, UNSAID, cpu());
    } finally {
      busy.set(false);
    }

    // Then: 251 tokens in 20 ms of a core, eight of them in a fifth of a second, on two cores
    assertThat(speed.batchTokens()).isBetween(4 * 251, 8 * 251);
    assertThat(speed.threads()).isEqualTo(2);
    assertThat(speed.tokensPerSecond()).isBetween(15_000.0, 26_000.0);
  }

  private static LongSupplier cpu() {
    return DeviceSpeed.clock(false);
  }

  private static void spinWhile(AtomicBoolean busy) {
    while (busy.get()) {
      Thread.onSpinWait();
    }
  }

  /** Takes 20 ms of a core for each read. */
  private static List<ExplainedRead> compute(List<TokenizedRead> reads) {
    long end = cpu().getAsLong() + 20_000_000L * reads.size();
    while (cpu().getAsLong() < end) {
      Thread.onSpinWait();
    }
    return reads.stream().map(FakeModel::answer).toList();
  }

  @Test
  void shouldSayThatTheModelFails() {
    // Given
    FakeModel model = new FakeModel().poisonedBy("probe");

    // When
    var thrown =
        assertThatThrownBy(
            () -> DeviceSpeed.measure(model.onDevice(), 1, UNSAID, UNSAID, System::nanoTime));

    // Then
    thrown
        .isInstanceOf(DeviceFailedError.class)
        .hasRootCauseInstanceOf(FakeModel.InjectedException.class);
  }

  @Test
  void shouldTellAnotherModelsSpeedByComparison() throws Exception {
    // Given
    DeviceSpeed known = new DeviceSpeed(2, 4_000, 10_000);

    // When
    DeviceSpeed other =
        known.ofAnother(
            DeviceModel.ofReads(DeviceSpeedTest::work),
            DeviceModel.ofReads(reads -> workFor(40_000_000L, reads)),
            System::nanoTime);

    // Then
    assertThat(other.threads()).isEqualTo(2);
    assertThat(other.batchTokens()).isEqualTo(4_000);
    assertThat(other.tokensPerSecond()).isBetween(1_500.0, 4_000.0);
  }

  @Test
  void shouldSayThatTheOtherModelFails() {
    // Given
    FakeModel model = new FakeModel().poisonedBy("probe");

    // When
    var thrown =
        assertThatThrownBy(
            () ->
                new DeviceSpeed(1, 1_000, 1)
                    .ofAnother(new FakeModel().onDevice(), model.onDevice(), System::nanoTime));

    // Then
    thrown.isInstanceOf(DeviceFailedError.class);
  }

  @Test
  void shouldSayThatTheDeviceIsStuckWhereItAnswersNothing() throws Exception {
    // Given
    CountDownLatch never = new CountDownLatch(1);
    DeviceModel<?> stuck =
        DeviceModel.ofReads(
            reads -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new IllegalStateException("the test is over");
            });

    // When
    var thrown =
        assertThatThrownBy(
            () ->
                DeviceSpeed.measure(
                    stuck, 1, UNSAID, UNSAID, System::nanoTime, Duration.ofMillis(50)));

    // Then
    thrown.isInstanceOf(DeviceFailedError.class).hasMessageStartingWith("the device is stuck: ");
    never.countDown();
  }

  @Test
  void shouldWaitForADeviceThatAnswersNowAndThen() {
    // Given
    AtomicInteger answers = new AtomicInteger();
    Duration stuck = Duration.ofSeconds(5);
    DeviceModel<?> slow =
        DeviceModel.ofReads(
            reads -> {
              answers.incrementAndGet();
              LockSupport.parkNanos(stuck.toNanos() / 4);
              return reads.stream().map(FakeModel::answer).toList();
            });

    // When
    DeviceSpeed speed = DeviceSpeed.measure(slow, 1, UNSAID, UNSAID, System::nanoTime, stuck);

    // Then: all of it took longer than a device may be silent
    assertThat(answers).hasValueGreaterThan(4);
    assertThat(speed.tokensPerSecond()).isPositive();
  }

  /** Ten milliseconds a read. */
  private static List<ExplainedRead> work(List<TokenizedRead> reads) {
    return workFor(10_000_000L, reads);
  }

  private static List<ExplainedRead> workFor(long nanosEach, List<TokenizedRead> reads) {
    long end = System.nanoTime() + nanosEach * reads.size();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return reads.stream().map(FakeModel::answer).toList();
  }
}
