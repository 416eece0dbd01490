package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.readlens.model.abundance.CallConfusion;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, one after the other, on made-up genomes that composition tells apart. */
class TrainerTest {
  @TempDir private Path directory;
  private final ToyPack pack = new ToyPack();
  private final String genomes = pack.directory().toString();

  private record Run(int exitCode, String out, String err) {}

  @Test
  void shouldTrainExplainAndEvaluate() throws IOException {
    // Given
    run(
        "cut",
        "--use=test_region",
        "--length=400-600,600",
        "--errors=0.01",
        "--per-genome=12",
        out("reads.fq.gz"));

    // When
    Run bag =
        run(
            "classifier",
            out("bag"),
            "--reads=3000",
            "--hidden=16",
            "--lengths=50,100-700bp",
            "--overlapping=false",
            "--errors=0.01");
    Run layer =
        run(
            "classifier",
            from("bag"),
            out("layer"),
            "--layers",
            "1",
            "--ffn",
            "16",
            "--reads",
            "400",
            "--rate",
            "5e-4",
            "--lengths",
            "50");
    Run more = run("classifier", from("layer"), out("more"), "--reads", "200", "--lengths", "50");
    Run explainer =
        run(
            "explainer",
            from("more"),
            out("explained"),
            "--imitation",
            "64",
            "--reads",
            "64",
            "--rows",
            "8",
            "--lengths",
            "40",
            "--gate",
            "HARD");
    Run calibrated =
        run(
            "calibrate",
            from("explained"),
            out("calibrated"),
            "--lengths",
            "250,600",
            "--confusion-lengths",
            "150,900");
    Run uncounted =
        run(
            "calibrate",
            from("explained"),
            out("uncounted"),
            "--lengths",
            "250",
            "--confusion-reads",
            "0");
    Run evaluation =
        run(
            "evaluate",
            "--checkpoint=" + path("calibrated"),
            "--input=" + path("reads.fq.gz"),
            "--truth=" + path("reads.fq.gz.truth.tsv"),
            "--json=" + path("report.json"));

    // Then
    for (Run run : List.of(bag, layer, more, explainer, calibrated, uncounted, evaluation)) {
      assertThat(run.exitCode()).as(run.err()).isZero();
    }
    assertThat(Checkpoint.load(Path.of(path("more"))).config().layers()).isEqualTo(1);
    Checkpoint explained = Checkpoint.load(Path.of(path("explained")));
    assertThat(explained.metrics().path("explainer").path("gate").asText()).isEqualTo("HARD");
    CallConfusion confusion =
        Checkpoint.load(Path.of(path("calibrated"))).confusion().orElseThrow();
    assertThat(confusion.lengths()).containsExactly(150, 900);
    assertThat(confusion.reads()).isGreaterThanOrEqualTo(40);
    assertThat(calibrated.out()).contains("confusion: of " + confusion.reads() + " reads");
    assertThat(Checkpoint.load(Path.of(path("uncounted"))).confusion()).isEmpty();
    assertThat(evaluation.out()).contains("24 reads").contains("spans only");
    assertThat(Files.readString(Path.of(path("report.json")))).contains("labelForcing");
    assertThat(accuracy(evaluation.out())).isGreaterThan(0.9);
  }

  @Test
  void shouldExplainByTheHeadsOfAClassifierThatKnowsBackground() throws IOException {
    // Given
    pack.withBackground();
    run("cut", "--use=test_region", "--length=600", "--per-genome=12", out("reads.fq.gz"));
    Run bag =
        run(
            "classifier",
            out("bag"),
            "--background=vector,rRNA",
            "--naive-bayes",
            "--amino-acids=true",
            "--rate=0.01",
            "--reads=600",
            "--hidden=16",
            "--lengths=50,100");

    // When
    Run explainer =
        run(
            "explainer",
            from("bag"),
            out("explained"),
            "--fresh",
            "--kind=EVIDENCE",
            "--reach=12",
            "--imitation=128",
            "--rows=8",
            "--lengths=50,100");
    Run evaluation =
        run(
            "evaluate",
            "--checkpoint=" + path("explained"),
            "--input=" + path("reads.fq.gz"),
            "--truth=" + path("reads.fq.gz.truth.tsv"));

    // Then
    for (Run run : List.of(bag, explainer, evaluation)) {
      assertThat(run.exitCode()).as(run.err()).isZero();
    }
    assertThat(Checkpoint.load(Path.of(path("explained"))).config().explainerReach()).isEqualTo(12);
    assertThat(Files.size(Path.of(path("explained/explainer.safetensors")))).isLessThan(1_000);
    assertThat(accuracy(evaluation.out(), "spans only (rounded mask)")).isGreaterThan(0.8);
  }

