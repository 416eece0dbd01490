package io.readlens.trainer;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.evaluation.ExplanationEvaluation;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.NaiveBayes;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.process.NewFile;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}: measures a checkpoint on labelled reads. */
@Command(
    name = "evaluate",
    description = "Measure a checkpoint's calls and explanations on reads whose taxa are known.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  @Option(names = "--checkpoint", description = "Checkpoint; the bundled one if not given.")
  private Path checkpoint;

  @Option(names = "--input", required = true, description = "Reads, FASTQ or FASTA, plain or gz.")
  private Path input;

  @Option(
      names = "--truth",
      required = true,
      description = "Table of the columns readId, superkingdom, phylum, genus and taxid.")
  private Path truth;

  @Mixin private FilterOptions filters;

  @Option(
      names = "--genomes",
      description = "Directory of labelled genomes: adds the 6-mer naive Bayes as a referee.")
  private Path genomes;

  @Option(
      names = "--joint",
      description = "One mask for all ranks, as in the paper; else one a rank, as published.")
  private boolean joint;

  @Option(names = "--json", description = "File for the figures as JSON.")
  private Path json;

  @Option(names = "--html", description = "File for the figures as a page with plots.")
  private Path html;

  @Option(names = "--seed", description = "Seed of the controls.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws IOException {
    NewFile.requirePossible(json, html);
    Checkpoint loaded = checkpoint == null ? Checkpoint.bundled() : Checkpoint.load(checkpoint);
    InputFilter filter = filters.filter();
    List<LabelledRead> reads = LabelledReads.read(input, truth, loaded.taxonomy(), filter);
    EvaluationResult result = evaluate(loaded, filter, reads);
    System.out.print(EvaluationText.of(result));
    if (json != null) {
      write(json, EvaluationJson.text(result));
    }
    if (html != null) {
      write(html, EvaluationPage.of(result));
    }
    return 0;
  }

  private static void write(Path file, String text) throws IOException {
    NewFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private EvaluationResult evaluate(Checkpoint loaded, InputFilter filter, List<LabelledRead> reads)
      throws IOException {
    ExplanationEvaluation.Referee referee = genomes == null ? null : referee(loaded.taxonomy());
    Map<String, List<Map<String, String>>> learningCurves =
        checkpoint == null ? Map.of() : EvaluationResult.learningCurves(checkpoint);
    try (ExplainedClassifier model = ExplainedClassifier.load(loaded, "auto", 0)) {
      ExplanationReport report;
      try (PercentDone progress = PercentDone.onStandardError("evaluated")) {
        report = new ExplanationEvaluation(model, reads, joint, seed).run(referee, progress);
      }
      return new EvaluationResult(
          loaded.id(),
          input.getFileName().toString(),
          loaded.taxonomy(),
          loaded.decision(),
          joint,
          report,
          Robustness.of(model, filter, reads, seed),
          SeveralViews.of(loaded, "auto", reads),
          learningCurves);
    }
  }

  private ExplanationEvaluation.Referee referee(Taxonomy taxonomy) throws IOException {
    NaiveBayes bayes = new NaiveBayes();
    List<Genome> known = GenomePack.open(genomes).genomes(GenomePack.Use.REFERENCE);
    known.forEach(genome -> bayes.add(genome.segments()));
    return (read, parts, rank) -> {
      int genome = bayes.call(read, parts);
      return genome < 0
          ? -1
          : taxonomy.find(rank, known.get(genome).name(rank)).map(Taxon::index).orElse(-1);
    };
  }
}
