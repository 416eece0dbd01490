package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import io.readlens.stream.topology.Outcome.Explained;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.worker.DeviceFailedError;
import io.readlens.stream.worker.ReadFailedException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Waits for its own read's answer and forwards the outcome under the record's key. A read that was
 * not looked ahead at is submitted now: slower, and right.
 *
 * <p>Threading: one stream thread, from {@code init} to {@code close}.
 */
final class ExplainProcessor implements Processor<byte[], byte[], byte[], Outcome> {
  private final ReadIntake intake;
  private final String topic;
  private final Clock clock;
  private ProcessorContext<byte[], Outcome> context;
  private PendingReads pending;

  ExplainProcessor(ReadIntake intake, String topic, Clock clock) {
    this.intake = intake;
    this.topic = topic;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], Outcome> processorContext) {
    context = processorContext;
    pending = intake.ofThisThread();
  }

  /**
   * @throws DeviceFailedError if the device is at fault; the thread dies, its transaction aborts
   */
  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata origin =
        context
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a read without an origin"));
    Received received =
        new Received(
            record.key(),
            record.value(),
            new TopicPartition(origin.topic(), origin.partition()),
            origin.offset(),
            record.timestamp());
    Outcome outcome = outcome(received);
    context.forward(
        record
            .withKey(outcome instanceof Rejected rejected ? rejected.outputKey() : record.key())
            .withValue(outcome)
            .withTimestamp(recordTime(outcome)));
  }

  private Outcome outcome(Received received) {
    Optional<PendingRead> pendingRead = pending.take(received.partition(), received.offset());
    if (pendingRead.isPresent() && pendingRead.get().answer().isPresent()) {
      intake.countHit();
      return await(received, pendingRead.get().read(), pendingRead.get().answer().get());
    }
    Decoded decoded =
        pendingRead.isPresent() ? pendingRead.get().read() : intake.mapping().decode(received);
    if (decoded instanceof IncomingRead read) {
      intake.countMiss();
      CompletableFuture<ExplainedRead> answer = intake.worker().submit(read.tokens());
      intake.worker().hint();
      return await(received, read, answer);
    }
    return (Outcome) decoded;
  }

  private static Outcome await(
      Received received, IncomingRead read, CompletableFuture<ExplainedRead> answer) {
    try {
      return new Explained(read, answer.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ReadFailedException readFault) {
        return new Rejected(received, Reason.MODEL_FAILED, readFault.getMessage());
      }
      if (e.getCause() instanceof DeviceFailedError deviceFault) {
        throw deviceFault;
      }
      throw new IllegalStateException("the device failed in a way it must not", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** The event time, kept where records may live: from 1970 until now. */
  private long recordTime(Outcome outcome) {
    return Math.max(0, Math.min(outcome.eventTime().toEpochMilli(), clock.millis()));
  }

  /** The task is revoked or ends: another thread may already ask for the same reads. */
  @Override
  public void close() {
    pending.evict(new TopicPartition(topic, context.taskId().partition()));
  }
}
