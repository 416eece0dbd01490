package io.readlens.trainer;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.evaluation.Batches;
import io.readlens.model.evaluation.ExplanationEvaluation;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.evaluation.NaiveBayes;
import io.readlens.model.evaluation.ProfileCalls;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.evaluation.panel.Panel;
import io.readlens.model.evaluation.panel.PanelReport;
import io.readlens.model.evaluation.panel.PanelRun;
import io.readlens.model.evaluation.panel.Panels;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.process.NewFile;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Views;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

  @Option(names = "--input", description = "Reads, FASTQ or FASTA, plain or gz.")
  private Path input;

  @Option(
      names = "--truth",
      description =
          "Their taxa: a table of the columns readId, superkingdom, phylum, genus and taxid.")
  private Path truth;

  @Mixin private FilterOptions filters;

  @Mixin private ThresholdOptions thresholds;

  @Option(
      names = "--genomes",
      description =
          "Directory of labelled genomes: adds the 6-mer naive Bayes as a referee. Panels take"
              + " their reads of known genera from its test regions and unseen species.")
  private Path genomes;

  @Option(
      names = "--panels",
      description =
          "Also, or only, what is called of reads that a run holds besides clean ones of known"
              + " genera: repeats, tails, adapters, fakes, unknown letters, background, novel"
              + " genera, errors by platform, other lengths, mock communities.")
  private boolean panels;

  @Option(
      names = "--panel-reads",
      paramLabel = "N",
      description =
          "Reads of each row of a panel; of novel genera five, of a mock community twenty times"
              + " as many.",
      defaultValue = "100")
  private int panelReads;

  @Option(
      names = "--background",
      paramLabel = "DIR",
      description =
          "Directory of sequences that are no organism of interest, for panels: background.tsv (id,"
              + " kind and, where known, organism) and background/KIND.fa.gz. Reads are cut from the"
              + " tenth of them that training holds out.")
  private Path background;

  @Option(
      names = "--novel",
      paramLabel = "DIR",
      description =
          "Directory of labelled genomes of genera that the checkpoint does not know, for panels.")
  private Path novel;

  @Option(
      names = "--panels-out",
      paramLabel = "DIR",
      description =
          "Directory to make: the panels' reads, panels.fa.gz, and what they are, panels.tsv, for"
              + " other classifiers.")
  private Path panelsOut;

  @Option(
      names = "--joint",
      description = "One mask for all ranks, as in the paper; else one a rank, as published.")
  private boolean joint;

  @Option(names = "--json", description = "File for the figures as JSON.")
  private Path json;

  @Option(names = "--html", description = "File for the figures as a page with plots.")
  private Path html;

  @Option(
      names = "--seed",
      description = "Seed of the controls and the panels.",
      defaultValue = "1")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    requireSense();
    NewFile.requirePossible(json, html);
    Checkpoint loaded = checkpoint == null ? Checkpoint.bundled() : Checkpoint.load(checkpoint);
    InputFilter filter = filters.filter();
    ThresholdChoice choice = thresholds.choice();
    EvaluationResult result = evaluate(loaded, filter, choice);
    System.out.print(EvaluationText.of(result));
    if (json != null) {
      write(json, EvaluationJson.text(result));
    }
    if (html != null) {
      write(html, EvaluationPage.of(result));
    }
    return 0;
  }

  private void requireSense() {
    String fault = "";
    if (input == null && !panels) {
      fault = "there is nothing to evaluate: give --input and --truth, or --panels";
    } else if ((input == null) != (truth == null)) {
      fault = (input == null ? "--truth" : "--input") + " needs the other of --input and --truth";
    } else if (panelReads < 1) {
      fault = "--panel-reads = " + panelReads + ": not below 1";
    } else if (!panels && (background != null || novel != null || panelsOut != null)) {
      fault = "--background, --novel and --panels-out are for --panels: give it, too";
    }
    if (!fault.isEmpty()) {
      throw new ParameterException(spec.commandLine(), fault);
    }
  }

  private static void write(Path file, String text) throws IOException {
    NewFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private EvaluationResult evaluate(Checkpoint loaded, InputFilter filter, ThresholdChoice choice)
      throws IOException {
    List<LabelledRead> reads =
        input == null ? List.of() : LabelledReads.read(input, truth, loaded.taxonomy(), filter);
    PanelSources sources = new PanelSources(loaded.taxonomy(), genomes, background, novel);
    List<Panel> made = panels ? new Panels(sources.read(), panelReads, seed).all() : List.of();
    if (panelsOut != null) {
      PanelFiles.write(panelsOut, made);
    }
    Map<String, List<Map<String, String>>> learningCurves =
        checkpoint == null ? Map.of() : EvaluationResult.learningCurves(checkpoint);
    ExplainedClassifier.Options options =
        new ExplainedClassifier.Options(
            0, ReadSample.NONE, Views.ONE, choice, SpanFinder.MOST_SPANS);
    try (ExplainedClassifier model = ExplainedClassifier.load(loaded, "auto", options)) {
      return new EvaluationResult(
          loaded.id(),
          loaded.taxonomy(),
          model.callRule(),
          input == null ? Optional.empty() : Optional.of(ofReads(loaded, model, filter, reads)),
          panels ? ofPanels(model, filter, sources, made) : List.of(),
          learningCurves);
    }
  }

  private EvaluationResult.OfReads ofReads(
      Checkpoint loaded, ExplainedClassifier model, InputFilter filter, List<LabelledRead> reads)
      throws IOException {
    ExplanationEvaluation.Referee referee = genomes == null ? null : referee(loaded.taxonomy());
    ExplanationReport report;
    try (PercentDone progress = PercentDone.onStandardError("evaluated")) {
      report = new ExplanationEvaluation(model, reads, joint, seed).run(referee, progress);
    }
    return new EvaluationResult.OfReads(
        input.getFileName().toString(),
        joint,
        report,
        ProfileCalls.of(model, loaded.decision(), reads),
        Robustness.of(model, filter, reads, seed),
        SeveralViews.of(loaded, "auto", reads));
  }

  private static List<PanelReport> ofPanels(
      ExplainedClassifier model, InputFilter filter, PanelSources sources, List<Panel> made)
      throws IOException {
    try (PercentDone progress = PercentDone.onStandardError("panels")) {
      return new PanelRun(
              reads -> Batches.ask(model, reads, model::explain),
              reads -> Batches.ask(model, reads, model::probabilities),
              filter,
              sources.bayes(),
              progress)
          .run(made);
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
