package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.trainer.TrainingSet.Balance;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * Cuts reads from genomes: either strand, at most a tenth N. Taxa are drawn evenly, not bases: 60 %
 * of reads by genus, 30 % by phylum and then genus, 10 % by superkingdom, phylum and then genus. By
 * {@link Balance#BY_BASES} a genus of less than {@value #ENOUGH_BASES} bases is drawn less, by
 * their share to the power of {@value #BY_BASES}; {@link #imbalance} says what that does to the
 * taxa.
 *
 * <p>Threading: one thread.
 */
final class ReadSampler {
  private static final double BY_SUPERKINGDOM = 0.1;
  private static final double BY_PHYLUM = 0.3;
  private static final int ENOUGH_BASES = 500_000;
  private static final double BY_BASES = 0.7;
  private static final int TRIES = 20;

  /** A genome with its labels. */
  private record Source(Genome genome, Map<Rank, Integer> labels) {}

  private final SequencingErrors errors;
  private final InputFilter filter;
  private final Random random;

  /** The genomes of each genus, under the sum of its weight and of those before it. */
  private final NavigableMap<Double, List<Source>> genera;

  /** Reads without errors, of all genera alike, of which nothing is hidden. */
  ReadSampler(List<Genome> genomes, Taxonomy taxonomy, Random random) {
    this(genomes, taxonomy, SequencingErrors.NONE, InputFilter.NONE, Balance.EVEN, random);
  }

  /**
   * @param filter what a model is shown of the reads; those of which it is shown too little are not
   *     drawn
   */
  ReadSampler(
      List<Genome> genomes,
      Taxonomy taxonomy,
      SequencingErrors errors,
      InputFilter filter,
      Balance balance,
      Random random) {
    this.errors = errors;
    this.filter = filter;
    this.random = random;
    // A genome that names no genus stands for one of its own.
    TreeMap<Integer, TreeMap<Integer, TreeMap<String, List<Source>>>> tree = new TreeMap<>();
    for (Genome genome : genomes) {
      Map<Rank, Integer> labels = new EnumMap<>(Rank.class);
      for (Rank rank : Rank.values()) {
        labels.put(rank, taxonomy.find(rank, genome.name(rank)).map(Taxon::index).orElse(-1));
      }
      if (labels.get(Rank.SUPERKINGDOM) < 0 || labels.get(Rank.PHYLUM) < 0) {
        throw new IllegalArgumentException(
            "genome " + genome.id() + " belongs to no label: " + genome.phylum());
      }
      String group = labels.get(Rank.GENUS) < 0 ? genome.id() : genome.genus();
      tree.computeIfAbsent(labels.get(Rank.SUPERKINGDOM), s -> new TreeMap<>())
          .computeIfAbsent(labels.get(Rank.PHYLUM), p -> new TreeMap<>())
          .computeIfAbsent(group, g -> new ArrayList<>())
          .add(new Source(genome, labels));
    }
    genera = weighted(tree, balance == Balance.EVEN ? 0 : BY_BASES);
  }

  private ReadSampler(ReadSampler genomes, Random random) {
    errors = genomes.errors;
    filter = genomes.filter;
    this.random = random;
    genera = genomes.genera;
  }

  /** A sampler of the same genomes that draws from another source. */
  ReadSampler with(Random other) {
    return new ReadSampler(this, other);
  }

  private static NavigableMap<Double, List<Source>> weighted(
      Map<Integer, ? extends Map<Integer, ? extends Map<String, List<Source>>>> tree,
      double byBases) {
    int phyla = tree.values().stream().mapToInt(Map::size).sum();
    int all = tree.values().stream().flatMap(p -> p.values().stream()).mapToInt(Map::size).sum();
    NavigableMap<Double, List<Source>> weighted = new TreeMap<>();
    double sum = 0;
    for (Map<Integer, ? extends Map<String, List<Source>>> superkingdom : tree.values()) {
      for (Map<String, List<Source>> phylum : superkingdom.values()) {
        double even =
            BY_SUPERKINGDOM / tree.size() / superkingdom.size() / phylum.size()
                + BY_PHYLUM / phyla / phylum.size()
                + (1 - BY_SUPERKINGDOM - BY_PHYLUM) / all;
        for (List<Source> genus : phylum.values()) {
          long bases = Math.max(1, genus.stream().mapToLong(s -> s.genome.bases()).sum());
          sum += even * Math.pow(Math.min(1, (double) bases / ENOUGH_BASES), byBases);
          weighted.put(sum, List.copyOf(genus));
        }
      }
    }
    return weighted;
  }

  /**
   * How much more often than evenly the taxa of each rank are drawn: the logarithms of their shares
   * of the reads [C], in the taxonomy's order, over an even share; 0 for a taxon that has no genome
   * here.
   */
  float[] imbalance(Taxonomy taxonomy) {
    double[] shares = new double[taxonomy.size()];
    double before = 0;
    for (Map.Entry<Double, List<Source>> genus : genera.entrySet()) {
      double share = (genus.getKey() - before) / genera.lastKey();
      before = genus.getKey();
      genus
          .getValue()
          .get(0)
          .labels
          .forEach(
              (rank, label) -> {
                if (label >= 0) {
                  shares[taxonomy.offset(rank) + label] += share;
                }
              });
    }
    float[] imbalance = new float[shares.length];
    for (Rank rank : Rank.values()) {
      for (int i = taxonomy.offset(rank); i < taxonomy.offset(rank) + taxonomy.size(rank); i++) {
        imbalance[i] = shares[i] == 0 ? 0 : (float) Math.log(shares[i] * taxonomy.size(rank));
      }
    }
    return imbalance;
  }

  /**
   * The share of its reads that each class of a taxonomy has [C]: reads of a genome that names no
   * genus have their phylum's.
   */
  double[] shares(Taxonomy taxonomy) {
    double[] shares = new double[taxonomy.classes()];
    double before = 0;
    for (Map.Entry<Double, List<Source>> genus : genera.entrySet()) {
      Map<Rank, Integer> labels = genus.getValue().get(0).labels;
      Rank rank = labels.get(Rank.GENUS) < 0 ? Rank.PHYLUM : Rank.GENUS;
      int leaf = taxonomy.offset(rank) + labels.get(rank);
      shares[leaf] += (genus.getKey() - before) / genera.lastKey();
      before = genus.getKey();
    }
    return shares;
  }

  /** A random read of a stretch of a length, of which some genome must have one. */
  LabelledRead sample(int bases) {
    while (true) {
      List<Source> genus = pickGenus();
      Source source = genus.get(random.nextInt(genus.size()));
      for (int i = 0; i < TRIES; i++) {
        String read = cut(source.genome, bases, random);
        if (read != null) {
          LabelledRead labelled = label(source, "train", errors.in(read, random));
          if (labelled.tokens().isInformative()) {
            return labelled;
          }
        }
      }
    }
  }

  private List<Source> pickGenus() {
    double place = random.nextDouble() * genera.lastKey();
    return genera.higherEntry(place).getValue();
  }

  /** As many reads of a length from every genome as it has room for, at most {@code perGenome}. */
  List<LabelledRead> sampleEvenly(int bases, int perGenome) {
    List<LabelledRead> reads = new ArrayList<>();
    for (List<Source> genus : genera.values()) {
      for (Source source : genus) {
        int wanted = reads.size() + perGenome;
        for (int i = 0; i < perGenome * TRIES && reads.size() < wanted; i++) {
          String read = cut(source.genome, bases, random);
          if (read != null) {
            LabelledRead labelled = label(source, "read" + reads.size(), errors.in(read, random));
            if (labelled.tokens().isInformative()) {
              reads.add(labelled);
            }
          }
        }
      }
    }
    return reads;
  }

  private LabelledRead label(Source source, String id, String bases) {
    Read read = Read.of(id, bases);
    return new LabelledRead(
        read,
        filter.tokenize(read),
        source.genome.id(),
        source.labels.get(Rank.SUPERKINGDOM),
        source.labels.get(Rank.PHYLUM),
        source.labels.get(Rank.GENUS));
  }

  /** A stretch of a genome, either strand; null if the draw was too short or had too many Ns. */
  static String cut(Genome genome, int bases, Random random) {
    long room = 0;
    for (String segment : genome.segments()) {
      room += Math.max(0, segment.length() - bases + 1);
    }
    if (room == 0) {
      return null;
    }
    long place = (long) (random.nextDouble() * room);
    for (String segment : genome.segments()) {
      int starts = Math.max(0, segment.length() - bases + 1);
      if (place < starts) {
        String read = segment.substring((int) place, (int) place + bases);
        if (read.chars().filter(base -> base == 'N').count() > bases / 10) {
          return null;
        }
        return random.nextBoolean() ? read : reverseComplement(read);
      }
      place -= starts;
    }
    throw new IllegalStateException("the draw lies outside the genome's segments");
  }

  static String reverseComplement(String bases) {
    StringBuilder reverse = new StringBuilder(bases.length());
    for (int i = bases.length() - 1; i >= 0; i--) {
      reverse.append(
          switch (bases.charAt(i)) {
            case 'A' -> 'T';
            case 'T' -> 'A';
            case 'C' -> 'G';
            case 'G' -> 'C';
            default -> 'N';
          });
    }
    return reverse.toString();
  }
}
