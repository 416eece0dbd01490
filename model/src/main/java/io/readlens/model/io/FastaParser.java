package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/** FASTA: a header, then the sequence in any number of lines; blank lines are passed over. */
final class FastaParser {
  private final LineReader lines;

  FastaParser(LineReader lines) {
    this.lines = lines;
  }

  /** The next record; empty at the end of the file. */
  Optional<SequenceRecord> next() {
    String first = lines.next(UTF_8);
    while (first != null && first.isBlank()) {
      first = lines.next(UTF_8);
    }
    if (first == null) {
      return Optional.empty();
    }
    Header header = Header.parse(lines, first);
    if (!lines.lastLineEnded()) {
      throw lines.fault(
          "the file ends inside the header of record "
              + header.id()
              + ": it was cut off, copy it"
              + " again");
    }
    StringBuilder sequence = new StringBuilder();
    while (lines.peek() >= 0 && lines.peek() != '>') {
      String line = lines.next(ISO_8859_1).stripTrailing();
      check(line, header);
      if (sequence.length() + line.length() > lines.limit().bytes()) {
        throw lines.tooLong("record " + header.id());
      }
      sequence.append(line);
    }
    return Optional.of(
        new SequenceRecord(
            header.id(),
            header.description(),
            sequence.toString(),
            Optional.empty(),
            lines.file(),
            header.line()));
  }

  /** No sequence holds what begins a record, in FASTA or in FASTQ: there two files were joined. */
  private void check(String line, Header header) {
    int joined = line.indexOf('>');
    if (joined >= 0) {
      throw lines.fault(
          "letter %d of a line of record %s is '>', which begins a record: where two files were"
                  .formatted(joined + 1, header.id())
              + " joined, write a line end between them");
    }
    int fastq = line.startsWith("+") ? 0 : line.indexOf('@');
    if (fastq >= 0) {
      throw lines.fault(
          "letter %d of a line of record %s is '%c', as in FASTQ: keep FASTA and FASTQ in two files"
              .formatted(fastq + 1, header.id(), line.charAt(fastq)));
    }
  }
}
