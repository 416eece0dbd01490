package io.readlens.stream.embedded;

import static org.awaitility.Awaitility.await;

import io.readlens.schemas.Topics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One broker for all tests of a JVM, started when first asked for and ended with the JVM; its data
 * go with it. It cannot be killed: tests of failure use {@link EmbeddedBroker}.
 *
 * <p>Tests share its topics, groups and schemas, so they name theirs after themselves.
 *
 * <p>Threading: any thread.
 */
public final class TestBroker {
  private static final int PORT_ATTEMPTS = 5;

  /** What a topic's retention does not cover is gone within seconds, rather than five minutes. */
  private static final Map<String, String> RETENTION_CHECKS =
      Map.of("log.retention.check.interval.ms", "1000", "log.initial.task.delay.ms", "1000");

  /** Starts the broker when it is first touched. */
  private static final class Shared {
    private static final TestBroker BROKER = start();
  }

  private final BrokerNode node;
  private final KafkaRaftServer server;

  private TestBroker(BrokerNode node, KafkaRaftServer server) {
    this.node = node;
    this.server = server;
  }

  public static TestBroker shared() {
    return Shared.BROKER;
  }

  public String bootstrapServers() {
    return Loopback.at(node.listeners().port());
  }

  /** What leads a client here with all rights. */
  Map<String, String> owner() {
    return node.listeners().owner();
  }

  /** All topics, under names of a test's own; not created. */
  public static Topics topicsOf(String name) {
    return Topics.standard()
        .named(
            name + "-reads",
            name + "-explanations",
            name + "-dead-letters",
            name + "-ledger",
            name + "-checkpoints");
  }

  /** The settings that lead an application to this broker and to some topics. */
  public Map<String, String> settings(Topics topics) {
    return Map.of(
        "bootstrap.servers", bootstrapServers(),
        "topic.reads", topics.reads().name(),
        "topic.explanations", topics.explanations().name(),
        "topic.dead-letters", topics.deadLetters().name(),
        "topic.ledger", topics.ledger().name(),
        "topic.checkpoints", topics.checkpoints().name());
  }

  /** Creates all of some topics, as {@link #createTopic(String, int, Map)} does each. */
  public void createTopics(Topics topics, int partitions) {
    topics.all().forEach(topic -> createTopic(topic.name(), partitions, topic.configs()));
  }

  /**
   * Creates a topic and returns when all its partitions can be written to.
   *
   * <p>Kafka confirms a topic before its leader has opened the partitions. A producer that is
   * quicker has its first batches refused and later ones taken, and then retries the first ones,
   * out of sequence now, until its delivery timeout.
   */
  public void createTopic(String name, int partitions, Map<String, String> settings) {
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(settings);
    Map<TopicPartition, OffsetSpec> leaders =
        IntStream.range(0, partitions)
            .boxed()
            .collect(
                Collectors.toMap(
                    partition -> new TopicPartition(name, partition),
                    partition -> OffsetSpec.latest()));
    try (Admin admin = Admin.create(new HashMap<>(owner()))) {
      admin.createTopics(List.of(topic)).all().get();
      await() // Kafka confirms a topic before it shows it, too.
          .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
          .until(() -> admin.listOffsets(leaders).all().get().size() == partitions);
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create topic " + name, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topic " + name, e);
    }
  }

  private static TestBroker start() {
    try {
      Path directory = Files.createTempDirectory("readlens-test-broker");
      TestBroker broker = start(directory, Optional.empty(), Map.of());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> end(broker, directory), "readlens-test-broker-shutdown"));
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a broker of a test's own, in this JVM; to be closed.
   *
   * @param more settings of the broker's beside those of {@link BrokerNode}
   */
  public static TestBroker start(Path directory, Map<String, String> more) {
    return start(directory, Optional.empty(), more);
  }

  /**
   * Starts another broker of a cluster, in this JVM; to be closed before the first one.
   *
   * @param id above one, which is the first one's
   * @param more settings of the broker's beside those of {@link BrokerNode}
   */
  public static TestBroker join(
      TestBroker first, int id, Path directory, Map<String, String> more) {
    BrokerNode node =
        new BrokerNode(
            directory.resolve("kafka"), Listeners.on(Loopback.freePort(), Optional.empty()));
    String voters = "controller.quorum.voters";
    Properties settings = node.settings();
    settings.put("process.roles", "broker");
    settings.put("node.id", Integer.toString(id));
    settings.put("listeners", settings.get("advertised.listeners"));
    settings.put(voters, first.node.settings().get(voters));
    settings.putAll(more);
    try {
      Files.createDirectories(node.storage());
      Properties cluster = new Properties();
      try (Reader in = Files.newBufferedReader(first.node.storage().resolve("meta.properties"))) {
        cluster.load(in);
      }
      new Formatter()
          .setNodeId(id)
          .setClusterId(cluster.getProperty("cluster.id"))
          .addDirectory(node.storage().toString())
          .setMetadataLogDirectory(node.storage().toString())
          .setControllerListenerName(Listeners.CONTROLLER)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
          .run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
    return new TestBroker(node, server);
  }

  /**
   * Starts a broker of a test's own, in this JVM; to be closed.
   *
   * @param more settings of the broker's beside those of {@link BrokerNode}
   */
  static TestBroker start(Path directory, Optional<Security> security, Map<String, String> more) {
    // What would end the process, were the broker alone in it, must not end the tests.
    Exit.setExitProcedure(TestBroker::refuseToEnd);
    Exit.setHaltProcedure(TestBroker::refuseToEnd);
    try {
      for (int attempt = 1; ; attempt++) {
        BrokerNode node =
            new BrokerNode(
                directory.resolve("kafka-" + attempt), Listeners.on(Loopback.freePort(), security));
        node.format();
        Properties settings = node.settings();
        settings.putAll(RETENTION_CHECKS);
        settings.putAll(more);
        KafkaRaftServer server =
            new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        try {
          server.startup();
        } catch (RuntimeException e) {
          server.shutdown();
          if (node.listeners().areFree() || attempt == PORT_ATTEMPTS) {
            throw e;
          }
          continue;
        }
        return new TestBroker(node, server);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void refuseToEnd(int status, String message) {
    throw new IllegalStateException("the test broker failed: " + status + " " + message);
  }

  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void end(TestBroker broker, Path directory) {
    broker.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println("left behind: " + directory + " " + e);
    }
  }
}
