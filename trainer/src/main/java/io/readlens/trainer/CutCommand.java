package io.readlens.trainer;

import io.readlens.model.process.NewFile;
import io.readlens.model.read.Rank;
import io.readlens.model.text.Legible;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cut}: labelled reads for tests and demonstrations. */
@Command(
    name = "cut",
    description = {
      "Cut labelled reads from genomes into a FASTQ file and a table of their taxa.",
      "Either strand, at most a tenth N. The genomes have no base qualities:",
      "every base gets the quality letter that stands for none, '!'."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class CutCommand implements Callable<Integer> {
  private static final int TRIES = 20;

  @Option(names = "--genomes", required = true, description = "Directory of labelled genomes.")
  private Path genomes;

  @Option(
      names = "--out",
      required = true,
      description = "FASTQ.gz to write; the table goes beside it.")
  private Path out;

  @Option(names = "--use", required = true, description = "${COMPLETION-CANDIDATES}")
  private GenomePack.Use use;

  @Option(
      names = "--length",
      converter = ReadLengths.InBases.class,
      description = "Bases of a read, or several such or ranges to draw from: 100-300,1500.",
      defaultValue = "1500")
  private ReadLengths lengths;

  @Option(
      names = "--errors",
      description = "Share of bases with a sequencing error.",
      defaultValue = "0")
  private double errorRate;

  @Option(names = "--per-genome", description = "Reads from each genome.", defaultValue = "20")
  private int perGenome;

  @Option(names = "--seed", defaultValue = "11", description = "Seed of everything random.")
  private long seed;

  @Option(names = "--shuffle", description = "Mix the genomes' reads.")
  private boolean shuffle;

  private record Cut(Genome genome, String bases) {}

  @Override
  public Integer call() throws IOException {
    SequencingErrors errors = new SequencingErrors(errorRate);
    Random random = new Random(seed);
    List<Cut> cuts = new ArrayList<>();
    for (Genome genome : GenomePack.open(genomes).genomes(use)) {
      int wanted = cuts.size() + perGenome;
      for (int i = 0; i < perGenome * TRIES && cuts.size() < wanted; i++) {
        String bases = ReadSampler.cut(genome, lengths.draw(random), random);
        if (bases != null) {
          cuts.add(new Cut(genome, errors.in(bases, random)));
        }
      }
    }
    if (shuffle) {
      Collections.shuffle(cuts, random);
    }
    Path truth = out.resolveSibling(out.getFileName() + ".truth.tsv");
    try (NewFile reads = NewFile.of(out);
        NewFile taxa = NewFile.of(truth)) {
      write(cuts, reads.out(), taxa.out());
      NewFile.appear(List.of(reads, taxa));
    }
    System.out.println(
        Legible.of("wrote " + cuts.size() + " reads to " + out + " and their taxa to " + truth));
    return 0;
  }

  private static void write(List<Cut> cuts, OutputStream reads, OutputStream taxa)
      throws IOException {
    try (Writer fastq =
            new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(reads), StandardCharsets.US_ASCII));
        Writer table = new BufferedWriter(new OutputStreamWriter(taxa, StandardCharsets.UTF_8))) {
      table.write("readId\ttaxid\tsuperkingdom\tphylum\tgenus\tgenome\n");
      for (int i = 0; i < cuts.size(); i++) {
        String id = String.format(Locale.ROOT, "r%06d", i);
        Genome genome = cuts.get(i).genome;
        String bases = cuts.get(i).bases;
        fastq.write("@" + id + "\n" + bases + "\n+\n" + "!".repeat(bases.length()) + "\n");
        List<String> row = new ArrayList<>(List.of(id, genome.taxId()));
        for (Rank rank : Rank.values()) {
          row.add(genome.name(rank));
        }
        row.add(Legible.of(genome.id()));
        table.write(String.join("\t", row) + "\n");
      }
    }
  }
}
