package io.readlens.trainer;

import io.readlens.model.read.Taxonomy;
import io.readlens.model.text.Legible;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what to learn from. */
final class DataOptions {
  @ArgGroup(multiplicity = "1", heading = "What to learn from, genomes or reads:%n")
  private Source source;

  private static final class Source {
    @ArgGroup(exclusive = false)
    private Genomes genomes;

    @ArgGroup(exclusive = false)
    private Reads reads;
  }

  private static final class Genomes {
    @Option(
        names = "--genomes",
        paramLabel = "DIR",
        required = true,
        description =
            "Directory of labelled genomes that reads are cut from: genomes.tsv (id, "
                + "accession, taxid, superkingdom, phylum, genus, split: train or "
                + "test_unseen_species), regions.tsv (id, contig, start0, end, use: train or "
                + "test_region; 0-based, end excluded), genomes/ID.fa.gz and, where they are "
                + "known, the labels' ids in rank_taxids.tsv (rank, name, taxid).")
    private Path directory;

    @Option(
        names = "--errors",
        paramLabel = "RATE",
        description =
            "Share of a read's bases with a sequencing error, from 0 to below 1; 0 if not given.")
    private double errors;

    @Option(
        names = "--platform",
        paramLabel = "NAME",
        description =
            "Whose errors: EVEN, substitutions, insertions and deletions alike, if not given; "
                + "ILLUMINA, NANOPORE, HIFI; MIXED, a platform and a rate of its own for each read, "
                + "and unknown letters in a tenth of them.")
    private SequencingErrors.Platform platform = SequencingErrors.Platform.EVEN;

    private SequencingErrors errors() throws IOException {
      try {
        return new SequencingErrors(errors, platform);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "--errors = %s: from 0 to below %s"
                .formatted(errors, platform == SequencingErrors.Platform.MIXED ? "0.5" : "1"),
            e);
      }
    }

    @Option(
        names = "--background",
        paramLabel = "LABEL=KIND+KIND,...",
        description =
            "What is no organism of interest, and to be told from them: labels, each with the kinds "
                + "of background.tsv (id, kind) that it is of, if that is not its own name. The "
                + "sequences are in background/KIND.fa.gz. A classifier that learns it has one "
                + "softmax over genera, background and what is like neither.")
    private String background;

    /** The labels' kinds, in the order given. */
    private Background background() throws IOException {
      if (background == null) {
        return new Background();
      }
      Map<String, List<String>> kinds = new LinkedHashMap<>();
      for (String label : background.split(",", -1)) {
        String[] parts = label.split("=", 2);
        List<String> of = List.of(parts[parts.length - 1].split("\\+", -1));
        boolean blank = parts[0].isBlank() || of.stream().anyMatch(String::isBlank);
        if (blank || kinds.put(parts[0], of) != null) {
          throw new IOException(
              "--background = %s: '%s' is no LABEL=KIND+KIND of its own"
                  .formatted(Legible.of(background), Legible.of(label)));
        }
      }
      return new Background(directory, kinds);
    }
  }

  private static final class Reads {
    @Option(
        names = "--reads-file",
        paramLabel = "FILE",
        required = true,
        description =
            "Labelled reads, FASTQ or FASTA, plain or gz, streamed. A twentieth of them, "
                + "chosen by the hash of a read's name, is held out for validation.")
    private Path file;

    @Option(
        names = "--truth",
        paramLabel = "FILE",
        required = true,
        description =
            "Their taxa: a table of the columns readId, superkingdom, phylum and genus, NA "
                + "where one is not known, or readId and taxid where there is a --taxonomy; its "
                + "rows in the reads' order or no more than 100,000 apart from it.")
    private Path truth;
  }

  @Option(
      names = "--taxonomy",
      paramLabel = "DIR",
      description =
          "NCBI taxonomy: nodes.dmp, names.dmp, merged.dmp and delnodes.dmp. It names the "
              + "taxa of genomes and reads whose tables give a taxid alone, and the ids of new "
              + "labels.")
  private Path taxonomy;

  @Mixin private FilterOptions filters;

  private Optional<NcbiTaxonomy> ncbi = Optional.empty();

  /**
   * Reads what was named.
   *
   * @throws IOException naming the file and, where there is one, the line that cannot be read
   */
  TrainingSet open() throws IOException {
    ncbi = taxonomy == null ? Optional.empty() : Optional.of(new NcbiTaxonomy(taxonomy));
    return source.genomes == null
        ? new ReadSet(source.reads.file, source.reads.truth, ncbi, filters.filter())
        : new GenomeSet(
            GenomePack.open(source.genomes.directory, ncbi),
            source.genomes.background(),
            source.genomes.errors(),
            filters.filter());
  }

  /** Labels with the taxonomy ids that the taxonomy has for those that have none. */
  Taxonomy withTaxIds(Taxonomy labels) {
    return ncbi.map(known -> new Labels(labels).taxonomy(known::taxId)).orElse(labels);
  }
}
