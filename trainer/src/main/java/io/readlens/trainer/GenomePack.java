package io.readlens.trainer;

import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A directory of labelled genomes: {@code genomes.tsv} (id, accession, taxid, superkingdom, phylum,
 * genus, split), {@code regions.tsv} (id, contig, start0, end, use; 0-based, half-open), {@code
 * genomes/<id>.fa.gz}, and, where the labels' taxonomy ids are known, {@code rank_taxids.tsv}
 * (rank, name, taxid).
 *
 * <p>The labels are exactly the taxa that have train regions. The last twentieth of a train region
 * is held out for validation where that leaves room for reads; no read of one use shares a base
 * with another use, but for REFERENCE, which is both.
 */
final class GenomePack {
  /** A shorter held-out part stays with the training: it would hold hardly a read. */
  private static final int LEAST_VALIDATION_BASES = 3_000;

  /** What the reads of a region are for. */
  enum Use {
    TRAIN,
    VALIDATION,
    /** Both of the above: what a reference database may hold. */
    REFERENCE,
    TEST_REGION,
    TEST_UNSEEN_SPECIES
  }

  private final Path directory;
  private final List<Map<String, String>> genomes;
  private final Map<String, List<Map<String, String>>> regions = new HashMap<>();
  private final Optional<Taxonomy> taxonomy;

  private GenomePack(Path directory, Optional<NcbiTaxonomy> ncbi, boolean isTrainedOn)
      throws IOException {
    this.directory = directory;
    genomes = Table.read(directory.resolve("genomes.tsv"));
    nameTaxa(ncbi);
    for (Map<String, String> region : Table.read(directory.resolve("regions.tsv"))) {
      regions.computeIfAbsent(region.get("id"), id -> new ArrayList<>()).add(region);
    }
    taxonomy = isTrainedOn ? Optional.of(labels()) : Optional.empty();
  }

  /**
   * @throws IOException naming the file and line that cannot be read
   */
  static GenomePack open(Path directory) throws IOException {
    return open(directory, Optional.empty());
  }

  /**
   * @param ncbi names the taxa of genomes whose rows have a taxonomy id alone
   * @throws IOException naming the file and line that cannot be read
   */
  static GenomePack open(Path directory, Optional<NcbiTaxonomy> ncbi) throws IOException {
    return new GenomePack(directory, ncbi, true);
  }

  /**
   * Opens genomes that are not trained on: they need no train region, and have no labels.
   *
   * @throws IOException naming the file and line that cannot be read
   */
  static GenomePack ofStrangers(Path directory) throws IOException {
    return new GenomePack(directory, Optional.empty(), false);
  }

