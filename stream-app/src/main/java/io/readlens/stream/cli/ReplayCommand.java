package io.readlens.stream.cli;

import io.readlens.model.io.Mates;
import io.readlens.schemas.Registry;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.connect.Connections;
import io.readlens.stream.replay.Pace;
import io.readlens.stream.replay.Replay;
import io.readlens.stream.replay.Sent;
import io.readlens.stream.replay.SequencingReads;
import io.readlens.stream.replay.TruthTable;
import io.readlens.stream.topics.KafkaTopics;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replay}: reads of files, sent as an instrument would send them. */
@Command(
    name = "replay",
    description = {
      "Send the reads of FASTQ or FASTA files, plain or gzip, to the reads topic.",
      "A malformed file or a read that Kafka refuses ends it; what was sent before stays sent."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      paramLabel = "FILE",
      description = "What to send, one file after the other.")
  private List<Path> inputs;

  @Mixin private MateOptions mateOptions;

  @Mixin private ConfigOptions options;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Reads per second, fractions allowed; as fast as possible if not given.")
  private Double rate;

  @Option(
      names = "--sample",
      paramLabel = "ID",
      description = "The sample of all reads, whatever their headers say.")
  private String sample;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "The sequencing run of all reads, whatever their headers say.")
  private String run;

  @Option(
      names = "--barcode",
      paramLabel = "B",
      description = "The barcode of all reads, whatever their headers say.")
  private String barcode;

  @Option(
      names = "--truth",
      paramLabel = "TSV",
      description =
          "For benchmarks and training: a table with the columns readId and taxid, and perhaps"
              + " superkingdom, phylum and genus, which go along.")
  private Path truth;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Pace pace = pace();
    AppConfig config = options.load();
    Inputs.requireReadable(inputs);
    Mates mates = mateOptions.of(inputs);
    SequencingReads records =
        new SequencingReads(
            Optional.ofNullable(run),
            Optional.ofNullable(sample),
            Optional.ofNullable(barcode),
            truth == null ? TruthTable.empty() : TruthTable.load(truth));
    List<Sent> sent = Connections.of(config).use(() -> send(config, mates, records, pace));
    System.out.println(summary(sent, config.topics().reads().name()));
    return 0;
  }

  private List<Sent> send(AppConfig config, Mates mates, SequencingReads records, Pace pace) {
    try (KafkaTopics kafka = KafkaTopics.connect(config.adminProperties())) {
      kafka.requireWritable(config.topics().reads());
    }
    try (Registry registry = Registry.connect(config.registry());
        Replay replay = Replay.connect(config, registry, pace);
        ReplayProgress progress = ReplayProgress.onStandardError()) {
      return replay.send(inputs, mates, records, progress, Inputs::sayEmpty);
    }
  }

  private Pace pace() {
    if (rate == null) {
      return Pace.unlimited();
    }
    try {
      return Pace.of(rate);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--rate: " + e.getMessage(), e);
    }
  }

  private String summary(List<Sent> sent, String topic) {
    long reads = sent.stream().mapToLong(Sent::reads).sum();
    long withTruth = sent.stream().mapToLong(Sent::withTruth).sum();
    return "replayed %d %s from %d %s to %s"
            .formatted(
                reads,
                reads == 1 ? "read" : "reads",
                sent.size(),
                sent.size() == 1 ? "file" : "files",
                topic)
        + (truth == null ? "" : ", " + withTruth + " with their true taxon");
  }
}
