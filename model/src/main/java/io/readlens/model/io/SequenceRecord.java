package io.readlens.model.io;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A record as its file holds it; whether its letters are bases is not this record's business.
 *
 * @param id the header up to the first space or tab; not blank
 * @param description the rest of the header; may be empty
 * @param sequence the letters as written, either case; may be empty
 * @param qualities one Phred+33 letter per base; empty for FASTA, which has none
 * @param file where it was read from
 * @param line the line of its header, from 1
 * @param mate the second mate, where reads are read in pairs
 */
public record SequenceRecord(
    String id,
    String description,
    String sequence,
    Optional<String> qualities,
    Path file,
    long line,
    Optional<SequenceRecord> mate) {

  /** A read by itself. */
  public SequenceRecord(
      String id,
      String description,
      String sequence,
      Optional<String> qualities,
      Path file,
      long line) {
    this(id, description, sequence, qualities, file, line, Optional.empty());
  }
}
