package io.readlens.model.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the second mates of files' reads are. Mates have one name, apart from {@code /1} and {@code
 * /2} at its end; where both headers go on as Illumina's do ({@code 1:N:0:ATCACG}), they must say 1
 * and 2, too.
 *
 * @param files a file of second mates for each file of first ones, in the order of those; none if
 *     reads are no pairs or interleaved
 * @param interleaved whether every second read of a file is the mate of the one before it
 */
public record Mates(List<Path> files, boolean interleaved) {
  /** Reads are no pairs. */
  public static final Mates NONE = new Mates(List.of(), false);

  /** Which mate it is, filtered or not, control bits. */
  private static final Pattern ILLUMINA = Pattern.compile("([12]):[YN]:\\d+(?::\\S*)?(?:\\s.*)?");

  public Mates {
    files = List.copyOf(files);
    if (interleaved && !files.isEmpty()) {
      throw new IllegalArgumentException("mates are in files of their own, or interleaved");
    }
  }

  /** The file of second mates that belongs to the file of a place, if there is one. */
  public Optional<Path> of(int place) {
    return files.isEmpty() ? Optional.empty() : Optional.of(files.get(place));
  }

  /**
   * Opens a file and that of its mates.
   *
   * @param place of the file among those of first mates, from 0
   * @throws IOException if one is not there or cannot be read
   * @throws MalformedFileException if one is neither FASTQ nor FASTA, and not empty either
   */
  public ReadFile open(Path file, int place) throws IOException {
    ReadFile first = ReadFile.open(file);
    if (interleaved) {
      return ReadFile.paired(first, first);
    }
    if (files.isEmpty()) {
      return first;
    }
    try {
      return ReadFile.paired(first, ReadFile.open(files.get(place)));
    } catch (IOException | RuntimeException e) {
      try (first) {
        throw e;
      }
    }
  }

  /**
   * The next pair, under the name that its mates have in common.
   *
   * @param second where the second mates are; the same as {@code first} if they are interleaved
   * @throws MalformedFileException if a mate is missing, or if two are none
   */
  static Optional<SequenceRecord> next(ReadFile first, ReadFile second) {
    if (!first.hasNext()) {
      if (second != first && second.hasNext()) {
        SequenceRecord left = second.next();
        throw fault(left, "%s has no mate for it: it ends before".formatted(first.file()));
      }
      return Optional.empty();
    }
    SequenceRecord one = first.next();
    if (!second.hasNext()) {
      throw fault(
          one,
          second == first
              ? "it has no mate: it is the last read, and the file is read in pairs"
              : "%s has no mate for it: it ends before".formatted(second.file()));
    }
    SequenceRecord two = second.next();
    String name = name(one, 1);
    if (!name.equals(name(two, 2))) {
      throw fault(
          two,
          "it is not the mate of read %s (%s line %d): mates stand in the same order, and have one name apart from /1 and /2"
              .formatted(one.id(), one.file(), one.line()));
    }
    return Optional.of(
        new SequenceRecord(
            name,
            one.description(),
            one.sequence(),
            one.qualities(),
            one.file(),
            one.line(),
            Optional.of(two)));
  }

  /** What a mate's name has in common with the other's. */
  private static String name(SequenceRecord mate, int number) {
    String key = ReadNames.key(mate.id());
    boolean suffixed = key.length() < mate.id().length();
    Matcher illumina = ILLUMINA.matcher(mate.description());
    int said =
        suffixed
            ? mate.id().charAt(mate.id().length() - 1) - '0'
            : illumina.matches() ? Integer.parseInt(illumina.group(1)) : number;
    if (said != number) {
      throw fault(
          mate,
          "its header says that it is mate %d, and it stands where mate %d belongs"
              .formatted(said, number));
    }
    return key;
  }

  private static MalformedFileException fault(SequenceRecord at, String what) {
    return new MalformedFileException(at.file(), at.line(), "read %s: %s".formatted(at.id(), what));
  }
}
