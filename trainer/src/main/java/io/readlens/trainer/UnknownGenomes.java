package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Genomes of genera that a checkpoint does not know, to see what it calls their reads. */
final class UnknownGenomes {
  private static final int TRIES = 20;

  private final List<Genome> genomes;
  private final Taxonomy labels;

  private UnknownGenomes(List<Genome> genomes, Taxonomy labels) {
    this.genomes = genomes;
    this.labels = labels;
  }

  /**
   * @param directory like that of a {@link GenomePack}; all its regions are used
   * @throws IOException if it cannot be read, or has a genome of a genus that is a label
   */
  static UnknownGenomes open(Path directory, Taxonomy labels) throws IOException {
    GenomePack pack = GenomePack.ofStrangers(directory);
    List<Genome> genomes = new ArrayList<>(pack.genomes(GenomePack.Use.TEST_UNSEEN_SPECIES));
    genomes.addAll(pack.genomes(GenomePack.Use.REFERENCE));
    for (Genome genome : genomes) {
      if (labels.find(Rank.GENUS, genome.genus()).isPresent()) {
        throw new IOException(
            "%s: genome %s is of %s, which the checkpoint knows"
                .formatted(directory, genome.id(), genome.genus()));
      }
    }
    if (genomes.isEmpty()) {
      throw new IOException(directory + " has no genome to cut reads from");
    }
    return new UnknownGenomes(genomes, labels);
  }

  /**
   * As many reads of each length from every genome as it has room for, at most so many.
   *
   * @param filter what a model is shown of them
   */
  List<LabelledRead> cut(List<Integer> lengths, int perGenome, InputFilter filter, Random random) {
    List<LabelledRead> reads = new ArrayList<>();
    for (Genome genome : genomes) {
      for (int length : lengths) {
        int wanted = reads.size() + perGenome;
        for (int i = 0; i < perGenome * TRIES && reads.size() < wanted; i++) {
          String bases = ReadSampler.cut(genome, length, random);
          if (bases != null) {
            reads.add(labelled(genome, Read.of("unknown" + reads.size(), bases), filter));
          }
        }
      }
    }
    return reads;
  }

  private LabelledRead labelled(Genome genome, Read read, InputFilter filter) {
    return new LabelledRead(
        read,
        filter.tokenize(read),
        genome.id(),
        index(Rank.SUPERKINGDOM, genome),
        index(Rank.PHYLUM, genome),
        -1);
  }

  private int index(Rank rank, Genome genome) {
    return labels.find(rank, genome.name(rank)).map(Taxon::index).orElse(-1);
  }
}
