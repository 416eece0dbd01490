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
import io.readlens.stream.config.ConfigurationException;
import io.readlens.stream.config.Places;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is taken and what is refused, with models that answer by their checkpoint's name. */
@Timeout(60)
class LiveModelTest {
  private static final DeviceSpeed SPEED = new DeviceSpeed(1, 1_000, 1e6);

  static {
    TrustedClasses.trust();
  }

  @TempDir private Path directory;
  private final List<String> freed = new CopyOnWriteArrayList<>();
  private Checkpoint own;
  private Checkpoint other;
  private DeviceModel<ExplainedRead> ownModel;
  private DeviceWorker<ExplainedRead> worker;

  /** What the tests make go wrong. */
  private RuntimeException loading;

  private RuntimeException fitting;
  private String answersAs;

  @BeforeEach
  void start() {
    own = Checkpoint.bundled();
    other = CheckpointFiles.write(directory.resolve("other"), 1);
    ownModel = model(own.id());
    worker =
        DeviceWorker.start(
            new DeviceWorker.Policy(
                1, 1_000, 1_000, 8, Duration.ofMillis(1), Duration.ofMinutes(1)),
            ownModel,
            CANARY);
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
    // Given
    fitting = new ConfigurationException("lower max.read.length");

    // When / Then
    shouldRefuse(announcement(), "will not do here: lower max.read.length");
    assertThat(freed).containsExactly(other.id());
  }

  @Test
  void shouldRefuseAModelThatAnswersAsAnother() throws Exception {
    // Given
    answersAs = "somebody else";

    // When / Then
    shouldRefuse(announcement(), "it answers as somebody else");
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
    return LiveModel.of(
        worker,
        served(own.id(), ownModel),
        SPEED,
        Places.parse(directory.toString()),
        checkpoint -> {
          if (loading != null) {
            throw loading;
          }
          String name = answersAs == null ? checkpoint.id() : answersAs;
          return served(checkpoint.id(), model(name));
        },
        (model, speed) -> {
          if (fitting != null) {
            throw fitting;
          }
          return 1_000;
        },
        CANARY);
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
