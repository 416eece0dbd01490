package io.readlens.stream.cli;

import io.readlens.avro.Rank;
import io.readlens.model.io.Mates;
import io.readlens.model.process.InputFile;
import io.readlens.stream.replay.SequencingReads;
import io.readlens.stream.replay.TruthTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reads of the demo: those of the user's files, or the bundled ones, cut from 129 real genomes
 * at places that the bundled checkpoint was not trained on.
 *
 * @param files what is replayed
 * @param mates where the second mates of their reads are
 * @param records makes the record of each read
 * @param truth the taxa of each read by its name; empty where they are not known
 */
record DemoReads(
    List<Path> files, Mates mates, SequencingReads records, Map<String, Map<Rank, String>> truth) {
  /** The bundled reads' file, and the name that they are written under. */
  static final String FASTQ = "reads.fastq.gz";

  /** The table of their taxa, likewise. */
  static final String TRUTH = "reads.fastq.gz.truth.tsv";

  private static final String BUNDLED = "/io/readlens/stream/demo/";
  private static final Rank[] RANKS = {Rank.SUPERKINGDOM, Rank.PHYLUM, Rank.GENUS};

  static DemoReads ofFiles(List<Path> files, Mates mates) {
    return new DemoReads(files, mates, SequencingReads.asWritten(), Map.of());
  }

  /** The bundled reads, copied into a directory. */
  static DemoReads bundled(Path directory) throws IOException {
    Path truth = copy(TRUTH, directory);
    SequencingReads records =
        new SequencingReads(
            Optional.of("demo-run"), Optional.of("demo"), Optional.empty(), TruthTable.load(truth));
    return new DemoReads(List.of(copy(FASTQ, directory)), Mates.NONE, records, taxa(truth));
  }

  private static Path copy(String name, Path directory) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = open(name)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /** The bytes of a bundled file, {@link #FASTQ} or {@link #TRUTH}. */
  static InputStream open(String name) {
    InputStream in = DemoReads.class.getResourceAsStream(BUNDLED + name);
    if (in == null) {
      throw new IllegalStateException(name + " is missing from the class path");
    }
    return in;
  }

  /** Columns: readId, taxid, superkingdom, phylum, genus. */
  private static Map<String, Map<Rank, String>> taxa(Path truth) throws IOException {
    Map<String, Map<Rank, String>> taxa = new HashMap<>();
    List<String> lines = InputFile.read(truth, Files::readAllLines);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      Map<Rank, String> names = new EnumMap<>(Rank.class);
      for (int i = 0; i < RANKS.length; i++) {
        if (!cells[2 + i].equals("NA")) {
          names.put(RANKS[i], cells[2 + i]);
        }
      }
      taxa.put(cells[0], names);
    }
    return taxa;
  }
}
