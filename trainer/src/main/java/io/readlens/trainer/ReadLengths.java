package io.readlens.trainer;

import com.fasterxml.jackson.annotation.JsonValue;
import io.readlens.model.read.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How long reads are: ranges that are drawn from evenly, and within a range every length as likely.
 */
record ReadLengths(List<Range> ranges) {
  private static final String BASES = "bp";

  /**
   * Lengths in bases.
   *
   * @param shortest 1 or more
   * @param longest the same, or more
   */
  record Range(int shortest, int longest) {
    Range {
      if (shortest < 1 || longest < shortest) {
        throw new IllegalArgumentException("reads of " + shortest + " to " + longest + " bases");
      }
    }

    @JsonValue
    @Override
    public String toString() {
      return (shortest == longest ? "" : shortest + "-") + longest + BASES;
    }
  }

  ReadLengths {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("no length of reads");
    }
    ranges = List.copyOf(ranges);
  }

  /** Fixed lengths, in tokens of six bases. */
  static ReadLengths ofTokens(int... lengths) {
    return new ReadLengths(
        IntStream.of(lengths)
            .map(tokens -> tokens * Vocabulary.K)
            .mapToObj(bases -> new Range(bases, bases))
            .toList());
  }

  /**
   * Reads ranges divided by commas, such as {@code 100-300bp,1500bp}.
   *
   * @param unit bases that a number without {@code bp} counts
   */
  private static ReadLengths parse(String text, int unit) {
    try {
      return new ReadLengths(
          Arrays.stream(text.split(",")).map(each -> range(each, unit)).toList());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "'%s' is no list of lengths such as 100-300bp,1500bp".formatted(text));
    }
  }

  private static Range range(String text, int unit) {
    boolean bases = text.endsWith(BASES);
    String numbers = bases ? text.substring(0, text.length() - BASES.length()) : text;
    int factor = bases ? 1 : unit;
    String[] ends = numbers.split("-", 2);
    int shortest = Math.multiplyExact(Integer.parseInt(ends[0].strip()), factor);
    return new Range(
        shortest,
        ends.length == 1
            ? shortest
            : Math.multiplyExact(Integer.parseInt(ends[1].strip()), factor));
  }

  /** Draws a length, in bases. */
  int draw(Random random) {
    Range range = ranges.get(random.nextInt(ranges.size()));
    return range.shortest == range.longest
        ? range.shortest
        : range.shortest + random.nextInt(range.longest - range.shortest + 1);
  }

  /** The longest that may be drawn, in bases. */
  int longest() {
    return ranges.stream().mapToInt(Range::longest).max().orElseThrow();
  }

  @JsonValue
  List<Range> asJson() {
    return ranges;
  }

  @Override
  public String toString() {
    return String.join(",", ranges.stream().map(Range::toString).toList());
  }

  /** Reads an option whose numbers are tokens where they do not say {@code bp}. */
  static final class InTokens implements ITypeConverter<ReadLengths> {
    @Override
    public ReadLengths convert(String value) {
      return parse(value, Vocabulary.K);
    }
  }

  /** Reads an option whose numbers are bases. */
  static final class InBases implements ITypeConverter<ReadLengths> {
    @Override
    public ReadLengths convert(String value) {
      return parse(value, 1);
    }
  }
}
