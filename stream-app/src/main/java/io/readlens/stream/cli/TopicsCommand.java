package io.readlens.stream.cli;

import io.readlens.model.text.Legible;
import io.readlens.schemas.Topic;
import io.readlens.stream.advice.Remedy;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.connect.Connections;
import io.readlens.stream.topics.Creation;
import io.readlens.stream.topics.ExistingTopic;
import io.readlens.stream.topics.KafkaTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code topics}: what ReadLens needs on a Kafka cluster. */
@Command(
    name = "topics",
    description = "Create or describe the topics of ReadLens.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {TopicsCommand.Create.class, TopicsCommand.Describe.class})
final class TopicsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Without a command: what commands there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(System.err);
    return CommandLine.ExitCode.USAGE;
  }

  /** {@code topics create}. */
  @Command(
      name = "create",
      description = {
        "Create the topics that are missing.",
        "What is there already is compared and left alone; if it differs from what is wanted, this"
            + " fails, unless --accept-differences is given. A ledger of fewer partitions than the"
            + " reads topic is given as many: run this after you have raised those of the reads"
            + " topic."
      },
      mixinStandardHelpOptions = true,
      versionProvider = Main.Version.class,
      sortOptions = false)
  static final class Create implements Callable<Integer> {
    @Mixin private ConfigOptions options;

    @Option(
        names = "--partitions",
        paramLabel = "N",
        description =
            "Partitions of each topic that is created; 4 if not given. The ledger has those of the"
                + " reads topic.")
    private Integer partitions;

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        description = "Replicas of each partition; what the brokers give if not given.")
    private Short replicas;

    @Option(
        names = "--accept-differences",
        description =
            "Say how topics that are there already differ from what is wanted, and do not fail.")
    private boolean acceptsDifferences;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      require("--partitions", partitions == null ? 1 : partitions);
      require("--replication-factor", replicas == null ? 1 : replicas);
      AppConfig config = options.load();
      List<Creation> creations = Connections.of(config).useBrokers(() -> create(config));
      creations.forEach(creation -> System.out.println(Legible.of(line(creation))));
      if (acceptsDifferences || creations.stream().allMatch(Creation::asWanted)) {
        return 0;
      }
      System.err.println(
          "readlens: a topic differs and was left alone: alter it with Kafka's own tools,"
              + " name another one by topic.*, or give --accept-differences");
      return 1;
    }

    private List<Creation> create(AppConfig config) {
      try (KafkaTopics kafka = KafkaTopics.connect(config.adminProperties())) {
        return kafka.create(
            config.topics(),
            partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions),
            replicas == null ? KafkaTopics.BROKERS_REPLICATION : replicas);
      }
    }

    private void require(String option, int value) {
      if (value < 1) {
        throw new ParameterException(
            spec.commandLine(), option + " = " + value + ": must be 1 or more");
      }
    }

    private static String line(Creation creation) {
      List<String> said = new ArrayList<>();
      creation.done().ifPresent(said::add);
      if (!creation.asWanted()) {
        said.add("differs: " + String.join("; ", creation.differences()));
      }
      return creation.topic()
          + " "
          + (said.isEmpty() ? "is there as wanted" : String.join("; ", said));
    }
  }

  /** {@code topics describe}. */
  @Command(
      name = "describe",
      description = "Print each topic's partitions, retention, configuration and end offsets.",
      mixinStandardHelpOptions = true,
      versionProvider = Main.Version.class,
      sortOptions = false)
  static final class Describe implements Callable<Integer> {
    private static final String RETENTION = "retention.ms";

    @Mixin private ConfigOptions options;

    @Override
    public Integer call() throws Exception {
      AppConfig config = options.load();
      int missing = Connections.of(config).useBrokers(() -> describe(config));
      if (missing == 0) {
        return 0;
      }
      Main.PROGRAM.complain("create what is missing with " + Remedy.CREATE_TOPICS.command());
      return 1;
    }

    /** How many topics are missing. */
    private static int describe(AppConfig config) {
      int missing = 0;
      try (KafkaTopics kafka = KafkaTopics.connect(config.adminProperties())) {
        for (Topic<?> topic : config.topics().all()) {
          Optional<ExistingTopic> found = kafka.describe(topic);
          missing += found.isPresent() ? 0 : 1;
          System.out.println(topic.name());
          System.out.println(Legible.lines(found.map(Describe::text).orElse("  missing")));
        }
      }
      return missing;
    }

    private static String text(ExistingTopic topic) {
      long records = topic.endOffsets().values().stream().mapToLong(Long::longValue).sum();
      String offsets =
          topic.endOffsets().entrySet().stream()
              .map(entry -> entry.getKey() + ":" + entry.getValue())
              .collect(Collectors.joining(" "));
      String configs =
          topic.configs().entrySet().stream()
              .map(entry -> entry.getKey() + "=" + entry.getValue())
              .collect(Collectors.joining(" "));
      return String.join(
          System.lineSeparator(),
          "  partitions   " + topic.partitions() + ", replicas of each " + topic.replicas(),
          "  retention    " + retention(topic.configs()),
          "  configs      " + configs,
          "  end offsets  " + offsets + ", sum " + records);
    }

    private static String retention(Map<String, String> configs) {
      if (!configs.containsKey(RETENTION)) {
        return "the latest record of each key";
      }
      long value = Long.parseLong(configs.get(RETENTION));
      if (value < 0) {
        return "for ever";
      }
      Duration duration = Duration.ofMillis(value);
      return duration.equals(Duration.ofDays(duration.toDays()))
          ? duration.toDays() + " days"
          : duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
  }
}
