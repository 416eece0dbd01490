package io.readlens.stream.cli;

import io.readlens.model.text.Legible;
import io.readlens.schemas.Registry;
import io.readlens.stream.config.AppConfig;
import io.readlens.stream.connect.Connections;
import io.readlens.stream.replay.Export;
import io.readlens.stream.topics.KafkaTopics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code export}: labelled reads of the reads topic, as files to train on. */
@Command(
    name = "export",
    description = {
      "Write the labelled reads of the reads topic into files.",
      "Those that carry their true taxa go into a FASTQ file and a table that the trainer takes: all"
          + " that is committed when it begins. A name is written once."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "Where the reads go: FASTQ, gzip if the name ends in .gz.")
  private Path output;

  @Option(
      names = "--truth",
      paramLabel = "TSV",
      description = "Where their taxa go; FILE.truth.tsv if not given.")
  private Path truth;

  @Mixin private ConfigOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path table = truth == null ? output.resolveSibling(output.getFileName() + ".truth.tsv") : truth;
    if (table.toAbsolutePath().normalize().equals(output.toAbsolutePath().normalize())) {
      throw new ParameterException(spec.commandLine(), "--truth and --output are one file");
    }
    AppConfig config = options.load();
    Export.Result result = Connections.of(config).use(() -> write(config, table));
    System.out.println(
        Legible.of("exported %d reads to %s and %s".formatted(result.written(), output, table)));
    System.out.println(
        "left out %d without a label, %d of a name that came before, %d unfit for a file"
            .formatted(result.unlabelled(), result.repeated(), result.unfit()));
    return 0;
  }

  private Export.Result write(AppConfig config, Path table) throws IOException {
    try (KafkaTopics kafka = KafkaTopics.connect(config.adminProperties())) {
      kafka.requireReadable(config.topics().reads());
    }
    try (Registry registry = Registry.connect(config.registry());
        Export export = Export.connect(config, registry)) {
      return export.write(output, table);
    }
  }
}
