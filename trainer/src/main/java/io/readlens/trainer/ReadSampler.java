package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Cuts reads from genomes: either strand, at most a tenth N. Taxa are drawn evenly, not bases: 60 %
 * of reads by genus, 30 % by phylum and then genus, 10 % by superkingdom, phylum and then genus.
 *
 * <p>Threading: one thread.
 */
final class ReadSampler {
  private static final double BY_SUPERKINGDOM = 0.1;
  private static final double BY_PHYLUM = 0.3;
  private static final int TRIES = 20;

  /** A genome with its labels. */
  private record Source(Genome genome, int superkingdom, int phylum, int genus) {}

  private final SequencingErrors errors;
  private final Random random;
  private final List<List<Source>> byGenus;
  private final List<List<List<Source>>> byPhylum;
  private final List<List<List<List<Source>>>> bySuperkingdom;

  /** Reads without errors. */
  ReadSampler(List<Genome> genomes, Taxonomy taxonomy, Random random) {
    this(genomes, taxonomy, SequencingErrors.NONE, random);
  }

  ReadSampler(List<Genome> genomes, Taxonomy taxonomy, SequencingErrors errors, Random random) {
    this.errors = errors;
    this.random = random;
    // A genome that names no genus stands for one of its own.
    TreeMap<Integer, TreeMap<Integer, TreeMap<String, List<Source>>>> tree = new TreeMap<>();
    for (Genome genome : genomes) {
      Source source =
          new Source(
              genome,
              index(taxonomy, Rank.SUPERKINGDOM, genome),
              index(taxonomy, Rank.PHYLUM, genome),
              index(taxonomy, Rank.GENUS, genome));
      if (source.superkingdom < 0 || source.phylum < 0) {
        throw new IllegalArgumentException(
            "genome " + genome.id() + " belongs to no label: " + genome.phylum());
      }
      String group = source.genus < 0 ? genome.id() : genome.genus();
      tree.computeIfAbsent(source.superkingdom, s -> new TreeMap<>())
          .computeIfAbsent(source.phylum, p -> new TreeMap<>())
          .computeIfAbsent(group, g -> new ArrayList<>())
          .add(source);
    }
    bySuperkingdom =
        tree.values().stream()
            .map(phyla -> phyla.values().stream().map(this::groups).toList())
            .toList();
    byPhylum = bySuperkingdom.stream().flatMap(List::stream).toList();
    byGenus = byPhylum.stream().flatMap(List::stream).toList();
  }

  private ReadSampler(ReadSampler genomes, Random random) {
    errors = genomes.errors;
    this.random = random;
    byGenus = genomes.byGenus;
    byPhylum = genomes.byPhylum;
    bySuperkingdom = genomes.bySuperkingdom;
  }

  /** A sampler of the same genomes that draws from another source. */
  ReadSampler with(Random other) {
    return new ReadSampler(this, other);
  }

  private List<List<Source>> groups(Map<String, List<Source>> genera) {
    return List.copyOf(genera.values());
  }

  private static int index(Taxonomy taxonomy, Rank rank, Genome genome) {
    return taxonomy.find(rank, genome.name(rank)).map(Taxon::index).orElse(-1);
  }

  /** A random read of a stretch of a length, of which some genome must have one. */
  LabelledRead sample(int bases) {
    while (true) {
      Source source = pick(pickGenus());
      for (int i = 0; i < TRIES; i++) {
        String read = cut(source.genome, bases, random);
        if (read != null) {
          return label(source, "train", errors.in(read, random));
        }
      }
    }
  }

  private List<Source> pickGenus() {
    double by = random.nextDouble();
    if (by < BY_SUPERKINGDOM) {
      return pick(pick(pick(bySuperkingdom)));
    }
    return by < BY_SUPERKINGDOM + BY_PHYLUM ? pick(pick(byPhylum)) : pick(byGenus);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** As many reads of a length from every genome as it has room for, at most {@code perGenome}. */
  List<LabelledRead> sampleEvenly(int bases, int perGenome) {
    List<LabelledRead> reads = new ArrayList<>();
    for (List<Source> genus : byGenus) {
      for (Source source : genus) {
        int wanted = reads.size() + perGenome;
        for (int i = 0; i < perGenome * TRIES && reads.size() < wanted; i++) {
          String read = cut(source.genome, bases, random);
          if (read != null) {
            reads.add(label(source, "read" + reads.size(), errors.in(read, random)));
          }
        }
      }
    }
    return reads;
  }

  private static LabelledRead label(Source source, String id, String bases) {
    Read read = Read.of(id, bases);
    return new LabelledRead(
        read,
        Tokenizer.tokenize(read),
        source.genome.id(),
        source.superkingdom,
        source.phylum,
        source.genus);
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
