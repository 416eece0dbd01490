package io.readlens.trainer;

import io.readlens.model.abundance.Origin;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Genomes of genera that a checkpoint does not know, to see what it calls their reads. */
final class UnknownGenomes {
  private static final int TRIES = 20;

  private final List<Genome> genomes;
  private final Taxonomy labels;

  /**
   * A read of such a genome.
   *
   * @param origin the lowest of its taxa that is a label
   */
  record UnknownRead(Origin origin, Read bases) {}

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

  /** As many reads of each length from every genome as it has room for, at most so many. */
  List<UnknownRead> cut(List<Integer> lengths, int perGenome, Random random) {
    List<UnknownRead> reads = new ArrayList<>();
    for (Genome genome : genomes) {
      for (int length : lengths) {
        int wanted = reads.size() + perGenome;
        for (int i = 0; i < perGenome * TRIES && reads.size() < wanted; i++) {
          String bases = ReadSampler.cut(genome, length, random);
          if (bases != null) {
            reads.add(new UnknownRead(origin(genome), Read.of("unknown" + reads.size(), bases)));
          }
        }
      }
    }
    return reads;
  }

  private Origin origin(Genome genome) {
    Optional<Taxon> phylum = labels.find(Rank.PHYLUM, genome.phylum());
    return phylum
        .or(() -> labels.find(Rank.SUPERKINGDOM, genome.superkingdom()))
        .map(Origin::of)
        .orElseGet(Origin::unknown);
  }
}
