package io.readlens.stream.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.stream.ledger.Tallies.Balance;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TalliesTest {
  private final Map<Integer, Map<String, Counts>> stored = new HashMap<>();
  private final Map<String, Long> readsTopics = new HashMap<>();
  private final FakeReadsLog log = new FakeReadsLog();
  private final Tallies tallies =
      new Tallies(
          partition -> new Stored(stored.getOrDefault(partition, Map.of()), readsTopics),
          log,
          false);

  @Test
  void shouldGoOnFromWhatIsStored() {
    // Given
    stored.put(2, Map.of("soil", new Counts(9, 5, 2, 1, 1)));
    open(2);

    // When
    read(2, "soil", Counts.UNCLASSIFIED);

    // Then
    assertThat(tallies.takeChanges())
        .containsExactly(new Balance(new Account(2, "soil"), new Counts(10, 5, 3, 1, 1)));
  }

  @Test
  void shouldKeepSamplesAndPartitionsApart() {
    // Given
    open(0);
    open(1);

    // When
    read(0, "soil", Counts.CLASSIFIED);
    read(1, "soil", Counts.TOO_SHORT);
    read(0, "", Counts.DEAD_LETTERED);
    read(0, "soil", Counts.CLASSIFIED);

    // Then
    assertThat(tallies.takeChanges())
        .containsExactlyInAnyOrder(
            new Balance(new Account(0, "soil"), new Counts(2, 2, 0, 0, 0)),
            new Balance(new Account(1, "soil"), new Counts(1, 0, 0, 1, 0)),
            new Balance(new Account(0, ""), new Counts(1, 0, 0, 0, 1)));
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000", "1001, 0", "65536, 0"})
  void shouldKeepNoAccountOfANameBeyondMeasure(int length, int counted) {
    // Given
    open(0);

    // When
    read(0, "x".repeat(length), Counts.CLASSIFIED);

    // Then
    assertThat(tallies.takeChanges())
        .containsExactly(
            new Balance(new Account(0, "x".repeat(counted)), new Counts(1, 1, 0, 0, 0)));
  }

  @Test
  void shouldTellAChangeOnce() {
    // Given
    stored.put(0, Map.of("untouched", Counts.NONE));
    open(0);
    read(0, "soil", Counts.CLASSIFIED);
    tallies.takeChanges();

    // When
    List<Balance> again = tallies.takeChanges();

    // Then
    assertThat(again).isEmpty();
    assertThat(tallies.counts(new Account(0, "soil"))).isEqualTo(new Counts(1, 1, 0, 0, 0));
  }

  @Test
  void shouldTakeBackWhatWasNotCommittedWhenAPartitionIsClosed() {
    // Given
    open(0);
    open(1);
    read(0, "soil", Counts.CLASSIFIED);
    read(1, "soil", Counts.CLASSIFIED);

    // When
    tallies.close(0);

    // Then
    assertThat(tallies.takeChanges())
        .extracting(Balance::account)
        .containsExactly(new Account(1, "soil"));
    assertThat(tallies.counts(new Account(0, "soil"))).isEqualTo(Counts.NONE);
  }

  @Test
  void shouldBeginAnewWithWhatIsStoredWhenAPartitionIsOpenedAgain() {
    // Given
    open(0);
    read(0, "soil", Counts.CLASSIFIED);
    stored.put(0, Map.of("soil", new Counts(5, 5, 0, 0, 0)));

    // When
    open(0);

    // Then
    assertThat(tallies.takeChanges()).isEmpty();
    assertThat(tallies.counts(new Account(0, "soil"))).isEqualTo(new Counts(5, 5, 0, 0, 0));
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "4, 0, 54", "4, 10, 11", "4, 54, 55"})
  void shouldRefuseToCommitWhatWasNotPolled(long committed, long polledTo, long committing) {
    // Given
    log.committed.put(0, committed);
    tallies.open(0, () -> polledTo);

    // When
    var thrown = assertThatThrownBy(() -> tallies.settle(Map.of(0, committing)));

    // Then
    thrown
        .isInstanceOf(TransactionLostException.class)
        .hasMessageContaining("offset " + committing);
    assertThat(tallies.settle(Map.of(0, Math.max(committed, polledTo)))).isNotEmpty();
  }

  @Test
  void shouldRefuseToCommitWhatIsToBeReadAgain() {
    // Given
    open(0);
    open(1);
    read(0, "soil", Counts.CLASSIFIED);
    read(1, "soil", Counts.CLASSIFIED);

    // When
    var thrown = assertThatThrownBy(() -> tallies.settle(Map.of(1, 1L)));

    // Then
    thrown
        .isInstanceOf(TransactionLostException.class)
        .hasMessage("outcomes of reads-0 were to be committed without its offset");
    tallies.close(0);
    assertThat(tallies.settle(Map.of(1, 1L))).isEqualTo(Map.of(1, 1L));
  }

  @Test
  void shouldRefuseToCommitAReadWithoutAnOutcome() {
    // Given
    open(0);
    read(0, "soil", Counts.CLASSIFIED);
    tallies.add(0, "soil", Counts.RECEIVED);

    // When
    var thrown = assertThatThrownBy(tallies::takeChanges);

    // Then
    thrown.isInstanceOf(IllegalStateException.class).hasMessageContaining("0/soil");
  }

  @Test
  void shouldCountWhatWasDeletedBehindTheCommittedOffsetInTheNextTransaction() {
    // Given
    log.committed.put(0, 100L);
    log.starts.put(0, 622L);
    open(0);
    assertThat(tallies.lookForLoss(0)).isTrue();

    // When
    Map<Integer, Long> committing = tallies.settle(Map.of());

    // Then
    assertThat(committing).isEqualTo(Map.of(0, 622L));
    assertThat(tallies.takeChanges())
        .containsExactly(new Balance(new Account(0, ""), new Counts(522, 0, 0, 0, 0, 522)));
    assertThat(tallies.lookForLoss(0)).isFalse();
    assertThat(tallies.settle(Map.of(0, 640L))).isEqualTo(Map.of(0, 640L));
  }

  @Test
  void shouldLetNoLaterCommitGoBackBehindWhatWasCounted() {
    // Given
    log.committed.put(0, 100L);
    log.starts.put(0, 622L);
    open(0);
    tallies.settle(Map.of());
    tallies.takeChanges();

    // When
    Map<Integer, Long> committing = tallies.settle(Map.of(0, 100L));

    // Then
    assertThat(committing).isEqualTo(Map.of(0, 622L));
    assertThat(tallies.takeChanges()).isEmpty();
  }

  @Test
  void shouldCountWhatWasDeletedBetweenTwoReads() {
    // Given
    open(0);
    process(0, 0);
    process(0, 500);
    log.starts.put(0, 500L);

    // When
    Map<Integer, Long> committing = tallies.settle(Map.of(0, 501L));

    // Then
    assertThat(committing).isEqualTo(Map.of(0, 501L));
    assertThat(tallies.takeChanges())
        .contains(new Balance(new Account(0, ""), new Counts(499, 0, 0, 0, 0, 499)));
  }

  @Test
  void shouldCountWhatWasDeletedAndCommittedPastBeforeTheNextReadIsProcessed() {
    // Given
    open(0);
    process(0, 9);
    log.starts.put(0, 700L);

    // When
    tallies.settle(Map.of(0, 720L));

    // Then
    assertThat(tallies.takeChanges())
        .contains(new Balance(new Account(0, ""), new Counts(699, 0, 0, 0, 0, 699)));
  }

  @Test
  void shouldNotTakeWhatTransactionsLeaveForReads() {
    // Given
    open(0);
    open(1);
    process(0, 0);
    process(0, 2);
    process(0, 90);
    process(1, 0);
    process(1, 1);
    log.asked = 0;

    // When
    Map<Integer, Long> committing = tallies.settle(Map.of(0, 93L, 1, 2L));

    // Then
    assertThat(committing).isEqualTo(Map.of(0, 93L, 1, 2L));
    assertThat(tallies.counts(new Account(0, ""))).isEqualTo(Counts.NONE);
    assertThat(log.asked).isEqualTo(1);
    tallies.takeChanges();
    process(1, 2);
    tallies.settle(Map.of(1, 3L));
    assertThat(log.asked).isEqualTo(1);
  }

  @Test
  void shouldCountAtAFirstStartWhatNobodyHasEverRead() {
    // Given
    log.starts.put(0, 40L);
    log.starts.put(1, 40L);
    log.starts.put(2, 40L);
    stored.put(1, Map.of("soil", new Counts(30, 30, 0, 0, 0)));
    stored.put(2, Map.of("soil", new Counts(55, 55, 0, 0, 0)));

    // When
    open(0);
    open(1);
    open(2);
    Map<Integer, Long> committing = tallies.settle(Map.of());

    // Then
    assertThat(committing).isEqualTo(Map.of(0, 40L, 1, 40L));
    assertThat(tallies.counts(new Account(0, "")).expired()).isEqualTo(40);
    assertThat(tallies.counts(new Account(1, "")).expired()).isEqualTo(10);
    assertThat(tallies.counts(new Account(2, "")).expired()).isZero();
  }

  @Test
  void shouldReadATopicThatWasCreatedAnewFromItsStart() {
    // Given
    log.committed.put(0, 500L);
    log.ends.put(0, 20L);
    open(0);

    // When
    process(0, 0);
    process(0, 1);

    // Then
    assertThat(tallies.settle(Map.of(0, 2L))).isEqualTo(Map.of(0, 2L));
    assertThat(tallies.takeChanges())
        .containsExactly(new Balance(new Account(0, "soil"), new Counts(2, 2, 0, 0, 0)));
  }

  @Test
  void shouldReadAllOfATopicThatIsAnotherThanTheOneCounted() {
    // Given
    stored.put(0, Map.of("soil", new Counts(55, 55, 0, 0, 0)));
    readsTopics.put("another", -1L);
    log.starts.put(0, 5L);
    open(0);

    // When
    Map<Integer, Long> committing = tallies.settle(Map.of());

    // Then: it began with five that nobody has read, whatever was received of the other
    assertThat(committing).isEqualTo(Map.of(0, 5L));
    assertThat(tallies.counts(new Account(0, "")).expired()).isEqualTo(5);
    assertThat(tallies.readsTopic(0)).isEqualTo("one");
  }

  @ParameterizedTest
  @CsvSource({"another, 6, true", "another, 5, false", "one, 6, false", "'', 6, false"})
  void shouldNotGoOnInATopicWhereItStoodInAnother(String counted, long committed, boolean stops) {
    // Given
    Stream.of(counted).filter(id -> !id.isEmpty()).forEach(id -> readsTopics.put(id, -1L));
    log.starts.put(0, 5L);
    log.committed.put(0, committed);

    // When
    Throwable thrown = catchThrowable(() -> open(0));

    // Then
    assertThat(thrown instanceof ReadsAnewException).isEqualTo(stops);
  }

  @Test
  void shouldCommitNothingOnceTheTopicIsAnother() {
    // Given
    open(0);
    process(0, 0);
    tallies.settle(Map.of(0, 1L));
    process(0, 1);

    // When
    log.topicId = "another";

    // Then
    assertThatThrownBy(() -> tallies.settle(Map.of(0, 2L)))
        .isInstanceOf(ReadsAnewException.class)
        .hasMessageStartingWith("reads was created anew while it was read");
    assertThatThrownBy(() -> tallies.lookForLoss(0)).isInstanceOf(ReadsAnewException.class);
  }

  @Test
  void shouldCommitNothingOnceTheTopicIsGone() {
    // Given
    open(0);
    process(0, 0);

    // When
    log.topicId = null;

    // Then
    assertThatThrownBy(() -> tallies.settle(Map.of(0, 1L)))
        .isInstanceOf(ReadsAnewException.class)
        .hasMessageStartingWith("reads was deleted while it was read");
    assertThatThrownBy(() -> tallies.lookForLoss(0)).isInstanceOf(ReadsAnewException.class);
  }

  @Test
  void shouldTakeBackWhatExpiredWhenItsTransactionAborts() {
    // Given
    log.committed.put(0, 100L);
    log.starts.put(0, 622L);
    open(0);
    tallies.settle(Map.of());
    log.starts.put(0, 650L);

    // When
    open(0);
    tallies.settle(Map.of());

    // Then
    assertThat(tallies.takeChanges())
        .containsExactly(new Balance(new Account(0, ""), new Counts(550, 0, 0, 0, 0, 550)));
  }

  @Test
  void shouldStopAtEachKindOfLossWhereToldTo() {
    // Given
    Tallies strict = new Tallies(partition -> new Stored(Map.of(), Map.of()), log, true);
    open(strict, 3);
    open(strict, 4);
    log.starts.put(0, 7L);
    log.committed.put(1, 9L);
    log.ends.put(1, 8L);
    strict.take(3, 5);
    log.starts.put(3, 1L);
    strict.take(4, 5);

    // When
    Throwable firstStart = catchThrowable(() -> open(strict, 0));
    Throwable beyondTheEnd = catchThrowable(() -> open(strict, 1));
    Throwable whileRunning = catchThrowable(() -> strict.settle(Map.of(3, 6L)));
    Throwable wentBack = catchThrowable(() -> strict.take(4, 0));

    // Then
    String advice =
        "; to go on with what there is: `java -jar readlens.jar run -D reads.expired=count`";
    assertThat(firstStart)
        .isInstanceOf(ReadsExpiredException.class)
        .hasMessage(
            "7 reads of reads-0, offsets 0 to 6, were deleted before they were read" + advice);
    assertThat(beyondTheEnd)
        .isInstanceOf(ReadsExpiredException.class)
        .hasMessageStartingWith("reads-1 ends at offset 8, before 9,")
        .hasMessageEndingWith(advice);
    assertThat(whileRunning)
        .isInstanceOf(ReadsExpiredException.class)
        .hasMessageStartingWith("1 reads of reads-3, offsets 0 to 0,");
    assertThat(wentBack)
        .isInstanceOf(ReadsExpiredException.class)
        .hasMessageStartingWith("reads-4 went back from offset 6 to 0:");
  }

  @ParameterizedTest
  @CsvSource({"40, 39, ReadsExpiredException", "40, 40, ReadsExpiredException", "0, 40, ''"})
  void shouldStopAtALossThatNobodyKnowsOf(long start, long received, String stops) {
    // Given
    Map<String, Counts> before = Map.of("soil", new Counts(received, received, 0, 0, 0));
    Tallies strict = new Tallies(partition -> new Stored(before, Map.of()), log, true);
    log.starts.put(0, start);

    // When
    Throwable thrown = catchThrowable(() -> open(strict, 0));

    // Then
    assertThat(thrown == null ? "" : thrown.getClass().getSimpleName()).isEqualTo(stops);
  }

  @ParameterizedTest
  @CsvSource({
    "was set back, 40, 30, 30, offset 30; counted it to offset 40; were set back",
    "passes over a read, 40, 45, 42, offset 45; counted it to offset 40; were set forward",
    "passes over traces of transactions, 40, 45, 45, ''",
    "is where it was, 40, 40, 39, ''",
    "is of an entry that does not say, -1, 45, 42, ''"
  })
  void shouldSayWhereReadingGoesOnElsewhereThanTheLedgerHasCountedTo(
      String how, long counted, long committed, long read, String said) {
    // Given
    stored.put(0, Map.of("soil", new Counts(40, 40, 0, 0, 0)));
    readsTopics.put("one", counted);
    log.committed.put(0, committed);
    log.reads.add(read);

    // When
    String warnings = saidBy(() -> open(0));

    // Then
    assertThat(warnings.lines()).as(how).hasSize(said.isEmpty() ? 0 : 1);
    assertThat(warnings).as(how).contains(said.split("; "));
    assertThat(tallies.nextOffset(0)).isEqualTo(committed);
  }

  @ParameterizedTest
  @CsvSource({"3, true", "5, false"})
  void shouldSayThatTheLedgerCountsNothingOfWhatWasRead(long read, boolean says) {
    // Given
    log.committed.put(0, 5L);
    log.reads.add(read);

    // When
    String warnings = saidBy(() -> open(0));

    // Then
    assertThat(warnings.contains("the ledger counts no read of it")).isEqualTo(says);
  }

  private static String saidBy(Runnable action) {
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(err);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"41, true", "40, false", "39, false"})
  void shouldStopAtReadsThatWerePassedOverWhereToldTo(long committed, boolean stops) {
    // Given
    Stored found =
        new Stored(Map.of("soil", new Counts(40, 40, 0, 0, 0)), Map.of("one", 40L, "other", 70L));
    Tallies strict = new Tallies(partition -> found, log, true);
    log.committed.put(0, committed);

    // When
    Throwable thrown = catchThrowable(() -> open(strict, 0));

    // Then
    assertThat(thrown instanceof ReadsExpiredException).isEqualTo(stops);
  }

  @Test
  void shouldTellTheOffsetUpToWhichItHasCounted() {
    // Given
    log.committed.put(0, 10L);
    open(0);
    process(0, 10);
    process(0, 12);

    // When
    tallies.settle(Map.of(0, 14L));

    // Then
    assertThat(tallies.nextOffset(0)).isEqualTo(14);
    assertThat(tallies.nextOffset(1)).isEqualTo(-1);
  }

  private void open(int partition) {
    open(tallies, partition);
  }

  /** As if everything had been polled. */
  private static void open(Tallies some, int partition) {
    some.open(partition, () -> Long.MAX_VALUE);
  }

  private void process(int partition, long offset) {
    tallies.take(partition, offset);
    read(partition, "soil", Counts.CLASSIFIED);
  }

  private void read(int partition, String sample, Counts outcome) {
    tallies.add(partition, sample, Counts.RECEIVED);
    tallies.add(partition, sample, outcome);
  }
}