  @Test
  void shouldRefuseToExplainByTheHeadsOfOneThatKnowsNoBackground() {
    // Given
    run("classifier", out("bag"), "--reads", "500", "--hidden", "16", "--lengths", "40");

    // When
    Run explainer =
        run("explainer", from("bag"), out("none"), "--fresh", "--kind=EVIDENCE", "--reach=12");

    // Then
    assertThat(explainer.exitCode()).isNotZero();
    assertThat(explainer.err())
        .contains(
            "--kind EVIDENCE: an Explainer of EVIDENCE needs labels of background, and there are"
                + " none; train the classifier of "
                + path("bag")
                + " with --background");
    assertThat(Path.of(path("none"))).doesNotExist();
  }

  @Test
  void shouldTrainAsThePaperDid() {
    // Given
    run("classifier", out("bag"), "--reads", "500", "--hidden", "16", "--lengths", "40");

    // When
    Run paper =
        run(
            "explainer",
            from("bag"),
            out("paper"),
            "--method",
            "paper",
            "--reads",
            "32",
            "--rows",
            "8",
            "--lengths",
            "30,40",
            "--mixed",
            "--saves",
            "2");

    // Then
    assertThat(paper.exitCode()).as(paper.err()).isZero();
    JsonNode metrics = Checkpoint.load(Path.of(path("paper"))).metrics().path("explainer");
    assertThat(metrics.path("scope").asText()).isEqualTo("JOINT");
    assertThat(metrics.path("entropy_norm").asText()).isEqualTo("BY_C");
    assertThat(metrics.path("peak").asDouble()).isEqualTo(2e-4);
    assertThat(metrics.path("rows").asInt()).isEqualTo(8);
  }

  /** Balanced accuracy of the whole reads at the superkingdom. */
  private static double accuracy(String table) {
    return accuracy(table, "unmasked");
  }

  /** Balanced accuracy at the superkingdom in a row of the table. */
  private static double accuracy(String table, String name) {
    String row = table.lines().filter(line -> line.startsWith(name)).findFirst().orElseThrow();
    return Double.parseDouble(row.substring(name.length()).strip().split("\\s+")[0]);
  }

  @Test
  void shouldGiveTheSameCheckpointForTheSameSeed() {
    // When
    run("classifier", out("one"), "--reads", "500", "--hidden", "16", "--lengths", "40");
    run("classifier", out("two"), "--reads", "500", "--hidden", "16", "--lengths", "40");

    // Then
    assertThat(Checkpoint.load(Path.of(path("one"))).id())
        .isEqualTo(Checkpoint.load(Path.of(path("two"))).id());
  }

  @Test
  void shouldTimeTrainingWithoutAny() {
    // Given
    run("classifier", out("bag"), "--reads", "500", "--hidden", "16", "--lengths", "40");

    // When
    Run classifier = run("classifier", from("bag"), out("none"), "--lengths=40", "--time=2");
    Run explainer = run("explainer", from("bag"), out("none"), "--rows=4", "--time=2");

    // Then
    assertThat(classifier.out()).as(classifier.err()).containsPattern("forward, ratio \\d\\.\\d");
    assertThat(explainer.out())
        .as(explainer.err())
        .containsPattern("by imitation: .*forward, ratio \\d\\.\\d")
        .containsPattern("by loss: .*forward, ratio \\d\\.\\d");
    assertThat(Path.of(path("none"))).doesNotExist();
  }

