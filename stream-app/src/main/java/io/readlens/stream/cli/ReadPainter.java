package io.readlens.stream.cli;

import io.readlens.avro.Call;
import io.readlens.avro.Explanation;
import io.readlens.avro.Rank;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.Span;
import io.readlens.model.text.Legible;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Paints a read in the terminal: its sequence, and the bases that each call rests on in colour. A
 * base in the spans of several ranks has the colour of the narrowest.
 */
final class ReadPainter {
  private static final int WIDTH = 100;
  private static final String RESET = "\u001b[0m";
  private static final String FAINT = "\u001b[2m";

  private final boolean colour;

  /**
   * @param colour whether the terminal understands colours; without them spans are in upper case
   *     and the rest in lower case
   */
  ReadPainter(boolean colour) {
    this.colour = colour;
  }

  /** The read with its spans painted, several lines. */
  String spans(Explanation explanation) {
    int[] paint = new int[explanation.getLength()];
    for (Call call : explanation.getCalls()) {
      for (Span span : call.getSpans()) {
        int offset =
            span.getMate() == 0 ? 0 : explanation.getLength() - explanation.getMateLength();
        for (int base = offset + span.getStart(); base < offset + span.getEnd(); base++) {
          paint[base] = Math.max(paint[base], colourOf(call.getRank()));
        }
      }
    }
    return title(explanation) + sequences(explanation, paint);
  }

  /** The read with every base in the shade of its score, several lines. */
  String scores(Explanation explanation) {
    float[] scores = BaseScores.of(explanation);
    int[] paint = new int[scores.length];
    for (int base = 0; base < paint.length; base++) {
      // The terminal's 24 greys, 232 black to 255 white: the more it counts, the brighter.
      paint[base] = 232 + Math.round(scores[base] * 23);
    }
    return title(explanation) + sequences(explanation, paint);
  }

  private String title(Explanation explanation) {
    StringBuilder title = new StringBuilder();
    title.append(Legible.of(explanation.getReadId()));
    title.append("  ").append(explanation.getLength()).append(" bases");
    if (explanation.getOutcome() != ReadOutcome.CLASSIFIED) {
      title.append("  ").append(explanation.getOutcome());
    }
    if (!explanation.getReason().isEmpty()) {
      title.append(": ").append(Legible.of(explanation.getReason()));
    }
    if (!explanation.getBackground().isEmpty()) {
      title.append(", ").append(Legible.of(explanation.getBackground()));
    }
    if (!explanation.getHidden().isEmpty()) {
      title
          .append("\n  hidden from the model, ")
          .append(explanation.getLength() - explanation.getInformativeBases())
          .append(" bases: ")
          .append(hidden(explanation));
    }
    for (Call call : explanation.getCalls()) {
      String spans =
          call.getSpans().stream()
              .map(span -> mate(span.getMate()) + "[" + span.getStart() + "," + span.getEnd() + ")")
              .collect(Collectors.joining(" "));
      String leftOut =
          call.getSpansLeftOut() == 0 ? "" : " and " + call.getSpansLeftOut() + " more";
      title
          .append("\n  ")
          .append(swatch(call.getRank()))
          .append(
              String.format(
                  Locale.ROOT,
                  " %-12s %-28s %.3f  %s%s%s",
                  call.getRank().name().toLowerCase(Locale.ROOT),
                  Legible.of(call.getName()),
                  call.getProbability(),
                  faithfulness(call),
                  spans,
                  leftOut));
    }
    return title.append('\n').toString();
  }

  /** What comes before coordinates of the second mate. */
  private static String mate(int mate) {
    return mate == 0 ? "" : "mate ";
  }

  private static String hidden(Explanation explanation) {
    return explanation.getHidden().stream()
        .map(
            each ->
                mate(each.getMate())
                    + "[%d,%d) %s".formatted(each.getStart(), each.getEnd(), each.getKind()))
        .collect(Collectors.joining(" "));
  }

  /** The probability with only the spans, and how much it drops without them. */
  private static String faithfulness(Call call) {
    return call.getSufficiency() == null
        ? ""
        : String.format(
            Locale.ROOT,
            "suffices %.3f  drops %.3f  ",
            call.getSufficiency(),
            call.getComprehensiveness());
  }

  private String swatch(Rank rank) {
    return colour ? background(colourOf(rank)) + "  " + RESET : " ";
  }

  /** The bases, those of a second mate under a line that says so. */
  private String sequences(Explanation explanation, int[] paint) {
    String first = explanation.getSequence();
    String second = explanation.getMateSequence();
    return second == null
        ? sequence(first, paint)
        : sequence(first, Arrays.copyOf(paint, first.length()))
            + "  mate\n"
            + sequence(second, Arrays.copyOfRange(paint, first.length(), paint.length));
  }

  private String sequence(String bases, int... paint) {
    StringBuilder painted = new StringBuilder();
    for (int from = 0; from < bases.length(); from += WIDTH) {
      painted.append(colour ? FAINT : "").append(String.format("%7d ", from));
      painted.append(colour ? RESET : "");
      int now = 0;
      for (int base = from; base < Math.min(bases.length(), from + WIDTH); base++) {
        if (colour && paint[base] != now) {
          now = paint[base];
          painted.append(now == 0 ? RESET : background(now));
        }
        char letter = bases.charAt(base);
        painted.append(
            colour || paint[base] == 0
                ? colour ? letter : Character.toLowerCase(letter)
                : Character.toUpperCase(letter));
      }
      painted.append(colour ? RESET : "").append('\n');
    }
    return painted.toString();
  }

  /** A colour of the terminal's 256 that tells ranks apart, also for most of the colour-blind. */
  private static int colourOf(Rank rank) {
    return switch (rank) {
      case SUPERKINGDOM -> 32;
      case PHYLUM -> 172;
      case GENUS -> 228;
      case UNKNOWN -> 250;
    };
  }

  private static String background(int colour) {
    boolean bright = (colour > 200 && colour < 232) || colour > 243;
    return "\u001b[0;48;5;" + colour + ";38;5;" + (bright ? 16 : 231) + "m";
  }
}
