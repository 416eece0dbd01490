package io.readlens.stream.bench;

import io.readlens.avro.SequencingRead;
import io.readlens.schemas.Topic;
import io.readlens.stream.bench.Apps.Subject;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.topology.ExplainApp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Instances of the application in one group, each with a simulated device of its own, in this one
 * JVM.
 *
 * <p>Threading: one thread.
 */
final class Simulated {
  /** Bases of a read; its row has a token for each six, and one before them. */
  static final int BASES = 1_500;

  /** Eight threads in the largest group, a partition for each. */
  static final int PARTITIONS = 8;

  private static final int ROW_TOKENS = CannedModel.tokens(BASES) + 1;

  /** As many rows as the device takes at once. */
  private static final Map<String, String> BATCHES =
      Map.of("batch.max.tokens", Integer.toString(SimulatedDevice.ROWS * ROW_TOKENS));

  /** Seconds of work that a group may do while its members find each other. */
  private static final double JOINING = 7;

  /** Seconds of work before the measurement begins. */
  private static final double SETTLING = 1;

  private static final long LOOK_NANOS = 50_000_000;

  /**
   * What a group did.
   *
   * @param rate of all its instances together
   * @param idle share of the time that the devices were idle, between their first and last batch
   */
  record Turn(Rate rate, double idle) {
    double overIdeal(int instances) {
      return rate.perSecond() / (instances * SimulatedDevice.IDEAL);
    }
  }

  private Simulated() {}

  /** How many reads must wait for a group whose devices are measured on so many each. */
  static long needed(int instances, long readsPerDevice) {
    double seconds = JOINING + SETTLING;
    return instances * (readsPerDevice + Math.round(seconds * SimulatedDevice.IDEAL));
  }

  static Turn turn(
      Site site,
      CannedModel answers,
      Topic<SequencingRead> reads,
      int instances,
      long readsPerDevice) {
    AppConfig config = site.application("simulated-" + instances, reads, BATCHES);
    List<SimulatedDevice> devices = new ArrayList<>();
    List<ExplainApp> apps = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      SimulatedDevice device = new SimulatedDevice(answers);
      devices.add(device);
      apps.add(Apps.app(config, Subject.of(device, ROW_TOKENS)));
    }
    Turn turn;
    try {
      apps.stream()
          .map(app -> CompletableFuture.runAsync(app::start))
          .toList()
          .forEach(CompletableFuture::join);
      Runnable alive = () -> apps.forEach(Apps::requireAlive);
      int threads = instances * config.streamThreads();
      while (!site.isSpread(config, threads)) {
        alive.run();
        LockSupport.parkNanos(LOOK_NANOS);
      }
      long settled = Math.round(instances * SETTLING * SimulatedDevice.IDEAL);
      long from = site.answered(config) + settled;
      site.await(config, from, alive);
      List<SimulatedDevice.Use> before = devices.stream().map(SimulatedDevice::use).toList();
      Rate rate = site.rate(config, from, from + instances * readsPerDevice, alive);
      double idle = 0;
      for (int i = 0; i < instances; i++) {
        idle += devices.get(i).use().idleSince(before.get(i)) / instances;
      }
      turn = new Turn(rate, idle);
    } finally {
      apps.forEach(Apps::stop);
    }
    site.discardOutput(config);
    return turn;
  }
}
