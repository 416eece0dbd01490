package io.readlens.trainer;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say what to learn from. */
final class DataOptions {
  @Option(
      names = "--genomes",
      paramLabel = "DIR",
      required = true,
      description = {
        "Directory of labelled genomes that reads are cut from: genomes.tsv (id, accession,",
        "taxid, superkingdom, phylum, genus, split: train or test_unseen_species), regions.tsv",
        "(id, contig, start0, end, use: train or test_region; 0-based, end excluded),",
        "genomes/ID.fa.gz and, where they are known, the labels' ids in rank_taxids.tsv (rank,",
        "name, taxid)."
      })
  private Path genomes;

  /**
   * Reads what was named.
   *
   * @throws IOException naming the file and, where there is one, the line that cannot be read
   */
  TrainingSet open() throws IOException {
    return new LabelledGenomes(GenomePack.open(genomes));
  }
}