  @Test
  void shouldLearnANewTaxonFromReads() throws IOException {
    // Given a checkpoint of genomes, and reads of one of its taxa and of two others
    run("classifier", out("old"), "--reads", "3000", "--hidden", "16", "--lengths", "50,100");
    ToyReads reads =
        new ToyReads(directory)
            .add(300, 400, "Bacteria,Pseudomonadota,Escherichia", "AAACCCGGTT")
            .add(300, 500, "Bacteria,Bacillota,Aardvarkia", "CCCCCTTTTA")
            .add(300, 300, "Viruses,Uroviricota,Lambdavirus", "GGGGGTA")
            .write();
    // Of bases that are five G in seven, much looks like a tail.
    String[] data = {
      "--reads-file=" + reads.reads(), "--truth", reads.truth().toString(), "--input-filters=NONE"
    };

    // When
    Run classifier =
        run(
            join(
                data,
                "classifier",
                from("old"),
                out("new"),
                "--reads",
                "3000",
                "--tokens",
                "2000"));
    Run refused =
        run(join(data, "explainer", from("old"), out("none"), "--imitation", "8", "--rows", "4"));
    Run explainer =
        run(join(data, "explainer", from("new"), out("whole"), "--imitation", "8", "--rows", "4"));

    Run calibrated = run(join(data, "calibrate", from("whole"), out("calibrated")));

    // Then
    assertThat(classifier.exitCode()).as(classifier.err()).isZero();
    assertThat(calibrated.exitCode()).as(calibrated.err()).isZero();
    assertThat(refused.err())
        .contains("has no label for superkingdom Viruses: train its classifier on the data first")
        .hasLineCount(1);
    assertThat(explainer.exitCode()).as(explainer.err()).isZero();
    Checkpoint made = Checkpoint.load(Path.of(path("whole")));
    Taxonomy old = Checkpoint.load(Path.of(path("old"))).taxonomy();
    for (Rank rank : Rank.values()) {
      assertThat(made.taxonomy().taxa(rank).subList(0, old.size(rank))).isEqualTo(old.taxa(rank));
      assertThat(
              made.metrics()
                  .at("/classifier/validation_balanced_accuracy/short/" + rank.label())
                  .asDouble())
          .isGreaterThan(0.9);
    }
    assertThat(made.taxonomy().taxa(Rank.GENUS))
        .extracting(Taxon::name)
        .containsExactly("Escherichia", "Staphylococcus", "Aardvarkia", "Lambdavirus");
    assertThat(Files.readAllLines(Path.of(path("calibrated"), "reads-seen.tsv")))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("reads.fa\t");
    assertThat(Files.readAllLines(Path.of(path("calibrated"), "genomes-seen.tsv")))
        .extracting(line -> line.split("\t")[0])
        .containsExactly("id", "g1", "g2", "g3");
  }

