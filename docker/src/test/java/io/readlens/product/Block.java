package io.readlens.product;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A fenced block of a Markdown document.
 *
 * @param line of the fence that opens it, counted from 1
 * @param language what stands behind the fence; empty where nothing does
 * @param text the lines between the fences
 */
record Block(Path document, int line, String language, String text) {
  private static final String FENCE = "```";

  static List<Block> of(Path document) throws IOException {
    List<String> lines = Files.readAllLines(document);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith(FENCE)) {
        continue;
      }
      int open = i++;
      while (!lines.get(i).startsWith(FENCE)) {
        i++;
      }
      blocks.add(
          new Block(
              document,
              open + 1,
              lines.get(open).substring(FENCE.length()).strip(),
              lines.subList(open + 1, i).stream().collect(Collectors.joining("\n", "", "\n"))));
    }
    return blocks;
  }

  /** The commands of a shell block: what a backslash continues is one, comments are none. */
  List<String> commands() {
    return text.replace("\\\n", " ")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  /** {@code README.md:17}. */
  String place() {
    return document.getFileName() + ":" + line;
  }
}
