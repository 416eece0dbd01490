package io.readlens.stream.topology;

import static io.readlens.stream.topology.Samples.CLOCK;
import static io.readlens.stream.topology.Samples.NEVER;
import static io.readlens.stream.topology.Samples.PARTITION;
import static io.readlens.stream.topology.Samples.READS;
import static io.readlens.stream.topology.Samples.bytes;
import static io.readlens.stream.topology.Samples.read;
import static io.readlens.stream.topology.Samples.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedRead;
import io.readlens.schemas.Registry;
import io.readlens.schemas.RegistrySerde;
import io.readlens.stream.worker.DeviceWorker;
import io.readlens.stream.worker.FakeModel;
import io.readlens.stream.worker.Reads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LookAheadTest {
  private static final int CAPACITY = 10;

  private final FakeRegistry fakeRegistry = new FakeRegistry();
  private final Registry registry = fakeRegistry.connect();
  private final RegistrySerde<SequencingRead> serde =
      new RegistrySerde<>(SequencingRead.class, registry);
  private final FakeModel model = new FakeModel();
  private final DeviceWorker<?> worker =
      DeviceWorker.start(
          new DeviceWorker.Policy(1, CAPACITY * 21, 100_000, CAPACITY, NEVER, NEVER),
          model.onDevice(),
          Reads.CANARY);
  private final ReadIntake intake =
      new ReadIntake(READS, new AvroMapping(serde, rules(), CLOCK), worker, Duration.ZERO);
  private final LookAhead lookAhead = new LookAhead();

  @BeforeEach
  void configure() {
    lookAhead.configure(Map.of(LookAhead.INTAKE, intake));
  }

  @AfterEach
  void close() {
    model.open();
    worker.close();
    registry.close();
    fakeRegistry.close();
  }

  @Test
  void shouldAskTheDeviceAboutAWholePollAtOnce() throws Exception {
    // Given
    ConsumerRecords<byte[], byte[]> polled =
        poll(List.of(record(5, good("a")), record(6, good("b"))));

    // When
    ConsumerRecords<byte[], byte[]> returned = lookAhead.onConsume(polled);

    // Then
    assertThat(returned).isSameAs(polled);
    PendingRead first = take(5).orElseThrow(); // In order: taking 6 alone would cancel 5.
    PendingRead second = take(6).orElseThrow();
    assertThat(answer(first).get()).isEqualTo(FakeModel.answer(first.read().tokens()));
    assertThat(answer(second).get()).isEqualTo(FakeModel.answer(second.read().tokens()));
    assertThat(model.batches).containsExactly(List.of("a", "b"));
  }

  @Test
  void shouldLeaveWhatIsNotForTheModelToTheProcessor() {
    // Given
    byte[] tooShort = serde.serialize(READS, read("short", "A").build());
    ConsumerRecords<byte[], byte[]> polled =
        poll(List.of(record(5, bytes("not Avro")), record(6, null), record(7, tooShort)));

    // When
    lookAhead.onConsume(polled);

    // Then
    assertThat(intake.ofThisThread().size()).isZero();
  }

  @Test
  void shouldLookPastARecordThatCannotBeDecoded() {
    // Given
    ConsumerRecords<byte[], byte[]> polled =
        poll(List.of(record(5, bytes("not Avro")), record(6, good("b"))));

    // When
    lookAhead.onConsume(polled);

    // Then
    assertThat(take(6)).isPresent();
  }

  @Test
  void shouldAskAFailingRegistryOnceForAPollAndNotThrow() {
    // Given
    byte[] unseen = good("a");
    unseen[4] = 77;
    fakeRegistry.fail();
    int before = fakeRegistry.requests.get();
    ConsumerRecords<byte[], byte[]> polled = poll(List.of(record(5, unseen), record(6, unseen)));

    // When
    lookAhead.onConsume(polled);

    // Then
    assertThat(intake.ofThisThread().size()).isZero();
    assertThat(fakeRegistry.requests.get() - before).isEqualTo(1);
  }

  @Test
  void shouldOfferNoMoreThanTheQueueHolds() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    lookAhead.onConsume(poll(record(0, good("on the device"))));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
    List<ConsumerRecord<byte[], byte[]>> many = new ArrayList<>();
    for (int offset = 1; offset <= CAPACITY + 5; offset++) {
      many.add(record(offset, good("read-" + offset)));
    }

    // When
    lookAhead.onConsume(poll(many));

    // Then
    assertThat(worker.queued()).isEqualTo(CAPACITY);
    assertThat(intake.ofThisThread().size()).isEqualTo(1 + CAPACITY + 5);
    release.countDown();
  }

  @Test
  void shouldAskAboutTheRestOfAPollAsTheQueueGetsRoom() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    lookAhead.onConsume(poll(record(0, good("on the device"))));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
    lookAhead.onConsume(
        poll(
            IntStream.rangeClosed(1, 2 * CAPACITY)
                .mapToObj(offset -> record(offset, good("read-" + offset)))
                .toList()));
    release.countDown();
    await().until(() -> worker.queued() == 0);

    // When
    PendingRead first = take(0).orElseThrow();

    // Then
    assertThat(answer(first)).succeedsWithin(NEVER);
    for (int offset = 1; offset <= 2 * CAPACITY; offset++) {
      assertThat(answer(take(offset).orElseThrow())).succeedsWithin(NEVER);
    }
    assertThat(model.batches.stream().flatMap(List::stream)).hasSize(1 + 2 * CAPACITY);
  }

  @Test
  void shouldAskAboutThePartitionsInTurn() throws Exception {
    // Given
    List<ConsumerRecord<byte[], byte[]>> polled =
        List.of(
            record(5, good("a5")),
            record(6, good("a6")),
            new ConsumerRecord<>(READS, 2, 8, null, good("b8")),
            new ConsumerRecord<>(READS, 2, 9, null, good("b9")));

    // When
    lookAhead.onConsume(poll(polled));

    // Then
    await().until(() -> !model.batches.isEmpty());
    assertThat(model.batches.get(0).subList(0, 2)).containsExactlyInAnyOrder("a5", "b8");
  }

  @Test
  void shouldKeepTheAnswerOfARecordThatIsPolledAgain() {
    // Given
    lookAhead.onConsume(poll(record(5, good("a"))));
    ConsumerRecords<byte[], byte[]> again =
        poll(List.of(record(5, good("a")), record(6, good("b"))));

    // When
    lookAhead.onConsume(again);

    // Then
    assertThat(intake.ofThisThread().size()).isEqualTo(2);
    assertThat(answer(take(5).orElseThrow())).succeedsWithin(NEVER);
    assertThat(answer(take(6).orElseThrow())).succeedsWithin(NEVER);
    assertThat(model.batches.stream().flatMap(List::stream)).containsExactly("a", "b");
  }

  @Test
  void shouldForgetReadsThatWerePassedBy() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    lookAhead.onConsume(poll(record(0, good("on the device"))));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
    lookAhead.onConsume(poll(List.of(record(5, good("passed by")), record(9, good("taken")))));

    // When
    Optional<PendingRead> taken = take(9);

    // Then
    assertThat(intake.ofThisThread().size()).isZero();
    release.countDown();
    assertThat(answer(taken.orElseThrow())).succeedsWithin(NEVER);
    assertThat(model.batches).containsExactly(List.of("on the device"), List.of("taken"));
  }

  @Test
  void shouldCancelTheReadsOfARevokedPartitionOnly() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    TopicPartition other = new TopicPartition(READS, 2);
    lookAhead.onConsume(poll(record(0, good("on the device"))));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
    lookAhead.onConsume(
        poll(
            List.of(
                record(5, good("revoked")),
                new ConsumerRecord<>(READS, 2, 5, null, good("kept")))));

    // When
    intake.ofThisThread().evict(PARTITION);

    // Then
    assertThat(take(5)).isEmpty();
    release.countDown();
    assertThat(answer(intake.ofThisThread().take(other, 5).orElseThrow())).succeedsWithin(NEVER);
    assertThat(model.batches).containsExactly(List.of("on the device"), List.of("kept"));
  }

  @Test
  void shouldCancelEverythingWhenTheConsumerCloses() throws Exception {
    // Given
    CountDownLatch release = model.shut();
    lookAhead.onConsume(poll(record(0, good("on the device"))));
    assertThat(model.entered.await(10, TimeUnit.SECONDS)).isTrue();
    lookAhead.onConsume(poll(List.of(record(5, good("a")), record(6, good("b")))));

    // When
    lookAhead.close();

    // Then
    assertThat(worker.queued()).isZero();
    assertThat(intake.ofThisThread().size()).isZero();
    release.countDown();
  }

  @Test
  void shouldKeepTheReadsOfEachThreadApart() throws Exception {
    // Given
    lookAhead.onConsume(poll(record(5, good("a"))));
    AtomicReference<Optional<PendingRead>> seen = new AtomicReference<>();
    Thread another =
        new Thread(
            () -> {
              seen.set(take(5));
              intake.ofThisThread().evict(PARTITION);
            });

    // When
    another.start();
    another.join();

    // Then
    assertThat(seen.get()).isEmpty();
    assertThat(take(5)).isPresent();
  }

  @Test
  void shouldNotThrowOnceTheWorkerIsClosed() {
    // Given
    worker.close();
    ConsumerRecords<byte[], byte[]> polled = poll(record(5, good("a")));

    // When
    lookAhead.onConsume(polled);

    // Then
    assertThat(take(5).orElseThrow().answer()).isEmpty();
  }

  @Test
  void shouldWaitAtThePollUntilEveryReadOfItIsAnswered() throws Exception {
    // Given: more than the queue holds
    model.shut();
    int count = 3 * CAPACITY;
    AtomicInteger answered = new AtomicInteger();
    Thread polling = polling(NEVER, goodReads(count), answered);

    // When
    await().until(() -> waits(polling) && model.entered.getCount() == 0);
    model.open();
    polling.join();

    // Then
    assertThat(answered).hasValue(count);
  }

  @Test
  void shouldWaitNoLongerThanItIsPatient() throws Exception {
    // Given
    model.shut();
    AtomicInteger answered = new AtomicInteger();

    // When
    Thread polling = polling(Duration.ofMillis(50), goodReads(3), answered);
    polling.join();

    // Then: the processor will wait for them
    assertThat(answered).hasValue(0);
  }

  @Test
  void shouldWaitNoLongerWhenTheThreadsAreToldToStop() throws Exception {
    // Given
    model.shut();
    ReadIntake patient = intake(NEVER);
    AtomicInteger answered = new AtomicInteger();
    Thread polling = polling(patient, goodReads(3), answered);
    await().until(() -> waits(polling));

    // When
    patient.stopWaiting();
    polling.join();

    // Then
    assertThat(answered).hasValue(0);
  }

  @Test
  void shouldNotWaitForADeviceThatIsGone() throws Exception {
    // Given
    model.shut();
    AtomicInteger answered = new AtomicInteger();
    Thread polling = polling(NEVER, goodReads(3 * CAPACITY), answered);
    await().until(() -> waits(polling) && model.entered.getCount() == 0);

    // When
    model.open();
    worker.close();
    polling.join();

    // Then
    assertThat(answered.get()).isLessThan(3 * CAPACITY);
  }

  @Test
  void shouldNotTakeAPoisonedReadForAReasonNotToWait() throws Exception {
    // Given
    model.poisonedBy("read-1").shut();
    AtomicInteger answered = new AtomicInteger();
    Thread polling = polling(NEVER, goodReads(5), answered);
    await().until(() -> waits(polling) && model.entered.getCount() == 0);

    // When
    model.open();
    polling.join();

    // Then
    assertThat(answered).hasValue(5);
  }

  private ReadIntake intake(Duration patience) {
    return new ReadIntake(READS, new AvroMapping(serde, rules(), CLOCK), worker, patience);
  }

  private Thread polling(
      Duration patience, List<ConsumerRecord<byte[], byte[]>> records, AtomicInteger answered) {
    return polling(intake(patience), records, answered);
  }

  /** A thread that polls; counts the reads that are answered when it has. */
  private static Thread polling(
      ReadIntake patient, List<ConsumerRecord<byte[], byte[]>> records, AtomicInteger answered) {
    Thread polling =
        new Thread(
            () -> {
              LookAhead waiting = new LookAhead();
              waiting.configure(Map.of(LookAhead.INTAKE, patient));
              waiting.onConsume(poll(records));
              for (ConsumerRecord<byte[], byte[]> record : records) {
                patient
                    .ofThisThread()
                    .take(PARTITION, record.offset())
                    .flatMap(PendingRead::answer)
                    .filter(CompletableFuture::isDone)
                    .filter(each -> !each.isCancelled())
                    .ifPresent(each -> answered.incrementAndGet());
              }
              waiting.close();
            });
    polling.start();
    return polling;
  }

  private static boolean waits(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING;
  }

  private List<ConsumerRecord<byte[], byte[]>> goodReads(int count) {
    return IntStream.range(0, count).mapToObj(i -> record(i, good("read-" + i))).toList();
  }

  private static CompletableFuture<ExplainedRead> answer(PendingRead read) {
    return read.answer().orElseThrow();
  }

  private byte[] good(String id) {
    return serde.serialize(READS, read(id, "ACGTAC".repeat(20)).build());
  }

  private Optional<PendingRead> take(long offset) {
    return intake.ofThisThread().take(PARTITION, offset);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
    return new ConsumerRecord<>(READS, PARTITION.partition(), offset, null, value);
  }

  private static ConsumerRecords<byte[], byte[]> poll(ConsumerRecord<byte[], byte[]> one) {
    return poll(List.of(one));
  }

  private static ConsumerRecords<byte[], byte[]> poll(
      List<ConsumerRecord<byte[], byte[]>> records) {
    return new ConsumerRecords<>(
        records.stream()
            .collect(
                Collectors.groupingBy(
                    record -> new TopicPartition(record.topic(), record.partition()))),
        Map.of());
  }
}
