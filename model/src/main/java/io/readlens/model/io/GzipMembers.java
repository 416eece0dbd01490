package io.readlens.model.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The concatenated contents of a gzip file's members (RFC 1952), and so of BGZF too. Strict: every
 * member must be whole, its checksum and length right, and nothing but members in the file; zeros
 * may fill it up, as tapes and object stores leave them. Only a file that was cut exactly between
 * two members cannot be told from a whole one; BGZF's closing empty block would tell, but common
 * writers of FASTQ leave it out.
 */
final class GzipMembers extends InputStream {
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean inMember;
  private boolean anyMember;

  GzipMembers(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * @throws EOFException if the file ends inside a member
   * @throws ZipException if a member is damaged
   */
  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (inMember || openMember()) {
      int count = inflate(target, offset, length);
      if (count > 0) {
        crc.update(target, offset, count);
        return count;
      }
      if (inflater.finished()) {
        closeMember();
      } else if (inflater.needsInput()) {
        refill();
      } else {
        throw new ZipException("it needs a preset dictionary");
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws ZipException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw new ZipException(e.getMessage());
    }
  }

  private void refill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    if (limit == 0) {
      throw new EOFException();
    }
    inflater.setInput(buffer, 0, limit);
  }

  /** Reads a member's header; false if the file ends instead. */
  private boolean openMember() throws IOException {
    if (position == limit) {
      position = 0;
      limit = Math.max(0, in.read(buffer));
      if (limit == 0) {
        return false;
      }
    }
    int first = next();
    if (first == 0 && anyMember) {
      requireZeros();
      return false;
    }
    if (first != 0x1F || next() != 0x8B || next() != 8) {
      throw new ZipException("it has something else where a gzip member should start");
    }
    int flags = next();
    skip(6);
    if ((flags & FLAG_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    inflater.setInput(buffer, position, limit - position);
    inMember = true;
    anyMember = true;
    return true;
  }

  /** Reads on to the end of the file. */
  private void requireZeros() throws IOException {
    do {
      while (position < limit) {
        if (next() != 0) {
          throw new ZipException("it has something else behind the zeros after its last member");
        }
      }
      position = 0;
      limit = Math.max(0, in.read(buffer));
    } while (limit > 0);
  }

  private void closeMember() throws IOException {
    position = limit - inflater.getRemaining();
    inMember = false;
    long length = inflater.getBytesWritten() & 0xFFFF_FFFFL;
    if (nextInt() != crc.getValue() || nextInt() != length) {
      throw new ZipException("its checksum does not match");
    }
  }

  private long nextInt() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // A name or a comment ends with a zero.
    }
  }

  private int next() throws IOException {
    if (position == limit) {
      refill();
    }
    int value = buffer[position] & 0xFF;
    position++;
    return value;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
