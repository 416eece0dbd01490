package io.readlens.model.io;

import io.readlens.model.process.InputFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The records of a FASTQ or FASTA file, plain or gzip (several members and BGZF too), told apart by
 * content and never by name. A file of nothing, or of blank lines, holds no records. Records are
 * read as they are asked for, none ahead of a fault: what comes before one is handed out, and
 * whoever asks on meets the same fault again.
 *
 * <p>Threading: one thread at a time; {@link #bytesRead} may be asked from any.
 */
public final class ReadFile implements Iterator<SequenceRecord>, AutoCloseable {
  private final Path file;
  private final AutoCloseable source;
  private final LongSupplier counted;
  private final Supplier<Optional<SequenceRecord>> parser;
  private Optional<SequenceRecord> next = Optional.empty();
  private boolean ended;
  private MalformedFileException fault;

  private ReadFile(
      Path file,
      AutoCloseable source,
      LongSupplier counted,
      Supplier<Optional<SequenceRecord>> parser) {
    this.file = file;
    this.source = source;
    this.counted = counted;
    this.parser = parser;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if the file is not there or cannot be read
   * @throws MalformedFileException if it is neither FASTQ nor FASTA, and not empty either
   */
  public static ReadFile open(Path file) throws IOException {
    return open(file, LengthLimit.READ);
  }

  /**
   * Opens a file of contigs, which may be far longer than reads, be it on one line or on many.
   *
   * @throws IOException if the file is not there or cannot be read
   * @throws MalformedFileException if it is neither FASTQ nor FASTA, and not empty either
   */
  public static ReadFile openContigs(Path file) throws IOException {
    return open(file, LengthLimit.CONTIG);
  }

  /**
   * Reads what a stream gives, such as a resource.
   *
   * @param name what faults call it
   * @param bytes closed with the file
   */
  public static ReadFile of(Path name, InputStream bytes) throws IOException {
    return open(name, bytes, LengthLimit.READ);
  }

  /**
   * Reads pairs: the records of one file, each with its mate from the other.
   *
   * @param first closed with what is returned, as is {@code second}
   * @param second may be the same: then every second record is the mate of the one before
   */
  static ReadFile paired(ReadFile first, ReadFile second) {
    return new ReadFile(
        first.file,
        () -> {
          try (first) {
            second.close();
          }
        },
        () -> first.bytesRead() + (second == first ? 0 : second.bytesRead()),
        () -> Mates.next(first, second));
  }

  private static ReadFile open(Path file, LengthLimit limit) throws IOException {
    return open(file, InputFile.open(file), limit);
  }

  private static ReadFile open(Path file, InputStream bytes, LengthLimit limit) throws IOException {
    Counted counted = new Counted(bytes);
    try {
      LineReader lines = LineReader.open(file, counted, limit);
      return new ReadFile(file, lines, counted.count::get, parser(lines));
    } catch (IOException | RuntimeException e) {
      try (counted) {
        throw e;
      }
    }
  }

  private static Supplier<Optional<SequenceRecord>> parser(LineReader lines) {
    lines.requireText();
    while (" \t\r\n".indexOf(lines.peek()) >= 0) {
      if (!lines.next(StandardCharsets.ISO_8859_1).isBlank()) {
        throw lines.fault("the line begins with a blank; a record begins with '@' or '>'");
      }
    }
    return switch (lines.peek()) {
      case '@' -> new FastqParser(lines)::next;
      case '>' -> new FastaParser(lines)::next;
      case -1 -> Optional::empty;
      default -> {
        lines.requireText(ForeignFormat.LONGEST_SIGNATURE_BYTES);
        throw lines.fault("this is neither FASTQ, which starts with '@', nor FASTA, with '>'");
      }
    };
  }

  /**
   * Whether there is another record.
   *
   * @throws MalformedFileException if what follows is not one
   * @throws java.io.UncheckedIOException if the file cannot be read on
   */
  @Override
  public boolean hasNext() {
    if (fault != null) {
      throw fault;
    }
    if (next.isEmpty() && !ended) {
      try {
        next = parser.get();
        ended = next.isEmpty();
      } catch (MalformedFileException e) {
        fault = e;
        throw e;
      }
    }
    return next.isPresent();
  }

  @Override
  public SequenceRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException(file + " has no more records");
    }
    SequenceRecord record = next.orElseThrow();
    next = Optional.empty();
    return record;
  }

  /** What the records come from; of pairs the file of the first mates. */
  Path file() {
    return file;
  }

  /** Bytes of the file read so far, compressed as they lie on disk: at most its size. */
  public long bytesRead() {
    return counted.getAsLong();
  }

  @Override
  public void close() throws IOException {
    try {
      source.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("no reader of files throws this", e);
    }
  }

  private static final class Counted extends FilterInputStream {
    private final AtomicLong count = new AtomicLong();

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      count.addAndGet(Math.max(0, read));
      return read;
    }
  }
}
