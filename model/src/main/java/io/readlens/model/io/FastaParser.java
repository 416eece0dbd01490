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
    StringBuilder sequence = new StringBuilder();
    while (lines.peek() >= 0 && lines.peek() != '>') {
      sequence.append(lines.next(ISO_8859_1).stripTrailing());
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
}
