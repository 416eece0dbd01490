package io.readlens.stream.checkpoints;

import static io.readlens.stream.worker.Reads.CANARY;
import static io.readlens.stream.worker.Reads.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.model.ExplainedRead;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.schemas.TrustedClasses;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.config.Fit;
import io.readlens.stream.config.Places;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is taken and what is refused, with models that answer by their checkpoint's name. */
@Timeout(60)
class LiveModelTest {
  private static final DeviceSpeed SPEED = new DeviceSpeed(1, 1_000, 1e6);

  static {
    TrustedClasses.trust();
  }

  private static final Fit FIRST = new Fit(1e6, 1_000);
  private static final DeviceWorker.Policy POLICY =
      new DeviceWorker.Policy(1, 1_000, 1_000, 8, Duration.ofMillis(1), Duration.ofMinutes(1));

  @TempDir private Path directory;
  private final List<String> freed = new CopyOnWriteArrayList<>();
  private Checkpoint own;
  private Checkpoint other;
  private DeviceModel<ExplainedRead> ownModel;
  private DeviceWorker<ExplainedRead> worker;

  /** What the tests make go wrong. */
  private RuntimeException loading;

  private String answersAs;

  /** Why models fail on what may be asked of a read beside its answer; null if they do not. */
  private String unsound;

  private Duration comparing = Duration.ofMinutes(1);

  /** What models do that are loaded from now on, each time that they are asked. */
  private volatile Runnable asked = () -> {};

  @BeforeEach
  void start() {
    own = Checkpoint.bundled();
    other = CheckpointFiles.write(directory.resolve("other"), 1);
    ownModel = model(own.id());
    worker = DeviceWorker.start(POLICY, ownModel, CANARY);
  }

  @AfterEach
  void close() {
    worker.close();
  }

  @Test
  void shouldAnswerWithWhatWasAnnounced() throws Exception {
    // Given
    LiveModel<ExplainedRead> live = live();

    // When
    boolean taken = live.take(announcement().build(), () -> false);

    // Then
    assertThat(taken).isTrue();
    assertThat(live.checkpointId()).isEqualTo(other.id());
    assertThat(answeredBy()).isEqualTo(other.id());
    assertThat(freed).as("the one before is kept").isEmpty();
  }

  @Test
  void shouldGoBackToTheOneBefore() throws Exception {
    // Given
    LiveModel<ExplainedRead> live = live();
    Checkpoint first = CheckpointFiles.write(directory.resolve("first"), 0);
    live.take(announcement(first, "first").build(), () -> false);
    live.take(announcement().build(), () -> false);

    // When
    boolean taken = live.take(announcement(first, "first").build(), () -> false);

    // Then
    assertThat(taken).isTrue();
    assertThat(answeredBy()).isEqualTo(first.id());
    live.free();
    live.free();
    worker.close();
    await().until(() -> freed.size() == 4);
    assertThat(freed).containsExactlyInAnyOrder(own.id(), first.id(), other.id(), first.id());
  }

  @Test
  void shouldLeaveWhatIsInServiceAlone() {
    // Given
    LiveModel<ExplainedRead> live = live();

    // When
    boolean taken = live.take(announcement(own, "nowhere").build(), () -> false);

    // Then
    assertThat(taken).isFalse();
    assertThat(freed).isEmpty();
  }

  @Test
  void shouldRefuseOtherLabels() throws Exception {
    // Given a checkpoint of other labels, announced as what it is
    CheckpointFiles.edit(directory.resolve("other"), "labels.tsv", "Bacteria", "Bakteria");
    other = Checkpoint.load(directory.resolve("other"));

    // When / Then
    shouldRefuse(announcement(), "its labels are others than those in service");
  }

  @Test
  void shouldRefuseOtherLabelsThanWereAnnounced() throws Exception {
    // Given
    CheckpointFiles.edit(directory.resolve("other"), "labels.tsv", "Bacteria", "Bakteria");
    other = Checkpoint.load(directory.resolve("other"));

    // When / Then
    shouldRefuse(announcement().setLabelsDigest(own.labelsDigest()), "labels");
  }

  @Test
  void shouldRefuseAnotherCheckpointThanWasAnnounced() throws Exception {
    shouldRefuse(announcement().setCheckpointId("0".repeat(64)), " now, not 0000");
  }

  @Test
  void shouldRefuseOtherFilesThanWereAnnounced() throws Exception {
    shouldRefuse(announcement().setDigests(own.digests()), "files");
  }

