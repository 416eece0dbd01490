package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.Ledger;
import io.readlens.stream.ledger.Tallies;
import io.readlens.stream.ledger.TransactionLostException;
import io.readlens.stream.topology.Outcome.Expired;
import io.readlens.stream.topology.Outcome.Explained;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.worker.DeviceFailedError;
import io.readlens.stream.worker.ReadFailedException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for its own read's answer and forwards the outcome under the record's key. A read that was
 * not looked ahead at is submitted now: slower, and right. The ledger counts the read as it comes,
 * and its outcome once that is forwarded.
 *
 * <p>Threading: one stream thread, from {@code init} to {@code close}.
 */
final class ExplainProcessor implements Processor<byte[], byte[], byte[], Outcome> {
  private static final Logger LOG = LoggerFactory.getLogger(ExplainProcessor.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** A header without a name and a value, in bytes: their lengths. */
  private static final int LEAST_HEADER = 2;

  private final ReadIntake intake;
  private final Ledger ledger;
  private final String topic;
  private final Clock clock;
  private ProcessorContext<byte[], Outcome> context;
  private PendingReads pending;
  private Tallies tallies;
  private boolean saidLargeHeaders;

  ExplainProcessor(ReadIntake intake, Ledger ledger, String topic, Clock clock) {
    this.intake = intake;
    this.ledger = ledger;
    this.topic = topic;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], Outcome> processorContext) {
    context = processorContext;
    pending = intake.ofThisThread();
    tallies = ledger.ofThisThread();
    TopicPartition partition = partition();
    tallies.open(partition.partition(), () -> pending.polledTo(partition));
    context.schedule(
        BETWEEN_LOOKS,
        PunctuationType.WALL_CLOCK_TIME,
        now -> lookForLoss(partition.partition(), now));
  }

  private TopicPartition partition() {
    return new TopicPartition(topic, context.taskId().partition());
  }

  /** Has the ledger count reads that were deleted unread where no read comes to do so. */
  private void lookForLoss(int partition, long now) {
    if (tallies.lookForLoss(partition)) {
      Expired expired = new Expired(partition);
      forward(new Record<>(ExplainTopology.account(expired).key(), expired, now));
      context.commit();
    }
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
    Optional<PendingRead> ahead = pending.take(received.partition(), received.offset());
    Decoded decoded =
        ahead.<Decoded>map(PendingRead::read).orElseGet(() -> intake.mapping().decode(received));
    tallies.take(origin.partition(), origin.offset());
    tallies.add(origin.partition(), decoded.sampleId(), Counts.RECEIVED);
    Outcome outcome = outcome(received, decoded, ahead);
    forward(
        record
            .withKey(outcome instanceof Rejected rejected ? rejected.outputKey() : record.key())
            .withHeaders(passedOn(origin, record.headers()))
            .withValue(outcome));
    tallies.add(origin.partition(), outcome.sampleId(), outcome.counts());
    if (pending.processed()) {
      context.commit();
    }
  }

  /**
   * A record's headers, which tell of traces for example, unless they are so large that no topic
   * might take them a second time.
   */
  private Headers passedOn(RecordMetadata origin, Headers headers) {
    long bytes = 0;
    for (Header header : headers) {
      bytes +=
          LEAST_HEADER
              + Utils.utf8Length(header.key())
              + (header.value() == null ? 0 : header.value().length);
    }
    if (bytes <= AvroMapping.MAX_HEADER_BYTES) {
      return headers;
    }
    if (!saidLargeHeaders) {
      saidLargeHeaders = true;
      LOG.warn(
          "{}-{} offset {}: the record's headers take {} bytes, more than {}, and its outcome has none; this is said once",
          origin.topic(),
          origin.partition(),
          origin.offset(),
          bytes,
          AvroMapping.MAX_HEADER_BYTES);
    }
    return new RecordHeaders();
  }

  private Outcome outcome(Received received, Decoded decoded, Optional<PendingRead> ahead) {
    var asked = ahead.flatMap(PendingRead::answer);
    if (asked.isPresent()) {
      intake.countHit();
      return await(received, ahead.get().read(), asked.get());
    }
    if (decoded instanceof IncomingRead read) {
      intake.countMiss();
      CompletableFuture<ExplainedRead> answer = intake.worker().submit(read.tokens());
      intake.worker().hint();
      return await(received, read, answer);
    }
    return (Outcome) decoded;
  }

  private Outcome await(
      Received received, IncomingRead read, CompletableFuture<ExplainedRead> answer) {
    try {
      Explained explained = new Explained(read, answer.get());
      return intake
          .mapping()
          .fault(explained)
          .<Outcome>map(fault -> new Rejected(received, read.sampleId(), Reason.TOO_LONG, fault))
          .orElse(explained);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ReadFailedException readFault) {
        return new Rejected(received, read.sampleId(), Reason.MODEL_FAILED, readFault.getMessage());
      }
      if (e.getCause() instanceof DeviceFailedError deviceFault) {
        throw deviceFault;
      }
      throw new IllegalStateException("the device failed in a way it must not", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * The only way out, and where the time of all that is written is decided: it is that of
   * processing. Brokers count retention from it, and anybody can write any time into a read.
   */
  private void forward(Record<byte[], Outcome> outgoing) {
    try {
      context.forward(outgoing.withTimestamp(clock.millis()));
    } catch (TimeoutException | TaskCorruptedException e) {
      throw new StreamsException(new TransactionLostException("cannot write an outcome", e));
    }
  }

  /** The task is revoked or ends: another thread may already ask for the same reads. */
  @Override
  public void close() {
    pending.evict(partition());
    tallies.close(partition().partition());
  }
}