  private static String[] join(String[] data, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(data));
    return all.toArray(String[]::new);
  }

  @Test
  void shouldSayInOneLineWhatIsMissing() {
    // When
    Run run = run("classifier", out("x"), "--genomes", directory + "/none");
    Run lost = run("explainer", "--from=" + directory, out("y"));

    // Then
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("readlens-trainer: no such file or directory").hasLineCount(1);
    assertThat(lost.exitCode()).isEqualTo(1);
    assertThat(lost.err()).contains("is no checkpoint").hasLineCount(1);
  }

  @Test
  void shouldSayInFewLinesHowItIsCalled() {
    // When
    Run command = run("train");
    Run option = run("classifier", "--nonsense");
    Run missing = run("classifier");

    // Then
    for (Run run : List.of(command, option, missing)) {
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err().lines().count()).isLessThan(28);
      assertThat(run.err()).endsWith(" --help says more.\n");
    }
    assertThat(command.err()).startsWith("unknown command 'train'\n").contains("classifier, ");
    assertThat(Main.commandLine().getSubcommands().values())
        .extracting(each -> each.getCommandSpec().usageMessage().description()[0])
        .allMatch(each -> each.endsWith("."));
  }

  @Test
  void shouldNotBeginWorkWhoseResultHasNoPlace() throws IOException {
    // Given
    run("classifier", out("bag"), "--reads", "300", "--hidden", "16", "--lengths", "40");
    run("cut", "--use=test_region", "--per-genome=2", "--length=400", out("reads.fq.gz"));
    Files.createFile(directory.resolve("file"));
    String reads = "--input=" + path("reads.fq.gz");
    String truth = "--truth=" + path("reads.fq.gz.truth.tsv");

    // When
    Run page = run("evaluate", reads, truth, "--html=" + path("none/page.html"));
    Run figures = run("evaluate", reads, truth, "--json=" + path("none/figures.json"));
    Run calibrated = run("calibrate", from("bag"), out("file/mine"), "--lengths", "250");

    // Then
    for (Run run : List.of(page, figures, calibrated)) {
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).hasLineCount(1);
    }
    assertThat(page.err()).endsWith("no such file or directory: " + path("none") + "\n");
    assertThat(figures.err()).isEqualTo(page.err());
    assertThat(calibrated.err()).contains(path("file/mine"));
  }

  @Test
  void shouldLeaveTheEncoderAsItIsWhereOnlyHeadsAreTrained() {
    // Given
    run("classifier", out("start"), "--reads", "300", "--hidden", "16", "--lengths", "40");

    // When
    Run run =
        run(
            "classifier",
            from("start"),
            out("tuned"),
            "--heads-only",
            "--reads",
            "300",
            "--lengths",
            "40");

    // Then
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(tensor("tuned", "esm.embeddings.word_embeddings.weight"))
        .isEqualTo(tensor("start", "esm.embeddings.word_embeddings.weight"));
    assertThat(tensor("tuned", "classifier.phylum.weight"))
        .isNotEqualTo(tensor("start", "classifier.phylum.weight"));
  }

  private float[] tensor(String checkpoint, String name) {
    try (NDManager manager = NDManager.newBaseManager()) {
      return Checkpoint.load(Path.of(path(checkpoint)))
          .classifierTensors(manager)
          .get(name)
          .toFloatArray();
    }
  }

  @Test
  void shouldImportNoWeightsWhoseLicenceNobodyAccepts() {
    // When
    Run run = run("import", "--weights=" + directory, out("x"));

    // Then
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--accept-licence CC-BY-NC-SA-4.0");
  }

  @Test
  void shouldBeginAsANaiveBayesWhereThereIsNothingElseToBeginWith() {
    // When
    Run begun =
        run(
            "classifier",
            out("naive"),
            "--naive-bayes",
            "--amino-acids=true",
            "--hidden=16",
            "--reads=100",
            "--lengths=50",
            "--rate=0.001");
    Run goesOn = run("classifier", from("naive"), out("x"), "--naive-bayes");

    // Then
    assertThat(begun.exitCode()).as(begun.err()).isZero();
    Checkpoint naive = Checkpoint.load(Path.of(path("naive")));
    assertThat(naive.config().aminoAcids()).isTrue();
    assertThat(naive.metrics().path("classifier").path("from").asText()).isEqualTo("naive Bayes");
    assertThat(naive.metrics().at("/classifier/validation_balanced_accuracy/long/genus").asDouble())
        .isGreaterThan(0.9);
    assertThat(goesOn.err()).startsWith("--naive-bayes begins").contains("leave out --from");
  }

  @Test
  void shouldRefuseToSaveNever() {
    // When
    Run run = run("classifier", out("x"), "--measurements", "0");

    // Then
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("--measurements = 0: not below 1");
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private String out(String name) {
    return "--out=" + path(name);
  }

  private String from(String name) {
    return "--from=" + path(name);
  }

  private Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!arguments[0].equals("evaluate")
        && !all.contains("--genomes")
        && !all.contains("--truth")) {
      all.add("--genomes=" + genomes);
    }
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
    ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(caughtOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(caughtErr, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Main.execute(all.toArray(String[]::new));
      return new Run(
          exitCode,
          caughtOut.toString(StandardCharsets.UTF_8),
          caughtErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
