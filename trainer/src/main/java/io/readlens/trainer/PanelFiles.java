package io.readlens.trainer;

import io.readlens.model.evaluation.panel.Panel;
import io.readlens.model.evaluation.panel.PanelRead;
import io.readlens.model.process.NewFile;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.text.Legible;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** The reads of panels as files. */
final class PanelFiles {
  private PanelFiles() {}

  /**
   * Writes {@code panels.fa.gz}, the reads, and {@code panels.tsv}, a truth table with the panel,
   * the row and the read that each was made of: NA where nobody knows the taxon or there is no such
   * read, {@code none} where the read belongs to no label.
   *
   * @param directory is made if it is not there
   */
  static void write(Path directory, List<Panel> panels) throws IOException {
    Files.createDirectories(directory);
    try (NewFile reads = NewFile.of(directory.resolve("panels.fa.gz"));
        NewFile truths = NewFile.of(directory.resolve("panels.tsv"))) {
      try (Writer fasta =
              new BufferedWriter(
                  new OutputStreamWriter(
                      new GZIPOutputStream(reads.out()), StandardCharsets.US_ASCII));
          Writer table =
              new BufferedWriter(new OutputStreamWriter(truths.out(), StandardCharsets.UTF_8))) {
        table.write("readId\tsuperkingdom\tphylum\tgenus\tgenome\tpanel\trow\toriginal\n");
        Set<Read> written = new HashSet<>();
        for (Panel panel : panels) {
          for (Panel.Row row : panel.rows()) {
            for (PanelRead read : row.reads()) {
              String original = Lineage.NONE;
              if (read.original().isPresent()) {
                Read of = read.original().get().read();
                original = of.id();
                if (written.add(of)) {
                  fasta.write(record(original, of.sequence()));
                  table.write(line(original, panel, row.name() + ", original", read, Lineage.NONE));
                }
              }
              if (written.add(read.read())) {
                fasta.write(record(read.read().id(), read.letters()));
                table.write(line(read.read().id(), panel, row.name(), read, original));
              }
            }
          }
        }
      }
      NewFile.appear(List.of(reads, truths));
    }
  }

  private static String record(String id, String letters) {
    return ">" + id + "\n" + letters + "\n";
  }

  private static String line(String id, Panel panel, String row, PanelRead read, String original) {
    List<String> cells = new ArrayList<>(List.of(id));
    for (Rank rank : Rank.values()) {
      cells.add(read.truth().name(rank));
    }
    cells.addAll(List.of(read.origin(), panel.name(), row, original));
    return String.join("\t", cells.stream().map(Legible::of).toList()) + "\n";
  }
}
