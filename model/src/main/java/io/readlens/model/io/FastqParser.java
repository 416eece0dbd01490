package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.model.text.Legible;
import java.util.Optional;

/** FASTQ, four lines a record; blank lines may stand between records. */
final class FastqParser {
  private final LineReader lines;

  FastqParser(LineReader lines) {
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
    if (!first.startsWith("@")) {
      throw lines.fault("expected the '@' of a FASTQ record, found " + quote(first));
    }
    Header header = Header.parse(lines, first);
    String sequence = next(header);
    String separator = next(header);
    if (!separator.startsWith("+")) {
      throw lines.fault(
          "expected the '+' of record "
              + header.id()
              + ", found "
              + quote(separator)
              + "; a FASTQ record has four lines, unwrap longer ones with 'seqtk seq'");
    }
    // The last record of a file may be a read without bases whose last line has no end either.
    String qualities = sequence.isEmpty() && lines.peek() < 0 ? "" : next(header);
    checkQualities(header, sequence, qualities);
    return Optional.of(
        new SequenceRecord(
            header.id(),
            header.description(),
            sequence,
            Optional.of(qualities),
            lines.file(),
            header.line()));
  }

  private String next(Header header) {
    String line = lines.next(ISO_8859_1);
    if (line == null) {
      throw lines.fault(
          "the file ends inside record "
              + header.id()
              + ", which starts at line "
              + header.line()
              + ": it was cut off, copy it again");
    }
    return line;
  }

  private void checkQualities(Header header, String sequence, String qualities) {
    if (sequence.length() != qualities.length()) {
      boolean joined =
          qualities.length() > sequence.length() && qualities.charAt(sequence.length()) == '@';
      throw lines.fault(
          "record %s has %d bases and %d qualities; each base needs one, %s"
              .formatted(
                  header.id(),
                  sequence.length(),
                  qualities.length(),
                  joined
                      ? "and an '@' follows: where two files were joined, write a line end between"
                      : "copy the file again"));
    }
    for (int i = 0; i < qualities.length(); i++) {
      char quality = qualities.charAt(i);
      if (quality < '!' || quality > '~') {
        throw lines.fault(
            String.format(
                "record %s has U+%04X as its quality %d; Phred+33 goes from '!' to '~'",
                header.id(), (int) quality, i + 1));
      }
    }
  }

  private static String quote(String line) {
    return "'" + Legible.of(line, 20) + "'";
  }
}
