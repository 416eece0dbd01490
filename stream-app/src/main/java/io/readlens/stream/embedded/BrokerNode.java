package io.readlens.stream.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * What a single KRaft node, broker and controller in one, is told: its listeners, its storage and
 * settings that make one replica enough and recovery quick.
 *
 * @param storage the directory of Kafka's logs
 */
record BrokerNode(Path storage, Listeners listeners) {
  private static final int NODE_ID = 1;

  /**
   * Makes the storage a Kafka log directory with a new cluster id. Formatted storage is left alone,
   * so a restart keeps its topics; formatting that was cut short is done again, because {@code
   * meta.properties} is written last.
   */
  void format() throws IOException {
    if (Files.exists(storage.resolve("meta.properties"))) {
      return;
    }
    PrivateFiles.createDirectory(storage);
    try (PrintStream discarded =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(storage.toString())
          .setMetadataLogDirectory(storage.toString())
          .setControllerListenerName(Listeners.CONTROLLER)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(discarded)
          .run();
      if (PrivateFiles.haveModes(storage)) {
        PrivateFiles.closeAll(storage);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot format " + storage, e);
    }
  }

  Properties settings() {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("log.dirs", storage.toString());
    settings.putAll(listeners.settings(NODE_ID));
    settings.putAll(ONE_REPLICA);
    settings.putAll(QUICK_RECOVERY);
    settings.putAll(SMALL);
    return settings;
  }

  private static final Map<String, String> ONE_REPLICA =
      Map.of(
          "default.replication.factor", "1",
          "min.insync.replicas", "1",
          "offsets.topic.replication.factor", "1",
          "transaction.state.log.replication.factor", "1",
          "transaction.state.log.min.isr", "1",
          "share.coordinator.state.topic.replication.factor", "1",
          "share.coordinator.state.topic.min.isr", "1");

  /**
   * A killed broker may register again after its session, and a killed application's group
   * membership ends within seconds. The session timeouts of the streams protocol are the broker's
   * to set.
   *
   * <p>How often the broker looks for transactions that are overdue is left at Kafka's ten seconds,
   * the first of which begin when it starts. Kafka 4.3 and 4.4 write no marker into a partition
   * that has no leader just then (KAFKA-20734), as all have for the moments in which a lone broker
   * that was killed registers again: a transaction that was aborted in one of them was committed in
   * part with the next of the same producer.
   */
  private static final Map<String, String> QUICK_RECOVERY =
      Map.of(
          "broker.session.timeout.ms", "1500",
          "broker.heartbeat.interval.ms", "300",
          "group.initial.rebalance.delay.ms", "0",
          "group.streams.initial.rebalance.delay.ms", "0",
          "group.streams.min.session.timeout.ms", "3000",
          "group.streams.session.timeout.ms", "6000",
          "group.streams.min.heartbeat.interval.ms", "1500",
          "group.streams.heartbeat.interval.ms", "1500");

  private static final Map<String, String> SMALL =
      Map.of(
          "auto.create.topics.enable", "false",
          "num.partitions", "1",
          "offsets.topic.num.partitions", "1",
          "transaction.state.log.num.partitions", "1",
          "share.coordinator.state.topic.num.partitions", "1",
          "log.cleaner.dedupe.buffer.size", "4194304");
}
