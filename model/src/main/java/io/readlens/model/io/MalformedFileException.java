package io.readlens.model.io;

import java.nio.file.Path;

/** A file that is not what it should be: the message names it, the line, and what to do. */
public final class MalformedFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long line;

  MalformedFileException(Path file, long line, String fault) {
    super(file + " line " + line + ": " + fault);
    this.line = line;
  }

  /** The line at fault, from 1: the last one begun where it is the compression that is broken. */
  public long line() {
    return line;
  }
}
