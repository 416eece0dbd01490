package io.readlens.trainer;

import io.readlens.model.filter.VectorWords;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.process.NewFile;
import io.readlens.model.text.Legible;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vectors}: the list of vectors that the input's filter knows. */
@Command(
    name = "vectors",
    description = {
      "Write the list of vectors that the input filter VECTOR hides.",
      "They are the sequences of a FASTA file, such as UniVec_Core, in letters of two cases.",
      "Upper-case is what a word of 20 bases begins with that no natural sequence has.",
      "Sequences that have none such are left out."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    showDefaultValues = true,
    sortOptions = false)
final class VectorsCommand implements Callable<Integer> {
  @Option(names = "--vectors", required = true, description = "FASTA file of vectors.")
  private Path vectors;

  @Option(
      names = "--genomes",
      required = true,
      description = "Directory of labelled genomes: their train regions are natural.")
  private Path genomes;

  @Option(
      names = "--natural",
      paramLabel = "FILE",
      description = "FASTA files of other natural sequences.",
      split = ",")
  private List<Path> natural = List.of();

  @Option(
      names = "--natural-records",
      paramLabel = "ID",
      description =
          "Accessions of what is natural among the vectors, such as a phage's whole genome: they"
              + " are left out.",
      split = ",")
  private List<String> naturalRecords = List.of();

  @Option(names = "--out", required = true, description = "FASTA.gz to write.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    List<SequenceRecord> records = new ArrayList<>();
    List<SequenceRecord> others = new ArrayList<>();
    for (SequenceRecord record : records(vectors)) {
      (isNatural(record) ? others : records).add(record);
    }
    VectorWords words =
        VectorWords.of(records.stream().map(record -> upper(record.sequence())).toList());
    others.forEach(record -> words.markNatural(record.sequence()));
    for (Path file : natural) {
      records(file).forEach(record -> words.markNatural(record.sequence()));
    }
    for (Genome genome : GenomePack.open(genomes).genomes(GenomePack.Use.REFERENCE)) {
      genome.segments().forEach(words::markNatural);
    }
    int written = 0;
    try (NewFile file = NewFile.of(out)) {
      try (Writer fasta =
          new BufferedWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(file.out()), StandardCharsets.US_ASCII))) {
        for (SequenceRecord record : records) {
          String marked = words.marked(record.sequence());
          if (marked.chars().anyMatch(Character::isUpperCase)) {
            fasta.write(">" + record.id() + "\n" + marked + "\n");
            written++;
          }
        }
      }
      NewFile.appear(List.of(file));
    }
    System.out.println(
        Legible.of("wrote %d of %d vectors to %s".formatted(written, records.size(), out)));
    return 0;
  }

  /** By the accession in an identifier such as {@code gnl|uv|J02459.1:1-48502-49}. */
  private boolean isNatural(SequenceRecord record) {
    String name = record.id().substring(record.id().lastIndexOf('|') + 1);
    int colon = name.indexOf(':');
    return naturalRecords.contains(colon < 0 ? name : name.substring(0, colon));
  }

  private static String upper(String sequence) {
    return sequence.toUpperCase(Locale.ROOT);
  }

  private static List<SequenceRecord> records(Path path) throws IOException {
    List<SequenceRecord> records = new ArrayList<>();
    try (ReadFile file = ReadFile.openContigs(path)) {
      while (file.hasNext()) {
        records.add(file.next());
      }
    }
    return records;
  }
}
