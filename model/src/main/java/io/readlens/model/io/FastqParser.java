package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.model.text.Legible;
import java.util.Optional;
import java.util.regex.Pattern;

/** FASTQ, four lines a record; blank lines may stand between records. */
final class FastqParser {
  /** Of UTF-8, which the second of two joined files may begin with. */
  private static final Pattern BYTE_ORDER_MARK = Pattern.compile("^\u00EF\u00BB\u00BF");

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
      throw lines.fault(
          "expected the '@' of a FASTQ record, found "
              + quote(first)
              + (first.startsWith(">") ? "; keep FASTQ and FASTA in two files" : ""));
    }
    Header header = Header.parse(lines, first);
    String sequence = next(header);
    String separator = next(header);
    checkSeparator(header, sequence, separator);
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

  /** What begins a record may follow the plus only where the record's own header is repeated. */
  private void checkSeparator(Header header, String sequence, String separator) {
    if (!separator.startsWith("+")) {
      boolean cut = beginsRecord(separator, 0) || hasMark(sequence);
      throw lines.fault(
          "expected the '+' of record "
              + header.id()
              + ", found "
              + quote(separator)
              + (cut
                  ? "; the record was cut off, perhaps where two files were joined: copy the first"
                      + " again"
                  : "; a FASTQ record has four lines, unwrap longer ones with 'seqtk seq'"));
    }
    if (beginsRecord(separator, 1) && !separator.startsWith(header.id(), 2)) {
      throw lines.fault(
          "the '+' of record %s is followed by %s: the record was cut off where two files were"
                  .formatted(header.id(), quote(separator.substring(1)))
              + " joined, copy the first again");
    }
  }

  private static boolean hasMark(String text) {
    return text.indexOf('@') >= 0 || text.indexOf('>') >= 0;
  }

  private static boolean beginsRecord(String text, int at) {
    return text.startsWith("@", at) || text.startsWith(">", at);
  }

  /** Qualities may hold what begins a record; only behind the last of them does it begin one. */
  private void checkQualities(Header header, String sequence, String qualities) {
    if (sequence.length() != qualities.length()) {
      String surplus =
          qualities.length() < sequence.length()
              ? ""
              : BYTE_ORDER_MARK.matcher(qualities.substring(sequence.length())).replaceFirst("");
      throw lines.fault(
          "record %s has %d bases and %d qualities; each base needs one, %s"
              .formatted(
                  header.id(),
                  sequence.length(),
                  qualities.length(),
                  surplus.startsWith("@")
                      ? "and an '@' follows: where two files were joined, write a line end between"
                      : surplus.startsWith(">")
                          ? "and a '>' follows: keep FASTQ and FASTA in two files"
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
