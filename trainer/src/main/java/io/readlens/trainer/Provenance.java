package io.readlens.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a checkpoint saw: accession and digest of every genome, and the bases trained on. */
final class Provenance {
  private Provenance() {}

  static void write(Path file, List<Genome> genomes) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("id\taccession\ttaxid\tsuperkingdom\tphylum\tgenus\ttrain_bases\tfasta_gz_sha256");
    for (Genome genome : genomes) {
      lines.add(
          String.join(
              "\t",
              genome.id(),
              genome.accession(),
              genome.taxId(),
              genome.superkingdom(),
              genome.phylum(),
              genome.genus(),
              String.valueOf(genome.bases()),
              genome.digest()));
    }
    Files.write(file, lines);
  }
}
