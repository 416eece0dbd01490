package io.readlens.stream.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.avro.Lineage;
import io.readlens.avro.SequencingRead;
import io.readlens.model.read.InvalidReadException;
import io.readlens.model.read.Read;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * A FASTQ file and its truth table in the making. They hold only what {@link
 * io.readlens.model.io.ReadFile} and {@link TruthTable} read back as it was: what a producer chose
 * and no file can hold is left out and counted. A pair is two reads there, one behind the other,
 * {@code NAME/1} and {@code NAME/2}, each with its row: interleaved, as {@link
 * io.readlens.model.io.Mates} reads them.
 *
 * <p>Threading: one thread.
 */
final class LabelledFiles implements AutoCloseable {
  private static final String NOT_KNOWN = "NA";
  private static final String MARK = "\uFEFF";
  private static final Lineage NOTHING = new Lineage(null, null, null);

  private final Writer reads;
  private final Writer truth;
  private final Set<String> names = new HashSet<>();
  private long unlabelled;
  private long repeated;
  private long unfit;

  private LabelledFiles(Writer reads, Writer truth) {
    this.reads = reads;
    this.truth = truth;
  }

  /** Writes to two files, which it closes. */
  static LabelledFiles to(OutputStream reads, boolean gzip, OutputStream truth) throws IOException {
    OutputStream stream = gzip ? new GZIPOutputStream(reads) : reads;
    LabelledFiles files =
        new LabelledFiles(
            new BufferedWriter(new OutputStreamWriter(stream, UTF_8)),
            new BufferedWriter(new OutputStreamWriter(truth, UTF_8)));
    files.truth.write("readId\ttaxid\tsuperkingdom\tphylum\tgenus\n");
    return files;
  }

  /** Takes a read, or null for a record that is none. */
  void take(SequencingRead read) {
    if (read == null) {
      unfit++;
    } else if (labels(read).stream().allMatch(NOT_KNOWN::equals)) {
      unlabelled++;
    } else if (!isFit(read)) {
      unfit++;
    } else if (!names.add(read.getReadId())) {
      repeated++;
    } else {
      write(read);
    }
  }

  /** Whether a line of either file can hold it, and a reader of such files makes it out again. */
  private static boolean isFit(SequencingRead read) {
    boolean whole =
        isWhole(read.getSequence(), read.getQualities())
            && (read.getMateSequence() == null
                ? read.getMateQualities() == null
                : isWhole(read.getMateSequence(), read.getMateQualities()));
    String name = read.getReadId();
    boolean named =
        !name.isEmpty()
            && !name.startsWith(MARK)
            && name.indexOf('@') < 0 // Begins a record, wherever in a name it stands.
            && name.chars().noneMatch(Character::isWhitespace)
            && Stream.concat(Stream.of(name), labels(read).stream())
                .noneMatch(text -> text.chars().anyMatch(Character::isISOControl));
    try {
      return whole
          && named
          && Read.of(name, read.getSequence()).length() > 0
          && (read.getMateSequence() == null || Read.of(name, read.getMateSequence()).length() > 0);
    } catch (InvalidReadException e) {
      return false;
    }
  }

  private static boolean isWhole(String bases, String qualities) {
    return qualities == null
        || (qualities.length() == bases.length()
            && qualities.chars().allMatch(quality -> quality >= '!' && quality <= '~'));
  }

  /** The taxonomy id and the names of the taxa, as the table has them. */
  private static List<String> labels(SequencingRead read) {
    Integer taxId = read.getTrueTaxId();
    Lineage lineage = read.getTrueLineage() == null ? NOTHING : read.getTrueLineage();
    return Stream.of(
            taxId == null || taxId < 1 ? NOT_KNOWN : taxId.toString(),
            lineage.getSuperkingdom(),
            lineage.getPhylum(),
            lineage.getGenus())
        .map(label -> label == null || label.isBlank() ? NOT_KNOWN : label)
        .toList();
  }

  private void write(SequencingRead read) {
    String name = read.getReadId();
    try {
      if (read.getMateSequence() == null) {
        write(name, read.getSequence(), read.getQualities(), read);
      } else {
        write(name + "/1", read.getSequence(), read.getQualities(), read);
        write(name + "/2", read.getMateSequence(), read.getMateQualities(), read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, String sequence, String qualities, SequencingRead labelled)
      throws IOException {
    reads.write("@" + name + "\n" + sequence + "\n+\n");
    reads.write((qualities == null ? "!".repeat(sequence.length()) : qualities) + "\n");
    truth.write(name + "\t" + String.join("\t", labels(labelled)) + "\n");
  }

  Export.Result result() {
    return new Export.Result(names.size(), unlabelled, repeated, unfit);
  }

  @Override
  public void close() throws IOException {
    try (truth) {
      reads.close();
    }
  }
}
