package io.readlens.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.LedgerEntry;
import io.readlens.avro.SequencingRead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicsTest {
  @ParameterizedTest
  @CsvSource({
    "0, readlens.reads.v1, SequencingRead, 7, 4194304",
    "1, readlens.explanations.v1, Explanation, 30, 8388608",
    "2, readlens.dead-letters.v1, DeadLetter, 30, 8388608"
  })
  void shouldDeclareTheTopics(int index, String name, String type, int days, int maxBytes) {
    // When
    Topic<?> topic = Topics.standard().all().get(index);
    // Then
    assertThat(topic.name()).isEqualTo(name);
    assertThat(topic.type().getSimpleName()).isEqualTo(type);
    assertThat(topic.subject()).isEqualTo(name + "-value");
    assertThat(topic.partitions()).isEqualTo(4);
    assertThat(topic.retention()).contains(Duration.ofDays(days));
    assertThat(topic.isCompacted()).isFalse();
    assertThat(topic.configs())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("compression.type", "gzip")
        .containsEntry("retention.ms", Long.toString(days * 86_400_000L))
        .containsEntry("max.message.bytes", Integer.toString(maxBytes))
        .hasSize(4);
  }

  @Test
  void shouldDeclareALedgerThatKeepsTheLatestOfEachKey() {
    // When
    Topic<?> topic = Topics.standard().all().get(3);
    // Then
    assertThat(topic.name()).isEqualTo("readlens.ledger.v1");
    assertThat(topic.type()).isEqualTo(LedgerEntry.class);
    assertThat(topic.partitions()).isEqualTo(Topics.standard().reads().partitions());
    assertThat(topic.isCompacted()).isTrue();
    assertThat(topic.configs())
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("compression.type", "gzip")
        .containsEntry("max.message.bytes", "1048576")
        .containsEntry("segment.bytes", "4194304")
        .containsEntry("delete.retention.ms", "600000")
        .hasSize(5);
  }

  @Test
  void shouldDeclareACompactedTopicOfCheckpoints() {
    // When
    Topic<?> topic = Topics.standard().all().get(4);
    // Then
    assertThat(topic.name()).isEqualTo("readlens.checkpoints.v1");
    assertThat(topic.type()).isEqualTo(CheckpointEvent.class);
    assertThat(topic.isCompacted()).isTrue();
  }

  @Test
  void shouldTakeOtherNames() {
    // When
    Topics topics = Topics.standard().named("in", "out", "dead", "book", "models");
    // Then
    assertThat(topics.all())
        .extracting(Topic::name)
        .containsExactly("in", "out", "dead", "book", "models");
    assertThat(topics.reads().type()).isEqualTo(SequencingRead.class);
    assertThat(topics.explanations().subject()).isEqualTo("out-value");
    assertThat(topics.deadLetters().retention()).contains(Duration.ofDays(30));
  }

  @ParameterizedTest
  @CsvSource({"a, a, b, c, d", "a, b, a, c, d", "b, a, a, c, d", "a, b, c, a, d", "a, b, c, d, d"})
  void shouldRefuseTwoTopicsOfOneName(
      String reads, String explanations, String deadLetters, String ledger, String checkpoints) {
    // When
    Throwable refusal =
        catchThrowable(
            () -> Topics.standard().named(reads, explanations, deadLetters, ledger, checkpoints));
    // Then
    assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "reads/v1", "reads v1", "lectures.é"})
  void shouldRefuseAnIllegalName(String name) {
    // When
    Throwable refusal = catchThrowable(() -> Topics.standard().reads().named(name));
    // Then
    assertThat(refusal)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + name + "'");
  }

  @Test
  void shouldRefuseATopicWithoutPartitions() {
    // When
    Throwable refusal = catchThrowable(() -> Topics.standard().reads().withPartitions(0));
    // Then
    assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldHoldADeadLetterAroundTheLargestRecord() {
    try (StubRegistry stub = new StubRegistry();
        Registry registry = stub.connect()) {
      // Given
      Topics topics = Topics.standard();
      stub.acceptAs(topics.deadLetters().subject(), 1);
      DeadLetter letter =
          DeadLetter.newBuilder()
              .setKey(ByteBuffer.allocate(100_000))
              .setValue(ByteBuffer.allocate(topics.reads().maxMessageBytes()))
              .setTopic(topics.reads().name())
              .setPartition(0)
              .setOffset(Long.MAX_VALUE)
              .setTimestamp(Instant.EPOCH)
              .setReason(DeadLetterReason.TOO_LONG)
              .setProcessedTime(Instant.EPOCH)
              .build();
      // When
      byte[] bytes =
          topics.deadLetters().serde(registry).serialize(topics.deadLetters().name(), letter);
      // Then
      assertThat(bytes.length).isLessThan(topics.deadLetters().maxMessageBytes());
    }
  }
}
