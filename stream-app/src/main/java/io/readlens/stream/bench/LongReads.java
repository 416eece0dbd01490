package io.readlens.stream.bench;

import static io.readlens.stream.bench.Row.LONG;

import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Topic;
import io.readlens.stream.bench.Apps.Subject;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * A model so slow, on reads so long, that a single one may take longer than a transaction or a
 * session may last: nothing may time out all the same. What Kafka's clients did is read from their
 * own metrics.
 *
 * <p>Threading: one thread.
 */
final class LongReads {
  private static final int PARTITIONS = 4;
  private static final int READS = 1_000;
  private static final int SHORTEST = 500;
  private static final int MEAN = 10_000;
  private static final int LONGEST = 100_000;

  /** All else follows from the device; that nothing times out is what is to be shown. */
  private static final Map<String, String> SETTINGS =
      Map.of("max.read.length", Integer.toString(LONGEST));

  private static final Duration LOOK = Duration.ofMillis(200);

  private final Site site;
  private final Narrator narrator;
  private final Report report;

  LongReads(Site site, Narrator narrator, Report report) {
    this.site = site;
    this.narrator = narrator;
    this.report = report;
  }

  /**
   * What Kafka's clients of an application have had to do.
   *
   * @param rebalances rebalances that its consumers went through
   * @param abortNanos time that its producers spent on aborting transactions
   * @param failedThreads stream threads that died
   */
  private record Troubles(double rebalances, double abortNanos, double failedThreads) {
    static Troubles of(String application) {
      return new Troubles(
          sum("kafka.consumer:type=consumer-coordinator-metrics", application, "rebalance-total"),
          sum("kafka.producer:type=producer-metrics", application, "txn-abort-time-ns-total"),
          sum("kafka.streams:type=stream-metrics", application, "failed-stream-threads"));
    }

    private static double sum(String type, String application, String attribute) {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      try {
        Set<ObjectName> names =
            server.queryNames(new ObjectName(type + ",client-id=" + application + "*"), null);
        if (names.isEmpty()) {
          // None would add up to no trouble at all.
          throw new IllegalStateException("Kafka gives no metrics " + type);
        }
        double sum = 0;
        for (ObjectName name : names) {
          sum += ((Number) server.getAttribute(name, attribute)).doubleValue();
        }
        return sum;
      } catch (JMException e) {
        throw new IllegalStateException("Kafka's metrics are not as they were: " + attribute, e);
      }
    }
  }

  void measure(Subject subject, Duration time) {
    narrator.begin("long, sending reads");
    List<SequencingRead> reads = Workload.mixed(READS, SHORTEST, MEAN, LONGEST);
    Topic<SequencingRead> topic = site.reads("long", PARTITIONS, reads, READS);
    AppConfig config = site.application("long", topic, SETTINGS);
    String application = config.kafka().get("application.id");
    narrator.begin("long");
    ExplainApp app = Apps.app(config, subject);
    try {
      app.start();
      site.await(config, 1, () -> Apps.requireAlive(app));
      Troubles before = Troubles.of(application);
      long first = site.answered(config);
      Rate.Start start = Rate.Start.now();
      double aborted = 0;
      long passed = 0;
      while (passed < time.toNanos() && site.answered(config) < READS) {
        Apps.requireAlive(app);
        passed = System.nanoTime() - start.nanoTime();
        narrator.done(Duration.ofNanos(passed).toSeconds(), time.toSeconds());
        // A producer that is replaced takes its account with it.
        aborted = Math.max(aborted, Troubles.of(application).abortNanos());
        LockSupport.parkNanos(LOOK.toNanos());
      }
      Rate rate = start.until(site.answered(config) - first);
      Troubles after = Troubles.of(application);
      add(rate, after.rebalances() - before.rebalances(), aborted, after.failedThreads());
    } finally {
      Apps.stop(app);
    }
    site.discardOutput(config);
    site.discard(topic.name());
  }

  private void add(Rate rate, double rebalances, double abortNanos, double failedThreads) {
    report.add(
        LONG,
        String.format(
            Locale.ROOT, "50M configuration, reads of 500 bp to 100 kbp, %.0f s", rate.seconds()),
        String.format(Locale.ROOT, "%.2f reads/s", rate.perSecond()));
    zero("  rebalances", rebalances, "%.0f");
    zero("  spent on aborted transactions", abortNanos / 1e6, "%.0f ms");
    zero("  stream threads that failed", failedThreads, "%.0f");
    report.put("longReadsPerSecond", rate.perSecond());
    report.put("longRebalances", rebalances);
    report.put("longAbortMillis", abortNanos / 1e6);
    report.put("longFailedThreads", failedThreads);
  }

  private void zero(String what, double value, String pattern) {
    report.addFigure(
        LONG, what, String.format(Locale.ROOT, pattern, value), value, Target.atMost(0, "%.0f"));
  }
}
