package io.readlens.stream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.ledger.Counts;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeletionsTest {
  private static final TopicPartition READS_0 = new TopicPartition("reads", 0);
  private static final TopicPartition READS_1 = new TopicPartition("reads", 1);

  private final SentRead a = read("a", 0, READS_0, 0);
  private final SentRead b = read("b", 0, READS_0, 1);
  private final SentRead c = read("c", 0, READS_0, 2);
  private final SentRead d = read("d", 0, READS_1, 0);
  private final SentRead e = read("e", 1, READS_0, 0);
  private final List<SentRead> sent = List.of(a, b, c, d, e);

  private final Deletions deletions = new Deletions();

  @Test
  void shouldExcuseNothingThatWasNotDeleted() {
    // When
    Deletions.Unread unread = deletions.unread(sent, List.of());

    // Then
    assertThat(unread.rest(sent)).isEqualTo(sent);
  }

  @Test
  void shouldExcuseWhatLayBelowTheStartAndHasNoOutcome() {
    // Given
    deletions.expired(Map.of(READS_0, 2L));

    // When
    Deletions.Unread unread = deletions.unread(sent, outcomesOf(a));

    // Then
    assertThat(unread.expired()).containsExactly(b);
    assertThat(unread.withTopic()).isEmpty();
    assertThat(unread.rest(sent)).containsExactly(a, c, d, e);
  }

  @Test
  void shouldExcuseWhatLayBehindTheLastOutcomeOfATopicThatIsNoMore() {
    // Given
    deletions.anew();

    // When
    Deletions.Unread unread = deletions.unread(sent, outcomesOf(b));

    // Then: a was passed over, and the new topic is still there
    assertThat(unread.withTopic()).containsExactly(c, d);
    assertThat(unread.rest(sent)).containsExactly(a, b, e);
  }

  @Test
  void shouldNotTakeOffsetsOfOneTopicForThoseOfAnother() {
    // Given
    deletions.anew();
    deletions.expired(Map.of(READS_0, 1L));

    // When
    Deletions.Unread unread = deletions.unread(sent, outcomesOf(c, d));

    // Then
    assertThat(unread.expired()).containsExactly(e);
    assertThat(unread.withTopic()).isEmpty();
    assertThat(unread.rest(sent)).containsExactly(a, b, c, d);
  }

  private static SentRead read(String id, int topic, TopicPartition partition, long offset) {
    return new SentRead(id, "sample", topic, partition, offset, 0, "fine", Counts.NONE);
  }

  private static List<Outcome> outcomesOf(SentRead... reads) {
    TopicPartition explanations = new TopicPartition("explanations", 0);
    return Stream.of(reads).map(read -> new Outcome(read.id(), explanations, 0, "fine")).toList();
  }
}