  @Test
  void shouldRefuseWhatIsNoAnnouncement() throws Exception {
    shouldRefuse(announcement().setKind(CheckpointEventKind.UNKNOWN), "no announcement");
  }

  @Test
  void shouldRefuseWhatCannotBeLoaded() throws Exception {
    // Given
    loading = new IllegalStateException("a tensor is missing");

    // When / Then
    shouldRefuse(announcement(), "cannot be loaded: a tensor is missing");
    assertThat(freed).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsTooSlow() throws Exception {
    // Given polls that were fitted to a quick model
    asked = LiveModelTest::work;

    // When / Then
    shouldRefuse(announcement(), "will not do here: it is too slow: a poll of 500 reads");
    assertThat(freed).containsExactly(other.id());
  }

  /** Uses the processor, which is what counts where a model is compared. */
  private static void work() {
    long end = DeviceSpeed.clock(false).getAsLong() + Duration.ofMillis(300).toNanos();
    while (DeviceSpeed.clock(false).getAsLong() < end) {
      Thread.onSpinWait();
    }
  }

  static Stream<Throwable> ofTheMachine() {
    return Stream.of(
        new OutOfMemoryError("unable to create native thread"),
        new IllegalStateException("cannot load", new OutOfMemoryError("Java heap space")),
        new IllegalStateException(
            "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate"
                + " memory: you tried to allocate 2490368000 bytes."),
        new IllegalStateException("CUDA out of memory. Tried to allocate 2.32 GiB"),
        new UncheckedIOException(new IOException("No space left on device")));
  }

  @ParameterizedTest
  @MethodSource("ofTheMachine")
  void shouldTryAgainWhereTheMachineLacksSomething(Throwable lack) {
    // Given
    LiveModel<ExplainedRead> live = live();
    asked =
        () -> {
          if (lack instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) lack;
        };

    // When
    RefusedException refusal = refusal(live, announcement());

    // Then
    assertThat(refusal.mayPass()).isTrue();
    assertThat(refusal).hasMessageContaining("will not do here");
    assertThat(freed).containsExactly(other.id());
    asked = () -> {};
    assertThat(live.take(announcement().build(), () -> false)).isTrue();
  }

  @Test
  void shouldNotTryAgainWhatIsTheModelsFault() {
    // Given
    LiveModel<ExplainedRead> live = live();
    asked =
        () -> {
          throw new IllegalStateException("a mask is not finite");
        };

    // When
    RefusedException refusal = refusal(live, announcement());

    // Then
    assertThat(refusal.mayPass()).isFalse();
  }

  @Test
  void shouldFreeOtherModelsWhileAComparisonDoesNotComeBack() throws Exception {
    // Given
    comparing = Duration.ofSeconds(1);
    CountDownLatch released = new CountDownLatch(1);
    LiveModel<ExplainedRead> live = live();
    asked = () -> awaitUninterrupted(released);
    RefusedException refusal = refusal(live, announcement());
    assertThat(refusal).hasMessageContaining("it was not compared with the model at work in 1 s");
    assertThat(refusal.mayPass()).as("a busy machine").isTrue();
    assertThat(refusal(live, announcement()))
        .hasMessageContaining("the try before has not come to its end");

    // When others are published
    asked = () -> {};
    List<Checkpoint> next = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      next.add(CheckpointFiles.write(directory.resolve("next-" + i), 10 + i));
      live.take(announcement(next.get(i), "next-" + i).build(), () -> false);
      assertThat(answeredBy()).isEqualTo(next.get(i).id());
    }

    // Then they are freed as ever, but for those that a thread is in
    await().until(() -> freed.size() == 2);
    assertThat(freed).containsExactly(next.get(0).id(), next.get(1).id());
    released.countDown();
    await().until(() -> freed.size() == 4);
    assertThat(freed).contains(own.id(), other.id());
    await().until(() -> live.take(announcement().build(), () -> false));
  }

  @Test
  void shouldNotFreeTheModelAtWorkWhileItIsCompared() throws Exception {
    // Given
    comparing = Duration.ofSeconds(1);
    CountDownLatch released = new CountDownLatch(1);
    LiveModel<ExplainedRead> live = live();
    asked = () -> awaitUninterrupted(released);
    refusal(live, announcement());
    worker.close();

    // When
    boolean first = live.free();

    // Then
    assertThat(first).isFalse();
    assertThat(freed).isEmpty();
    released.countDown();
    await().until(live::free);
    assertThat(freed).containsExactlyInAnyOrder(own.id(), other.id());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    boolean interrupted = true;
    while (interrupted) {
      try {
        latch.await();
        interrupted = false;
      } catch (InterruptedException e) {
        // Native code does not notice it either.
      }
    }
  }

