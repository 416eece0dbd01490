package io.readlens.stream.topology;

import io.readlens.avro.Explanation;
import io.readlens.avro.SequencingRead;
import io.readlens.model.Canary;
import io.readlens.model.ExplainedClassifier;
import io.readlens.model.ExplainedRead;
import io.readlens.stream.topology.Outcome.Explained;
import io.readlens.stream.topology.Outcome.Reason;
import io.readlens.stream.topology.Outcome.Rejected;
import io.readlens.stream.topology.Outcome.TooShort;
import io.readlens.stream.worker.DeviceModel;
import io.readlens.stream.worker.DeviceSpeed;
import io.readlens.stream.worker.DeviceWorker;
import io.readlens.stream.worker.ReadFailedException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The topology's path through the model without Kafka: the same checks, the same device, the same
 * records.
 *
 * <p>Threading: one thread; the model is called by the device's own.
 */
public final class DirectExplainer {
  /** Reads that are handed to the device before the first answer is waited for. */
  private static final int AHEAD = 1_024;

  /** A call of the device that takes as much longer than it should counts as stuck. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final AvroMapping mapping;
  private final DeviceWorker<?> worker;

  /**
   * @param rules how reads are judged and what explanations carry
   * @param speed the device's with this model
   */
  public DirectExplainer(ExplanationRules rules, DeviceModel<?> model, DeviceSpeed speed) {
    mapping = new AvroMapping(rules, Clock.systemUTC());
    worker =
        DeviceWorker.start(
            DeviceWorker.Policy.following(
                speed,
                DeviceSpeed.MOST_BATCH_TOKENS,
                ExplainApp.BATCH_WINDOWS,
                Duration.ofMillis(5),
                deadline(rules, speed)),
            model,
            Canary.READ);
  }

  /** One call may put the longest read to the test, in windows that overlap by a fifth. */
  private static Duration deadline(ExplanationRules rules, DeviceSpeed speed) {
    double passes = 1.25 * ExplainedClassifier.TEST_PASSES;
    double ofOneThread = speed.tokensPerSecond() / speed.threads();
    double seconds = passes * rules.maxPlaces() / ofOneThread;
    return PATIENCE.plusSeconds(Math.round(ExplainApp.SLOWDOWN * seconds));
  }

  /** A read that cannot be explained, and why. */
  public record Refusal(SequencingRead read, String reason) {}

  private record Asked(
      SequencingRead avro, Decoded decoded, CompletableFuture<ExplainedRead> answer) {}

  /**
   * Explains reads in their order. Where the reads end in an exception, those before it are still
   * explained, and then it is thrown.
   *
   * @param explained takes each explanation
   * @param refused takes each read that has none
   */
  public void explain(
      Iterator<SequencingRead> reads, Consumer<Explanation> explained, Consumer<Refusal> refused) {
    Deque<Asked> asked = new ArrayDeque<>();
    try {
      while (reads.hasNext()) {
        asked.add(ask(reads.next()));
        if (asked.size() == AHEAD) {
          answer(asked.remove(), explained, refused);
        }
      }
    } finally {
      worker.hint();
      while (!asked.isEmpty()) {
        answer(asked.remove(), explained, refused);
      }
    }
  }

  private Asked ask(SequencingRead avro) {
    Received nowhere = new Received(null, null, new TopicPartition("file", 0), 0, 0);
    Decoded decoded = mapping.check(nowhere, avro);
    return new Asked(
        avro, decoded, decoded instanceof IncomingRead read ? worker.submit(read.tokens()) : null);
  }

  private void answer(Asked asked, Consumer<Explanation> explained, Consumer<Refusal> refused) {
    if (asked.decoded instanceof TooShort tooShort) {
      explained.accept(mapping.explanation(tooShort));
    } else if (asked.decoded instanceof Rejected rejected) {
      refused.accept(new Refusal(asked.avro, rejected.reason() + ": " + rejected.detail()));
    } else if (asked.decoded instanceof Explained known) {
      explained.accept(mapping.explanation(known));
    } else {
      try {
        IncomingRead read = (IncomingRead) asked.decoded;
        explained.accept(mapping.explanation(new Explained(read, asked.answer.get())));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof ReadFailedException)) {
          throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
        refused.accept(
            new Refusal(asked.avro, Reason.MODEL_FAILED + ": " + e.getCause().getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a read was explained", e);
      }
    }
  }

  /**
   * Stops the device.
   *
   * @return whether no thread is in the model any more, so that it may be freed
   */
  public boolean stop() {
    return worker.abandon();
  }
}
