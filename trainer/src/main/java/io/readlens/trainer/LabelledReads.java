package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads from a file, and their taxa from a table. */
final class LabelledReads {
  private LabelledReads() {}

  /**
   * Reads them all.
   *
   * @param truth of the columns readId, superkingdom, phylum, genus, taxid, and genome if there is
   *     one; a name that is no label of the taxonomy counts as not known
   * @throws IOException naming what is missing: a column, the row of a read, any read
   */
  static List<LabelledRead> read(Path input, Path truth, Taxonomy taxonomy) throws IOException {
    Map<String, Map<String, String>> truths = new HashMap<>();
    for (Map<String, String> row : Table.read(truth)) {
      for (Rank rank : Rank.values()) {
        if (!row.containsKey(rank.label())) {
          throw new IOException(truth + " has no column " + rank.label());
        }
      }
      truths.put(row.get("readId"), row);
    }
    List<LabelledRead> reads = new ArrayList<>();
    try (ReadFile file = ReadFile.open(input)) {
      while (file.hasNext()) {
        SequenceRecord record = file.next();
        Map<String, String> row = truths.get(record.id());
        if (row == null) {
          throw new IOException(truth + " has no row for read " + record.id() + " of " + input);
        }
        Read read = Read.of(record.id(), record.sequence());
        reads.add(
            new LabelledRead(
                read,
                Tokenizer.tokenize(read),
                row.getOrDefault("genome", row.get("taxid")),
                label(taxonomy, Rank.SUPERKINGDOM, row),
                label(taxonomy, Rank.PHYLUM, row),
                label(taxonomy, Rank.GENUS, row)));
      }
    }
    if (reads.isEmpty()) {
      throw new IOException(input + " has no reads to evaluate");
    }
    return reads;
  }

  private static int label(Taxonomy taxonomy, Rank rank, Map<String, String> row) {
    return taxonomy.find(rank, row.get(rank.label())).map(Taxon::index).orElse(-1);
  }
}
