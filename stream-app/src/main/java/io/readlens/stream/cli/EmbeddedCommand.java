package io.readlens.stream.cli;

import io.readlens.model.text.Legible;
import io.readlens.schemas.Topics;
import io.readlens.stream.embedded.EmbeddedPlatform;
import io.readlens.stream.topics.Creation;
import io.readlens.stream.topics.KafkaTopics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code embedded}: somewhere to send reads to, for trying clients out. */
@Command(
    name = "embedded",
    description = {
      "Start a Kafka broker and a schema registry on this machine.",
      "They have the topics of ReadLens, and stay until Ctrl-C or SIGTERM. For trying clients out,"
          + " not for production."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class EmbeddedCommand implements Callable<Integer> {
  /** Ten minutes for topics: the broker is this command's own, and its end is noticed. */
  private static final String PATIENCE_MILLIS = "600000";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "readlens-data",
      description = "Where the broker keeps its topics, and finds them again.")
  private Path directory;

  @Option(
      names = "--broker-port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of the broker on 127.0.0.1; 0: one that is free.")
  private int brokerPort;

  @Option(
      names = "--registry-port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of the schema registry on 127.0.0.1; 0: one that is free.")
  private int registryPort;

  @Option(
      names = "--secure",
      description =
          "Broker over SASL_SSL with SCRAM-SHA-512, registry over HTTPS with a login; certificates"
              + " and passwords are made in DIR/security and found again there.")
  private boolean secure;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    requirePort("--broker-port", brokerPort);
    requirePort("--registry-port", registryPort);
    try (StopSignal stop = StopSignal.listen();
        EmbeddedPlatform platform = start()) {
      report(platform.whileAlive(() -> createTopics(platform)));
      print(platform);
      CompletableFuture.anyOf(stop.received(), platform.ended()).join();
      if (!stop.received().isDone()) {
        platform.requireBroker();
      }
      return 0;
    }
  }

  private EmbeddedPlatform start() {
    return secure
        ? EmbeddedPlatform.startSecured(directory, brokerPort, registryPort)
        : EmbeddedPlatform.start(directory, brokerPort, registryPort);
  }

  private void requirePort(String option, int port) {
    if (port < 0 || port > 65535) {
      throw new ParameterException(spec.commandLine(), option + " = " + port + ": no such port");
    }
  }

  private static List<Creation> createTopics(EmbeddedPlatform platform) {
    Map<String, String> patient = new HashMap<>(platform.properties());
    patient.put("default.api.timeout.ms", PATIENCE_MILLIS);
    try (KafkaTopics kafka = KafkaTopics.connect(patient)) {
      return kafka.create(Topics.standard(), OptionalInt.empty(), KafkaTopics.BROKERS_REPLICATION);
    }
  }

  /** An older run on the same directory may have left them as its user made them. */
  private static void report(List<Creation> topics) {
    for (Creation creation : topics) {
      if (!creation.asWanted()) {
        System.err.println(
            Legible.of(
                "readlens: topic %s was found with %s"
                    .formatted(creation.topic(), creation.differences())));
      }
    }
  }

  /** The addresses only: what is printed may be kept where passwords should not be. */
  private void print(EmbeddedPlatform platform) {
    System.out.println("# Kafka and a schema registry are up; Ctrl-C ends them.");
    System.out.println("bootstrap.servers=" + platform.bootstrapServers());
    System.out.println("schema.registry.url=" + platform.registryUrl());
    System.out.println(
        "# The same"
            + (secure ? ", with certificates and passwords," : "")
            + " is in "
            + Legible.of(platform.config().toString())
            + ", for --config.");
    System.out.flush();
  }
}
