package io.readlens.trainer;

import io.readlens.model.evaluation.NaiveBayes;
import io.readlens.model.evaluation.panel.Origin;
import io.readlens.model.evaluation.panel.Sources;
import io.readlens.model.evaluation.panel.Sources.Platform;
import io.readlens.model.evaluation.panel.Truth;
import io.readlens.model.filter.Adapters;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** What the panels of {@code evaluate} are made of: parts of genomes, and background. */
final class PanelSources {
  /** The genus of the host of most samples. */
  private static final String HOST = "Homo";

  /** Of these kinds of background no organism is to be named. */
  private static final Set<String> OF_NOBODY = Set.of("vector", "adapter", "tandem_repeat");

  /** And these are of Eukaryota, whatever else they are. */
  private static final Set<String> ORGANELLES = Set.of("mitochondrion", "chloroplast");

  private final Taxonomy labels;
  private final Optional<GenomePack> genomes;
  private final Optional<Path> background;
  private final Optional<GenomePack> novel;

  /**
   * @param labels of the checkpoint
   * @param genomes directory of labelled genomes, of which the checkpoint may have learned the
   *     train regions; or null
   * @param background directory of background.tsv (id, kind, and, where it is known, organism) and
   *     background/KIND.fa.gz, of which the tenth that is held out of training is taken; or null
   * @param novel directory of labelled genomes that it has not learned; or null
   * @throws IOException naming the file and line that cannot be read
   */
  PanelSources(Taxonomy labels, Path genomes, Path background, Path novel) throws IOException {
    this.labels = labels;
    this.genomes =
        genomes == null ? Optional.empty() : Optional.of(GenomePack.ofStrangers(genomes));
    this.background = Optional.ofNullable(background);
    this.novel = novel == null ? Optional.empty() : Optional.of(GenomePack.ofStrangers(novel));
  }

  /**
   * Reads them.
   *
   * @throws IOException naming the file and line that cannot be read, or genomes that are not novel
   */
  Sources read() throws IOException {
    List<Genome> unseen = genomes(genomes, GenomePack.Use.TEST_UNSEEN_SPECIES);
    return new Sources(
        origins(genomes(genomes, GenomePack.Use.TEST_REGION), true),
        origins(unseen, true),
        HOST,
        novel(),
        background(),
        Adapters.bundled().sequences(),
        rate -> new SequencingErrors(rate)::in,
        platforms());
  }

  private static List<Genome> genomes(Optional<GenomePack> pack, GenomePack.Use use)
      throws IOException {
    return pack.isPresent() ? pack.get().genomes(use) : List.of();
  }

  private boolean isLabel(Genome genome) {
    return labels.find(Rank.GENUS, genome.genus()).isPresent();
  }

  /** Those whose genus is a label, or those whose genus is none. */
  private List<Origin> origins(List<Genome> some, boolean ofLabels) {
    return some.stream()
        .filter(genome -> isLabel(genome) == ofLabels && Lineage.known(genome.genus()))
        .map(
            genome ->
                new Origin(
                    genome.id(),
                    genome.genus(),
                    truth(genome::name),
                    (bases, random) -> Optional.ofNullable(ReadSampler.cut(genome, bases, random))))
        .toList();
  }

  /** By the names of labels. */
  private Truth truth(Function<Rank, String> names) {
    return new Truth(
        label(Rank.SUPERKINGDOM, names), label(Rank.PHYLUM, names), label(Rank.GENUS, names));
  }

  private String label(Rank rank, Function<Rank, String> names) {
    String name = names.apply(rank);
    if (!Lineage.known(name)) {
      return Truth.UNKNOWN;
    }
    return labels.find(rank, name).isPresent() ? name : Truth.NONE;
  }

  private List<Origin> novel() throws IOException {
    if (novel.isEmpty()) {
      return List.of();
    }
    List<Genome> all = new ArrayList<>(genomes(novel, GenomePack.Use.TEST_UNSEEN_SPECIES));
    all.addAll(genomes(novel, GenomePack.Use.TEST_REGION));
    List<Origin> origins = origins(all, false);
    if (origins.isEmpty()) {
      throw new IOException(
          "--novel holds no genome to test whose genus the checkpoint does not know");
    }
    return origins;
  }