  private void nameTaxa(Optional<NcbiTaxonomy> ncbi) throws IOException {
    for (int i = 0; i < genomes.size(); i++) {
      Map<String, String> row = genomes.get(i);
      try {
        OptionalInt unused = taxId(row.get(Lineage.TAX_ID));
        Lineage lineage = Lineage.ofRow(row::get, ncbi);
        for (Rank rank : Rank.values()) {
          row.put(rank.label(), lineage.name(rank));
        }
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "%s, line %d: %s".formatted(directory.resolve("genomes.tsv"), i + 2, e.getMessage()),
            e);
      }
    }
  }

  /** The taxa that have train regions; not for strangers. */
  Taxonomy taxonomy() {
    return taxonomy.orElseThrow();
  }

  private Taxonomy labels() throws IOException {
    Labels labels = new Labels();
    try {
      for (Map<String, String> genome : genomes) {
        if (genome.get("split").equals("train") && hasTrainRegion(genome.get("id"))) {
          labels.add(Lineage.of(rank -> genome.get(rank.label())));
        }
      }
      Map<String, OptionalInt> taxIds = taxIds();
      return labels.taxonomy(
          (rank, lineage) ->
              taxIds.getOrDefault(rank.label() + "\t" + lineage.name(rank), OptionalInt.empty()));
    } catch (IllegalArgumentException e) {
      throw new IOException(directory.resolve("genomes.tsv") + ": " + e.getMessage(), e);
    }
  }

  private boolean hasTrainRegion(String id) {
    return regions.getOrDefault(id, List.of()).stream()
        .anyMatch(region -> region.get("use").equals("train"));
  }

  private Map<String, OptionalInt> taxIds() throws IOException {
    Map<String, OptionalInt> taxIds = new HashMap<>();
    Path file = directory.resolve("rank_taxids.tsv");
    if (Files.exists(file)) {
      for (Map<String, String> row : Table.read(file)) {
        taxIds.put(row.get("rank") + "\t" + row.get("name"), taxId(row.get(Lineage.TAX_ID), file));
      }
    }
    return taxIds;
  }

  private static OptionalInt taxId(String text, Path file) throws IOException {
    try {
      return taxId(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** A taxonomy id as a table has it; checked here since it goes into the tables that we write. */
  private static OptionalInt taxId(String text) {
    if (!Lineage.known(text)) {
      return OptionalInt.empty();
    }
    try {
      int taxId = Integer.parseInt(text);
      if (taxId >= 1) {
        return OptionalInt.of(taxId);
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for both.
    }
    throw new IllegalArgumentException(
        "taxid '" + text + "' is neither a number from 1 nor " + Lineage.NONE);
  }

  /** The taxa of every genome in the table. */
  List<Lineage> lineages() {
    return genomes.stream().map(row -> Lineage.of(rank -> row.get(rank.label()))).toList();
  }

  /** The genomes that have stretches of a use, with those stretches alone. */
  List<Genome> genomes(Use use) throws IOException {
    List<Genome> found = new ArrayList<>();
    for (Map<String, String> row : genomes) {
      boolean unseen = row.get("split").equals("test_unseen_species");
      if (unseen != (use == Use.TEST_UNSEEN_SPECIES)) {
        continue;
      }
      Path file = directory.resolve("genomes").resolve(row.get("id") + ".fa.gz");
      Map<String, String> contigs = contigs(file);
      List<String> segments = new ArrayList<>();
      for (Map<String, String> region : regions.getOrDefault(row.get("id"), List.of())) {
        String contig = contigs.get(region.get("contig"));
        if (contig == null) {
          throw new IOException(file + " has no contig " + region.get("contig"));
        }
        String part = part(bases(contig, region), region.get("use"), use);
        if (!part.isEmpty()) {
          segments.add(part);
        }
      }
      if (!segments.isEmpty()) {
        found.add(
            new Genome(
                row.get("id"),
                row.get("accession"),
                row.get("taxid").isBlank() ? Lineage.NONE : row.get("taxid"),
                row.get("superkingdom"),
                row.get("phylum"),
                row.get("genus"),
                Sha256.of(file),
                segments));
      }
    }
    return found;
  }

  private String bases(String contig, Map<String, String> region) throws IOException {
    try {
      return contig.substring(
          Integer.parseInt(region.get("start0")), Integer.parseInt(region.get("end")));
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      throw new IOException(
          "%s: %s to %s is no part of contig %s of %s, which has %d bases"
              .formatted(
                  directory.resolve("regions.tsv"),
                  region.get("start0"),
                  region.get("end"),
                  region.get("contig"),
                  region.get("id"),
                  contig.length()),
          e);
    }
  }

  private static String part(String bases, String regionUse, Use use) {
    int held = bases.length() / 20 < LEAST_VALIDATION_BASES ? 0 : bases.length() / 20;
    int cut = bases.length() - held;
    return switch (use) {
      case TRAIN -> regionUse.equals("train") ? bases.substring(0, cut) : "";
      case VALIDATION -> regionUse.equals("train") ? bases.substring(cut) : "";
      case REFERENCE -> regionUse.equals("train") ? bases : "";
      case TEST_REGION -> regionUse.equals("test_region") ? bases : "";
      case TEST_UNSEEN_SPECIES -> bases;
    };
  }

  private static Map<String, String> contigs(Path file) throws IOException {
    Map<String, String> contigs = new HashMap<>();
    try (ReadFile in = ReadFile.openContigs(file)) {
      while (in.hasNext()) {
        SequenceRecord contig = in.next();
        String bases = LabelledReads.read(contig).sequence();
        if (contigs.put(contig.id(), bases) != null) {
          throw new IOException(
              "%s line %d: contig %s has come before".formatted(file, contig.line(), contig.id()));
        }
      }
    }
    if (contigs.isEmpty()) {
      throw new IOException(file + " holds no FASTA record");
    }
    return contigs;
  }
}
