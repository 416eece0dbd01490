package io.readlens.model.io;

/** A record's first line, after its {@code @} or {@code >}. */
record Header(String id, String description, long line) {
  static Header parse(LineReader lines, String text) {
    int end = 1;
    while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '\t') {
      end++;
    }
    if (end == 1) {
      throw lines.fault(
          "the record has no name: write one directly after the '" + text.charAt(0) + "'");
    }
    return new Header(text.substring(1, end), text.substring(end).strip(), lines.number());
  }
}