  private Map<String, List<Origin>> background() throws IOException {
    Map<String, List<Origin>> byKind = new TreeMap<>();
    if (background.isEmpty()) {
      return byKind;
    }
    Map<String, Map<String, String>> rows = new HashMap<>();
    Set<String> kinds = new TreeSet<>();
    for (Map<String, String> row : Table.read(background.get().resolve("background.tsv"))) {
      rows.put(row.get("id"), row);
      kinds.add(row.get("kind"));
    }
    Map<String, Truth> genera = genera();
    for (String kind : kinds) {
      List<Origin> origins = new ArrayList<>();
      Path file = background.get().resolve("background").resolve(kind + ".fa.gz");
      try (ReadFile in = ReadFile.openContigs(file)) {
        while (in.hasNext()) {
          SequenceRecord record = in.next();
          Map<String, String> row = rows.get(record.id());
          boolean isOfKind = row != null && row.get("kind").equals(kind);
          if (isOfKind && Background.isHeldOut(record.id())) {
            String bases = LabelledReads.read(record).sequence();
            Truth truth = truth(kind, row.getOrDefault("organism", ""), genera);
            origins.add(
                new Origin(
                    record.id(),
                    record.id(),
                    truth,
                    (most, random) -> Optional.of(stretch(bases, most, random))));
          }
        }
      }
      byKind.put(kind, origins);
    }
    return byKind;
  }

  private static String stretch(String bases, int most, Random random) {
    int length = Math.min(most, bases.length());
    int from = random.nextInt(bases.length() - length + 1);
    String cut = bases.substring(from, from + length);
    return random.nextBoolean() ? cut : ReadSampler.reverseComplement(cut);
  }

  /** The lineages of the genera that the genomes name. */
  private Map<String, Truth> genera() {
    Map<String, Truth> genera = new HashMap<>();
    for (Lineage lineage : genomes.map(GenomePack::lineages).orElse(List.of())) {
      if (lineage.knows(Rank.GENUS)) {
        genera.put(lineage.genus(), truth(lineage::name));
      }
    }
    return genera;
  }

  /** An organism's name begins with its genus. */
  private static Truth truth(String kind, String organism, Map<String, Truth> genera) {
    if (OF_NOBODY.contains(kind)) {
      return Truth.NOTHING;
    }
    Truth unknown =
        new Truth(
            ORGANELLES.contains(kind) ? "Eukaryota" : Truth.UNKNOWN, Truth.UNKNOWN, Truth.UNKNOWN);
    return genera.getOrDefault(organism.split(" ", 2)[0], unknown);
  }

  /** Errors and lengths as they are usual. */
  private static Map<String, Platform> platforms() {
    Map<String, Platform> platforms = new LinkedHashMap<>();
    add(platforms, "Illumina, 0.5 % errors", 150, 0.005, SequencingErrors.Platform.ILLUMINA);
    add(platforms, "Illumina, 1 % errors", 150, 0.01, SequencingErrors.Platform.ILLUMINA);
    add(platforms, "Illumina, 0.5 % errors, long", 250, 0.005, SequencingErrors.Platform.ILLUMINA);
    for (int percent : new int[] {2, 5, 10}) {
      add(
          platforms,
          "nanopore, " + percent + " % errors",
          1_500,
          percent / 100.0,
          SequencingErrors.Platform.NANOPORE);
    }
    add(platforms, "PacBio HiFi, 0.2 % errors", 10_000, 0.002, SequencingErrors.Platform.HIFI);
    return platforms;
  }

  private static void add(
      Map<String, Platform> platforms,
      String name,
      int bases,
      double rate,
      SequencingErrors.Platform platform) {
    platforms.put(name, new Platform(bases, new SequencingErrors(rate, platform)::in));
  }

  /**
   * The naive Bayes of the genomes' train regions, as far as their genus is a label; empty where
   * there are none.
   */
  Optional<Function<Read, Truth>> bayes() throws IOException {
    List<Genome> known =
        genomes(genomes, GenomePack.Use.REFERENCE).stream().filter(this::isLabel).toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    NaiveBayes bayes = new NaiveBayes();
    known.forEach(genome -> bayes.add(genome.segments()));
    List<Truth> truths = known.stream().map(genome -> truth(genome::name)).toList();
    return Optional.of(
        read -> {
          int genome = bayes.call(read, List.of(new Span(0, read.length(), 1)));
          return genome < 0 ? Truth.NOTHING : truths.get(genome);
        });
  }
}
