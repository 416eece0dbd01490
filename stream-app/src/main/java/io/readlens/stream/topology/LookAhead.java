package io.readlens.stream.topology;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees what the main consumer has polled before Kafka Streams does, submits its reads to the device
 * and waits for the answers. Explaining a read is a pure function of its record, so it may be done
 * before its turn: if the turn never comes, nothing has happened.
 *
 * <p>Kafka creates it by name, once for each consumer, and hands it the consumer's configuration;
 * there the application has put its {@link ReadIntake} under {@link #INTAKE}.
 *
 * <p>Threading: but for {@code configure}, the stream thread that owns the consumer. It never
 * throws: Kafka would swallow it, with the rest of the poll not looked at.
 */
public final class LookAhead implements ConsumerInterceptor<byte[], byte[]> {
  /** The consumer property that holds the {@link ReadIntake} object itself. */
  static final String INTAKE = "readlens.intake";

  private static final Logger LOG = LoggerFactory.getLogger(LookAhead.class);

  private ReadIntake intake;
  private PendingReads pending;

  @Override
  public void configure(Map<String, ?> configs) {
    if (!(configs.get(INTAKE) instanceof ReadIntake shared)) {
      throw new IllegalStateException("a look-ahead needs the intake under " + INTAKE);
    }
    intake = shared;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> polled) {
    pending = intake.ofThisThread();
    pending.polledTo(polled.nextOffsets());
    if (!polled.isEmpty()) {
      try {
        pending.lookAhead(polled);
        intake.awaitAnswers();
      } catch (RuntimeException e) {
        LOG.warn("cannot look ahead at a poll; its reads are explained one by one", e);
      }
    }
    return polled;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    // Nothing hangs on commits: what was processed has been forwarded.
  }

  @Override
  public void close() {
    if (pending != null) {
      pending.evictAll();
    }
  }
}
