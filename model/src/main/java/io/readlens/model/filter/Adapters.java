package io.readlens.model.filter;

import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The adapters and barcodes that sequencing libraries are made with. A read is searched for them on
 * both strands, with errors, and for the parts of them that its ends hold. Immutable.
 *
 * <p>What is looked at closely is where {@value #SEED} bases are an adapter's. How many errors an
 * adapter may have follows from its length: so many that the strings which are as near to it are,
 * of all strings, a share of {@value #CHANCE} at most or, within {@value #END_BASES} bases of an
 * end of the read, where adapters belong, of {@value #CHANCE_AT_END}. That is, of 24 bases two and
 * three errors, of 34 bases five and seven.
 */
public final class Adapters {
  /** No adapters. */
  public static final Adapters NONE = new Adapters(List.of());

  private static final String BUNDLED = "adapters.fa";
  private static final int SEED = 8;
  private static final int SEEDS = 1 << (2 * SEED);
  private static final double CHANCE = 1e-9;
  private static final double CHANCE_AT_END = 1e-7;
  private static final int END_BASES = 150;

  /** A part of an adapter that is left at an end of the read may be as short. */
  private static final int LEAST_BASES = 12;

  /** What lies between adapters, or between one and the read's end, is of the library, too. */
  private static final int BETWEEN_BASES = 40;

  /** Ways to make one error at one place: three other bases, four more bases, none. */
  private static final int WAYS = 8;

  private static final int[] ERRORS = errors(CHANCE);
  private static final int[] ERRORS_AT_END = errors(CHANCE_AT_END);

  /** Both strands of every adapter, long ones in pieces. */
  private final EditDistance[] patterns;

  private final String text;

  /** For each word of {@value #SEED} bases the place in {@link #seeds} where its places begin. */
  private final int[] seedsOf = new int[SEEDS + 1];

  /** Pattern times 64 plus the place of the word in it. */
  private final int[] seeds;

  private Adapters(List<byte[]> sequences) {
    text = sequences.stream().map(Adapters::letters).collect(Collectors.joining(","));
    List<byte[]> pieces = new ArrayList<>();
    for (byte[] sequence : sequences) {
      int parts = (sequence.length + EditDistance.MOST_BASES - 1) / EditDistance.MOST_BASES;
      for (int part = 0; part < parts; part++) {
        int from = part * sequence.length / parts;
        int to = (part + 1) * sequence.length / parts;
        byte[] piece = Arrays.copyOfRange(sequence, from, to);
        pieces.add(piece);
        pieces.add(reverseComplement(piece));
      }
    }
    patterns = pieces.stream().map(EditDistance::new).toArray(EditDistance[]::new);
    for (byte[] piece : pieces) {
      for (int place = 0; place + SEED <= piece.length; place++) {
        seedsOf[word(piece, place) + 1]++;
      }
    }
    for (int word = 0; word < SEEDS; word++) {
      seedsOf[word + 1] += seedsOf[word];
    }
    seeds = new int[seedsOf[SEEDS]];
    int[] next = seedsOf.clone();
    for (int pattern = 0; pattern < pieces.size(); pattern++) {
      byte[] piece = pieces.get(pattern);
      for (int place = 0; place + SEED <= piece.length; place++) {
        seeds[next[word(piece, place)]++] = pattern * EditDistance.MOST_BASES + place;
      }
    }
  }

  private static int word(byte[] digits, int from) {
    int word = 0;
    for (int i = from; i < from + SEED; i++) {
      word = word << 2 | digits[i];
    }
    return word;
  }

  private static byte[] reverseComplement(byte[] digits) {
    byte[] reverse = new byte[digits.length];
    for (int i = 0; i < reverse.length; i++) {
      reverse[i] = (byte) (3 - digits[digits.length - 1 - i]);
    }
    return reverse;
  }

  /** By length in bases how many errors an adapter may have; -1 where it is too short for any. */
  private static int[] errors(double chance) {
    int[] errors = new int[EditDistance.MOST_BASES + 1];
    for (int length = 0; length < errors.length; length++) {
      double all = Math.pow(4, length);
      double near = 1;
      double ways = 1;
      int most = near / all <= chance ? 0 : -1;
      while (most >= 0 && most < length / 4) {
        ways *= (double) WAYS * (length - most) / (most + 1);
        near += ways;
        if (near / all > chance) {
          break;
        }
        most++;
      }
      errors[length] = length < LEAST_BASES ? -1 : most;
    }
    return errors;
  }

  /** Those that come with ReadLens: Oxford Nanopore's and Illumina's. */
  public static Adapters bundled() {
    return Bundled.ADAPTERS;
  }

  private static final class Bundled {
    static final Adapters ADAPTERS = read();

    private static Adapters read() {
      try (InputStream in = Adapters.class.getResourceAsStream(BUNDLED);
          ReadFile file = ReadFile.of(Path.of(BUNDLED), in)) {
        return of(Path.of(BUNDLED), file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Those of a file, FASTA or FASTQ, plain or gzip.
   *
   * @throws IOException if the file cannot be read, holds none, or one that is no sequence of at
   *     least {@value #LEAST_BASES} letters A, C, G and T; it names file and line
   */
  public static Adapters load(Path path) throws IOException {
    try (ReadFile file = ReadFile.open(path)) {
      return of(path, file);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Adapters of(Path name, ReadFile file) throws IOException {
    List<byte[]> sequences = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    SequenceRecord last = null;
    while (file.hasNext()) {
      last = file.next();
      String bases = last.sequence().toUpperCase(Locale.ROOT).replace('U', 'T');
      if (bases.length() < LEAST_BASES || !bases.matches("[ACGT]+")) {
        throw new IOException(
            "%s line %d: adapter %s is no sequence of at least %d letters A, C, G and T"
                .formatted(last.file(), last.line(), last.id(), LEAST_BASES));
      }
      if (seen.add(bases)) {
        sequences.add(digits(bases));
      }
    }
    if (last == null) {
      throw new IOException(name + " holds no adapters");
    }
    return new Adapters(sequences);
  }

  private static String letters(byte[] digits) {
    StringBuilder letters = new StringBuilder(digits.length);
    for (byte digit : digits) {
      letters.append("ACGT".charAt(digit));
    }
    return letters.toString();
  }

  /** The sequences, as they were given, in upper case. */
  public List<String> sequences() {
    return text.isEmpty() ? List.of() : List.of(text.split(","));
  }

  /** The sequences, comma-separated. */
  @Override
  public String toString() {
    return text;
  }

  private static byte[] digits(String bases) {
    byte[] digits = new byte[bases.length()];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = (byte) "ACGT".indexOf(bases.charAt(i));
    }
    return digits;
  }

  /**
   * Finds the adapters of a read, and what lies between them.
   *
   * @param digits 0 to 3 for A, C, G, T; 4 for every other letter
   */
  void find(byte[] digits, Stretches.Finding found) {
    List<int[]> hits = new ArrayList<>();
    int[] lookedAt = new int[patterns.length];
    Arrays.fill(lookedAt, Integer.MIN_VALUE);
    int word = 0;
    int known = 0;
    for (int base = 0; base < digits.length; base++) {
      known = digits[base] > 3 ? 0 : known + 1;
      word = (word << 2 | (digits[base] & 3)) & (SEEDS - 1);
      if (known < SEED) {
        continue;
      }
      for (int i = seedsOf[word]; i < seedsOf[word + 1]; i++) {
        int pattern = seeds[i] / EditDistance.MOST_BASES;
        int start = base - SEED + 1 - seeds[i] % EditDistance.MOST_BASES;
        if (Math.abs((long) start - lookedAt[pattern]) > 1) {
          lookedAt[pattern] = start;
          int[] hit = verify(digits, patterns[pattern], start);
          if (hit != null) {
            hits.add(hit);
          }
        }
      }
    }
    if (!hits.isEmpty()) {
      join(hits, digits.length, found);
    }
  }

  /** The match {start, end} of a pattern that begins about a base, which may be before the read. */
  private static int[] verify(byte[] digits, EditDistance pattern, int start) {
    int from = Math.max(0, -start);
    int to = Math.min(pattern.length(), digits.length - start);
    int length = to - from;
    boolean atEnd = start < END_BASES || start + pattern.length() > digits.length - END_BASES;
    int most = (atEnd ? ERRORS_AT_END : ERRORS)[length];
    if (most < 0) {
      return null;
    }
    int first = Math.max(0, start + from - most);
    int last = Math.min(digits.length, start + to + most);
    int end = pattern.end(digits, first, last, from, to, most);
    return end < 0
        ? null
        : new int[] {pattern.start(digits, Math.max(0, end - length - most), end, from, to), end};
  }

  private static void join(List<int[]> hits, int length, Stretches.Finding found) {
    hits.sort(Comparator.comparingInt(hit -> hit[0]));
    int start = hits.get(0)[0] < BETWEEN_BASES ? 0 : hits.get(0)[0];
    int end = hits.get(0)[1];
    for (int[] hit : hits) {
      if (hit[0] - end >= BETWEEN_BASES) {
        found.add(start, end);
        start = hit[0];
      }
      end = Math.max(end, hit[1]);
    }
    found.add(start, length - end < BETWEEN_BASES ? length : end);
  }
}
