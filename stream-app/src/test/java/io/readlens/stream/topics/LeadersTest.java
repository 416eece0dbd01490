package io.readlens.stream.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

/** What is said of partitions that nobody leads. */
class LeadersTest {
  private static final Node ONE = new Node(1, "one", 9092);

  @Test
  void shouldSayNothingWhereAllPartitionsAreLed() {
    // When, Then
    assertThat(Leaders.missing("reads", List.of(led(0, 1), led(1, 1, 2)))).isEmpty();
  }

  @Test
  void shouldNameThePartitionAndTheBrokerThatIsDown() {
    // When, Then
    assertThat(Leaders.missing("reads", List.of(led(0, 1), leaderless(1, null, 2))))
        .hasValue(
            "topic reads: partition 1 has no leader: broker 2, which holds it, is down; start it");
  }

  @Test
  void shouldNameAllPartitionsAndAllBrokersThatMayBeDown() {
    // When, Then
    assertThat(
            Leaders.missing(
                "reads",
                List.of(leaderless(0, Node.noNode(), 3, 2), led(1, 1), leaderless(2, null, 2))))
        .hasValue(
            "topic reads: partitions 0, 2 have no leader: brokers that hold them are down (of 2, 3);"
                + " start them");
  }

  private static TopicPartitionInfo led(int partition, int... replicas) {
    return leaderless(partition, ONE, replicas);
  }

  private static TopicPartitionInfo leaderless(int partition, Node leader, int... replicas) {
    List<Node> nodes = IntStream.of(replicas).mapToObj(id -> new Node(id, "", -1)).toList();
    return new TopicPartitionInfo(partition, leader, nodes, List.of());
  }
}
