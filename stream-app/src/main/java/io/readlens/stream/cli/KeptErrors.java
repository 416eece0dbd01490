package io.readlens.stream.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A stream that remembers why it failed, for one above it that swallows errors. */
final class KeptErrors extends FilterOutputStream {
  private IOException first;

  KeptErrors(OutputStream out) {
    super(out);
  }

  /** The first error, if there was one. */
  Optional<IOException> first() {
    return Optional.ofNullable(first);
  }

  @Override
  public void write(int single) throws IOException {
    try {
      out.write(single);
    } catch (IOException e) {
      throw kept(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw kept(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw kept(e);
    }
  }

  private IOException kept(IOException e) {
    first = first == null ? e : first;
    return e;
  }
}
