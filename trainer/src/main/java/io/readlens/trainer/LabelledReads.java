package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.InvalidReadException;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads from a file, and their taxa from a table. */
final class LabelledReads {
  private LabelledReads() {}

  /**
   * Reads them all.
   *
   * @param truth their taxa, see {@link TruthRows}, in any order; a name that is no label of the
   *     taxonomy counts as not known
   * @param filter what the model is shown of them
   * @throws IOException naming what is missing (a column, the row of a read, any read), or the line
   *     of a bad row or of a record that is no read
   */
  static List<LabelledRead> read(Path input, Path truth, Taxonomy taxonomy, InputFilter filter)
      throws IOException {
    List<LabelledRead> reads = new ArrayList<>();
    try (TruthRows rows = TruthRows.whole(truth);
        ReadFile file = ReadFile.open(input)) {
      while (file.hasNext()) {
        SequenceRecord record = file.next();
        TruthRows.Row row = rows.of(record.id());
        Read read = read(record);
        reads.add(
            new LabelledRead(
                read,
                filter.tokenize(read),
                row.genome(),
                row.lineage().index(taxonomy, Rank.SUPERKINGDOM),
                row.lineage().index(taxonomy, Rank.PHYLUM),
                row.lineage().index(taxonomy, Rank.GENUS)));
      }
    }
    if (reads.isEmpty()) {
      throw new IOException(input + " has no reads to evaluate");
    }
    return reads;
  }

  /**
   * The read that a record of a file is.
   *
   * @throws IOException naming the file and line of one that holds other letters than bases
   */
  static Read read(SequenceRecord record) throws IOException {
    try {
      return Read.of(record.id(), record.sequence());
    } catch (InvalidReadException e) {
      throw new IOException(
          "%s line %d: %s".formatted(record.file(), record.line(), e.getMessage()), e);
    }
  }
}
