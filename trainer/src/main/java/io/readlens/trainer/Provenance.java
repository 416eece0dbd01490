package io.readlens.trainer;

import io.readlens.model.process.InputFile;
import io.readlens.model.process.NewFile;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a checkpoint saw, in tables beside it: accession and digest of every genome, and the bases
 * trained on; files of reads and their digests.
 */
final class Provenance {
  private static final String GENOMES = "genomes-seen.tsv";
  private static final String READS = "reads-seen.tsv";

  private Provenance() {}

  /**
   * Notes genomes.
   *
   * @param checkpoint directory of the checkpoint that saw them
   */
  static void ofGenomes(Path checkpoint, List<Genome> genomes) throws IOException {
    List<String> rows = new ArrayList<>();
    for (Genome genome : genomes) {
      rows.add(
          String.join(
              "\t",
              Legible.of(genome.id()),
              Legible.of(genome.accession()),
              genome.taxId(),
              genome.superkingdom(),
              genome.phylum(),
              genome.genus(),
              String.valueOf(genome.bases()),
              genome.digest()));
    }
    String header =
        "id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\ttrain_bases\tfasta_gz_sha256";
    add(checkpoint.resolve(GENOMES), header, rows);
  }

  /**
   * Notes a file of reads.
   *
   * @param row its name, its digest, reads and bases trained on, and reads validated on
   */
  static void ofReads(Path checkpoint, String row) throws IOException {
    String header = "file\tsha256\ttrain_reads\ttrain_bases\tvalidation_reads";
    add(checkpoint.resolve(READS), header, List.of(row));
  }

  /** Notes nothing but what the checkpoint saw that another one goes on from. */
  static void inherit(Path from, Path checkpoint) throws IOException {
    for (String name : new String[] {GENOMES, READS}) {
      Path its = from.resolve(name);
      Path ours = checkpoint.resolve(name);
      if (!Files.exists(its)) {
        Files.deleteIfExists(ours);
      } else if (!Files.exists(ours) || !Files.isSameFile(its, ours)) {
        NewFile.write(ours, InputFile.read(its, Files::readAllBytes));
      }
    }
  }

  /** Notes nothing. */
  static void clear(Path checkpoint) throws IOException {
    for (String name : new String[] {GENOMES, READS}) {
      Files.deleteIfExists(checkpoint.resolve(name));
    }
  }

  private static void add(Path file, String header, List<String> rows) throws IOException {
    Set<String> lines = new LinkedHashSet<>(List.of(header));
    if (Files.exists(file)) {
      lines.addAll(InputFile.read(file, Files::readAllLines));
    }
    lines.addAll(rows);
    String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    NewFile.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
