package io.readlens.model.io;

import java.util.regex.Pattern;

/** A record's first line, after its {@code @} or {@code >}. */
record Header(String id, String description, long line) {
  /**
   * Where a {@code >} belongs to a text: a bracket, an arrow, a range without an end, a base or an
   * amino acid put for another ({@code <7>}, {@code 5'->3'}, {@code 1..>200}, {@code 76A>T}, {@code
   * Val158>Met}).
   */
  private static final Pattern OF_TEXT =
      Pattern.compile(
          "<[^<> ]*>|->|\\.\\.>|(?<=[\\d \\[(])[ACGTUN]+>[ACGTUN]+(?![A-Za-z\\d])"
              + "|[A-Z][a-z]{2}\\d*>[A-Z][a-z]{2}(?![a-z])");

  /**
   * The header that a line is.
   *
   * @throws MalformedFileException if it has no name, or if it is two headers
   */
  static Header parse(LineReader lines, String text) {
    int end = 1;
    while (end < text.length() && !isBlank(text.charAt(end))) {
      end++;
    }
    char mark = text.charAt(0);
    if (end == 1) {
      throw lines.fault("the record has no name: write one directly after the '" + mark + "'");
    }
    Header header = new Header(text.substring(1, end), text.substring(end).strip(), lines.number());
    if (text.indexOf(mark, 1) > 0 && isJoined(text, header.id)) {
      throw lines.fault(
          "the header of record %s holds another '%c', which begins a record: where two files were"
                  .formatted(header.id, mark)
              + " joined, "
              + (mark == '>'
                  ? "write a line end between them"
                  : "the first was cut off, copy it again")
              + "; if it is one header, leave that letter out");
    }
    return header;
  }

  /**
   * Whether another record's header begins inside this one, since the file before ended with a
   * header and no line end.
   *
   * <p>In a name the mark is none of its letters; SAM refuses it too. In a description it may be
   * one, as in {@code len>500} or in nanopore's {@code hac@v4.3.0}, and headers of one sequence may
   * be listed, as NCBI does: {@code a.1 kinase >b.1 kinase}. There it begins a record if the
   * description begins with it, or if a name of the same form as this one's follows it: {@code r1
   * len=5>r2 len=7}.
   */
  private static boolean isJoined(String text, String id) {
    char mark = text.charAt(0);
    String marks =
        mark == '>'
            ? OF_TEXT.matcher(text).replaceAll(match -> " ".repeat(match.group().length()))
            : text;
    for (int at = marks.indexOf(mark, 1); at > 0; at = marks.indexOf(mark, at + 1)) {
      if (at <= id.length()) {
        return true;
      }
      String before = text.substring(id.length() + 1, at);
      String after = text.substring(at + 1).split("[ \t]", 2)[0];
      if (before.isBlank()) {
        return !after.isEmpty() && Character.isLetter(after.charAt(0));
      }
      boolean listed = mark == '>' && isBlank(text.charAt(at - 1));
      if (!listed && form(after).equals(form(id))) {
        return true;
      }
    }
    return false;
  }

  /**
   * What a name has in common with those made alike: its marks, and, where they are few, whether it
   * begins with a number.
   */
  private static String form(String name) {
    String form = name.replaceAll("[A-Za-z\\d]+", "a");
    boolean number = !name.isEmpty() && Character.isDigit(name.charAt(0));
    return number && form.length() < 4 ? "0" + form : form;
  }

  private static boolean isBlank(char letter) {
    return letter == ' ' || letter == '\t';
  }
}