  private RefusedException refusal(
      LiveModel<ExplainedRead> live, CheckpointEvent.Builder announced) {
    return catchThrowableOfType(
        RefusedException.class, () -> live.take(announced.build(), () -> false));
  }

  @Test
  void shouldRefuseAModelThatAnswersAsAnother() throws Exception {
    // Given
    answersAs = "somebody else";

    // When / Then
    shouldRefuse(announcement(), "it answers as somebody else");
    assertThat(freed).containsExactly(other.id());
  }

  /** As one whose masks are no numbers, and that calls nothing: then nobody has seen them yet. */
  @Test
  void shouldRefuseAModelThatAnswersAndIsNotSound() throws Exception {
    // Given
    unsound = "a mask is not finite";

    // When / Then
    shouldRefuse(
        announcement(), "it fails on a read that is known to be good: a mask is not finite");
    assertThat(freed).containsExactly(other.id());
  }

  /** Refuses it with this reason, and all is as before. */
  private void shouldRefuse(CheckpointEvent.Builder announced, String reason) throws Exception {
    LiveModel<ExplainedRead> live = live();

    RefusedException refusal =
        catchThrowableOfType(
            RefusedException.class, () -> live.take(announced.build(), () -> false));

    assertThat(refusal).hasMessageContaining(reason);
    assertThat(live.checkpointId()).isEqualTo(own.id());
    assertThat(answeredBy()).isEqualTo(own.id());
    assertThat(freed).doesNotContain(own.id());
  }

  private LiveModel<ExplainedRead> live() {
    return new LiveModel<>(
        worker,
        served(own.id(), ownModel),
        SPEED,
        Fetching.from(Places.parse(directory.toString())),
        checkpoint -> {
          if (loading != null) {
            throw loading;
          }
          String name = answersAs == null ? checkpoint.id() : answersAs;
          Runnable before = asked;
          DeviceModel<ExplainedRead> model =
              DeviceModel.ofReads(
                  reads -> {
                    before.run();
                    return reads.stream().map(read -> new ExplainedRead(List.of(), name)).toList();
                  });
          return served(checkpoint.id(), unsound == null ? model : unsound(model));
        },
        (model, speed) -> {
          new Fit(speed.tokensPerSecond(), 1_000).requireEnoughFor(config(), FIRST);
          return POLICY;
        },
        CANARY,
        comparing);
  }

  private DeviceModel<ExplainedRead> unsound(DeviceModel<ExplainedRead> model) {
    return new DeviceModel<>(
        model.windows(),
        model.ask(),
        model.merge(),
        read -> {
          throw new IllegalStateException(unsound);
        });
  }

  private static AppConfig config() {
    return AppConfig.of(
            new Properties(),
            Map.of(
                "bootstrap.servers", "localhost:9092",
                "schema.registry.url", "http://localhost",
                "max.poll.interval.ms", "10000"))
        .fittedTo(FIRST);
  }

  private ServedModel<ExplainedRead> served(String id, DeviceModel<ExplainedRead> model) {
    return new ServedModel<>(id, own.labelsDigest(), model, false, () -> freed.add(id));
  }

  private static DeviceModel<ExplainedRead> model(String name) {
    return DeviceModel.ofReads(
        reads -> reads.stream().map(read -> new ExplainedRead(List.of(), name)).toList());
  }

  private String answeredBy() throws ExecutionException, InterruptedException {
    var answer = worker.submit(read("read", 120));
    worker.hint();
    return answer.get().checkpointId();
  }

  private CheckpointEvent.Builder announcement() {
    return announcement(other, "other");
  }

  private CheckpointEvent.Builder announcement(Checkpoint checkpoint, String name) {
    return CheckpointEvent.newBuilder()
        .setKind(CheckpointEventKind.ANNOUNCED)
        .setCheckpointId(checkpoint.id())
        .setLocation(directory.resolve(name).toString())
        .setDigests(checkpoint.digests())
        .setLabelsDigest(checkpoint.labelsDigest())
        .setTime(Instant.EPOCH);
  }
}
