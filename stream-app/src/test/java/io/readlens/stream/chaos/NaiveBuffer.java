package io.readlens.stream.chaos;

import io.readlens.avro.DeadLetter;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.Explanation;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.InvalidReadException;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import io.readlens.schemas.RegistrySerde;
import io.readlens.schemas.UndecodableException;
import io.readlens.stream.worker.FakeModel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Broken on purpose: collects a batch, has it answered elsewhere, and forwards the answers when the
 * next batch is full. Kafka Streams takes a record for done when {@code process} returns, and
 * commits its offset; whoever dies then takes two batches along. Alive it loses nothing: when no
 * more reads come, what is left is forwarded.
 *
 * <p>Threading: one stream thread; {@link #answer} runs on others.
 */
final class NaiveBuffer implements Processor<byte[], byte[], byte[], SpecificRecord> {
  static final String EXPLANATIONS = "explanations";
  static final String DEAD_LETTERS = "dead-letters";

  private static final int BATCH = 64;
  private static final Duration IDLE = Duration.ofMillis(100);

  private record Waiting(Record<byte[], byte[]> record, RecordMetadata origin) {}

  private record Answer(Record<byte[], SpecificRecord> record, String sink) {}

  private final RegistrySerde<SequencingRead> serde;
  private final FaultyDevice device;
  private final List<Waiting> buffer = new ArrayList<>();
  private CompletableFuture<List<Answer>> answers = CompletableFuture.completedFuture(List.of());
  private ProcessorContext<byte[], SpecificRecord> context;
  private boolean idle;

  NaiveBuffer(RegistrySerde<SequencingRead> serde, FaultyDevice device) {
    this.serde = serde;
    this.device = device;
  }

  @Override
  public void init(ProcessorContext<byte[], SpecificRecord> processorContext) {
    context = processorContext;
    context.schedule(IDLE, PunctuationType.WALL_CLOCK_TIME, now -> handOverIfIdle());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    idle = false;
    buffer.add(new Waiting(record, context.recordMetadata().orElseThrow()));
    if (buffer.size() >= BATCH) {
      handOver();
    }
  }

  private void handOverIfIdle() {
    if (idle) {
      handOver();
    }
    idle = true;
  }

  private void handOver() {
    answers.join().forEach(answer -> context.forward(answer.record(), answer.sink()));
    List<Waiting> batch = List.copyOf(buffer);
    buffer.clear();
    answers = CompletableFuture.supplyAsync(() -> batch.stream().map(this::answer).toList());
  }

  private Answer answer(Waiting waiting) {
    Record<byte[], byte[]> record = waiting.record();
    try {
      SequencingRead read = serde.deserialize(waiting.origin().topic(), record.value());
      TokenizedRead tokens = Tokenizer.tokenize(Read.of(read.getReadId(), read.getSequence()));
      ExplainedRead answer = device.apply(List.of(tokens)).get(0);
      return new Answer(record.withValue(explanation(tokens, answer)), EXPLANATIONS);
    } catch (UndecodableException e) {
      return rejected(waiting, DeadLetterReason.UNREADABLE_RECORD);
    } catch (InvalidReadException e) {
      return rejected(waiting, DeadLetterReason.INVALID_BASES);
    } catch (FakeModel.InjectedException e) {
      return rejected(waiting, DeadLetterReason.MODEL_FAILED);
    }
  }

  private static Explanation explanation(TokenizedRead read, ExplainedRead answer) {
    return Explanation.newBuilder()
        .setReadId(read.id())
        .setLength(read.length())
        .setOutcome(answer.classified() ? ReadOutcome.CLASSIFIED : ReadOutcome.UNCLASSIFIED)
        .setCheckpointId(answer.checkpointId())
        .setEventTime(Instant.EPOCH)
        .setProcessedTime(Instant.EPOCH)
        .build();
  }

  private static Answer rejected(Waiting waiting, DeadLetterReason reason) {
    Record<byte[], byte[]> record = waiting.record();
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setKey(ByteBuffer.wrap(record.key()))
            .setValue(ByteBuffer.wrap(record.value()))
            .setTopic(waiting.origin().topic())
            .setPartition(waiting.origin().partition())
            .setOffset(waiting.origin().offset())
            .setTimestamp(Instant.ofEpochMilli(record.timestamp()))
            .setReason(reason)
            .setProcessedTime(Instant.EPOCH)
            .build();
    return new Answer(record.withValue(letter), DEAD_LETTERS);
  }
}
