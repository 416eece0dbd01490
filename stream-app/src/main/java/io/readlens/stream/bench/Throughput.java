package io.readlens.stream.bench;

import io.readlens.avro.SequencingRead;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import io.readlens.schemas.Topic;
import io.readlens.stream.bench.Apps.Subject;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import io.readlens.stream.worker.DeviceWorker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One turn of each side of a comparison. All count from the fifth part of their reads to 19
 * twentieths: a stream has no beginning, when nothing is warm, and no end, when batches run empty.
 *
 * <p>Threading: one thread.
 */
final class Throughput {
  private static final double FROM = 0.2;
  private static final double TO = 0.95;

  private Throughput() {}

  static long from(long reads) {
    return Math.round(FROM * reads);
  }

  static long to(long reads) {
    return Math.round(TO * reads);
  }

  /** The device worker alone, its queue kept as full as the pipeline's may be. */
  static Rate raw(Subject subject, List<TokenizedRead> reads, long count, Narrator narrator) {
    AppConfig config =
        AppConfig.of(
            new Properties(),
            Map.of("bootstrap.servers", "none:1", "schema.registry.url", "http://none"));
    ArrayDeque<CompletableFuture<ExplainedRead>> asked = new ArrayDeque<>();
    long sent = 0;
    Rate.Start start = Rate.Start.now();
    int inHand = subject.readsInHand(config);
    try (DeviceWorker<?> worker = Apps.worker(config, subject, reads.get(0))) {
      for (long answered = 0; answered < to(count); answered++) {
        while (asked.size() < inHand) {
          asked.add(worker.submit(reads.get((int) (sent % reads.size()))));
          sent++;
        }
        asked.remove().get();
        if (answered + 1 == from(count)) {
          start = Rate.Start.now();
        }
        narrator.done(answered, to(count));
      }
      return start.until(to(count) - from(count));
    } catch (ExecutionException e) {
      throw new IllegalStateException("the model failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The whole pipeline. */
  static Rate pipeline(
      Site site, String name, Subject subject, Topic<SequencingRead> reads, long count) {
    AppConfig config = site.application(name, reads, Map.of());
    ExplainApp app = Apps.app(config, subject);
    Optional<Rate> rate = Optional.empty();
    try {
      app.start();
      rate = Optional.of(site.rate(config, from(count), to(count), () -> Apps.requireAlive(app)));
    } finally {
      Apps.stop(app);
    }
    site.discardOutput(config);
    return rate.get();
  }

  /** Kafka Streams alone. */
  static Rate identity(Site site, CannedModel canned, Topic<SequencingRead> reads, long count) {
    AppConfig config =
        Apps.fitted(site.application("identity", reads, Map.of()), Subject.of(canned));
    Rate rate;
    try (IdentityApp app = IdentityApp.start(config, canned)) {
      rate = site.rate(config, from(count), to(count), app::requireAlive);
    }
    site.discardOutput(config);
    return rate;
  }
}
