package io.readlens.trainer;

import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.ReadNames;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.text.Legible;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Reads of a FASTQ or FASTA file whose taxa a table gives. They are streamed from the file, once a
 * pass, and never all in memory. A twentieth validates and is never trained on; which it is follows
 * from the hash of a read's name without mate suffix, so that mates stay together and a read stays
 * where it is when others are added. Reads of no known taxon, and reads without bases, are passed
 * over.
 */
final class ReadSet implements TrainingSet {
  private static final long VALIDATION_SHARE = 20;
  private static final int MOST_VALIDATION_READS = 2_000;

  /** A validation read is cut off here: more than any window holds. */
  private static final int MOST_VALIDATION_BASES = 16_384;

  private final Path file;
  private final Path truth;
  private final Optional<NcbiTaxonomy> ncbi;
  private final InputFilter filter;
  private final Taxonomy taxonomy;
  private final List<Labelled> validation;
  private final String digest;
  private long passedOver;
  private long reads;
  private long bases;
  private long validationReads;

  /** A read and its taxa. */
  record Labelled(Read read, TruthRows.Row truth) {
    private Lineage lineage() {
      return truth.lineage();
    }

    LabelledRead under(Taxonomy labels, InputFilter filter) {
      return new LabelledRead(
          read,
          filter.tokenize(read),
          read.id(),
          lineage().index(labels, Rank.SUPERKINGDOM),
          lineage().index(labels, Rank.PHYLUM),
          lineage().index(labels, Rank.GENUS));
    }
  }

  /** A pass over all reads that have a known taxon, in the file's order. */
  final class Pass implements Closeable {
    private final ReadFile records;
    private final TruthRows rows;
    private long skipped;

    Pass() throws IOException {
      records = ReadFile.open(file);
      try {
        rows = new TruthRows(truth, TruthRows.MOST_APART, ncbi);
      } catch (IOException e) {
        try (records) {
          throw e;
        }
      }
    }

    /** The next read; null at the end. */
    Labelled next() throws IOException {
      while (records.hasNext()) {
        SequenceRecord record = records.next();
        TruthRows.Row row = rows.of(record.id());
        if (row.lineage().knows(Rank.SUPERKINGDOM) && !record.sequence().isEmpty()) {
          return new Labelled(LabelledReads.read(record), row);
        }
        skipped++;
      }
      return null;
    }

    /** The next read that is trained on; null at the end. */
    Labelled nextToTrainOn() throws IOException {
      Labelled next = next();
      while (next != null && validates(next.read.id())) {
        next = next();
      }
      return next;
    }

    @Override
    public void close() throws IOException {
      try (records;
          rows) {
        // Both are closed whatever happens to the other.
      }
    }
  }

  /**
   * Reads both files once, to see that they are sound and what taxa there are.
   *
   * @param file reads
   * @param truth their taxa, see {@link TruthRows}
   * @param filter what the model is shown of the reads
   * @param ncbi names the taxa of rows that have a taxonomy id alone
   * @throws IOException naming the file and line at fault, or a taxon under two parents
   */
  ReadSet(Path file, Path truth, Optional<NcbiTaxonomy> ncbi, InputFilter filter)
      throws IOException {
    this.file = file;
    this.truth = truth;
    this.ncbi = ncbi;
    this.filter = filter;
    PriorityQueue<Labelled> kept =
        new PriorityQueue<>(
            Comparator.comparingLong((Labelled each) -> hash(each.read.id())).reversed());
    Labels labels = new Labels();
    try (Pass pass = new Pass()) {
      for (Labelled next = pass.next(); next != null; next = pass.next()) {
        if (validates(next.read.id())) {
          validationReads++;
          kept.add(new Labelled(beginning(next.read), next.truth));
          if (kept.size() > MOST_VALIDATION_READS) {
            kept.remove();
          }
        } else {
          reads++;
          bases += next.read.length();
          add(labels, next);
        }
      }
      pass.rows.requireSound();
      passedOver = pass.skipped;
    }
    if (reads == 0) {
      throw new IOException(
          file
              + " has no read of a known taxon to train on; rows of a taxid alone need --taxonomy");
    }
    taxonomy = taxonomy(labels);
    validation = List.copyOf(kept);
    digest =
        Sha256.of(
            (Sha256.of(file) + Sha256.of(truth) + filter.fingerprint())
                .getBytes(StandardCharsets.US_ASCII));
  }

  private void add(Labels labels, Labelled read) throws IOException {
    try {
      labels.add(read.lineage());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s, line %d: %s".formatted(truth, read.truth.line(), e.getMessage()), e);
    }
  }

  private Taxonomy taxonomy(Labels labels) throws IOException {
    try {
      return labels.taxonomy((rank, lineage) -> OptionalInt.empty());
    } catch (IllegalArgumentException e) {
      throw new IOException(truth + ": " + e.getMessage(), e);
    }
  }

  private static Read beginning(Read read) {
    return read.length() <= MOST_VALIDATION_BASES
        ? read
        : Read.of(read.id(), read.sequence().substring(0, MOST_VALIDATION_BASES));
  }

  /** The same on every machine and in every version. */
  private static long hash(String readId) {
    byte[] key = ReadNames.key(readId).getBytes(StandardCharsets.UTF_8);
    long hash = 0;
    for (byte letter : key) {
      hash = new SplittableRandom(hash ^ letter).nextLong();
    }
    return hash;
  }

  /** Whether a read of a name validates, or trains. */
  static boolean validates(String readId) {
    return Long.remainderUnsigned(hash(readId), VALIDATION_SHARE) == 0;
  }

  @Override
  public InputFilter filter() {
    return filter;
  }

  @Override
  public Taxonomy taxonomy() {
    return taxonomy;
  }

  /** Whole reads up to the window's length, and of longer ones a stretch; either strand. */
  @Override
  public TrainingReads reads(Taxonomy labels, Showing showing) {
    return new ShuffledReads(this, labels, showing.windowTokens(), showing.seed());
  }

  @Override
  public List<LabelledRead> validation(
      Taxonomy labels, List<Integer> bases, int perGenome, long seed) {
    return validation.stream()
        .sorted(Comparator.comparing(each -> each.read.id()))
        .map(each -> each.under(labels, filter))
        .toList();
  }

  @Override
  public String digest() {
    return digest;
  }

  @Override
  public void writeSeen(Path directory) throws IOException {
    Provenance.ofReads(
        directory,
        String.format(
            Locale.ROOT,
            "%s\t%s\t%d\t%d\t%d",
            Legible.of(file.getFileName().toString()),
            Sha256.of(file),
            reads,
            bases,
            validationReads));
  }

  @Override
  public String toString() {
    return "%,d reads, %,d bases, %,d passed over".formatted(reads, bases, passedOver);
  }
}
