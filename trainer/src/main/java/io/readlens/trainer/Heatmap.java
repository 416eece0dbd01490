package io.readlens.trainer;

import io.readlens.model.evaluation.Confusion;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A confusion as inline SVG: a row a true taxon, a column a called one, and each cell the deeper
 * the larger its share of the row. Taxa that neither occur nor are called are left out.
 */
final class Heatmap {
  private static final int SIDE = 620;
  private static final double LETTER = 6.2;
  private static final int MOST_CELL = 64;
  private static final double SLOPE = Math.toRadians(60);

  private final String title;
  private final Confusion confusion;
  private final List<String> names;
  private final List<Integer> shown;
  private final int cell;
  private final int left;
  private final int above;

  /**
   * @param names of the taxa, by index
   * @param order of the rows and columns, from the first
   */
  Heatmap(String title, Confusion confusion, List<String> names, List<Integer> order) {
    this.title = title;
    this.confusion = confusion;
    this.names = names;
    this.shown = order.stream().filter(this::occurs).toList();
    this.cell = Math.min(MOST_CELL, Math.max(8, SIDE / Math.max(1, shown.size())));
    double longest =
        LETTER * shown.stream().mapToInt(taxon -> names.get(taxon).length()).max().orElse(0);
    this.left = (int) longest + 12;
    this.above = (int) (longest * Math.sin(SLOPE)) + 16;
  }

  private boolean occurs(int taxon) {
    return IntStream.range(0, confusion.taxa())
        .anyMatch(other -> confusion.reads(taxon, other) > 0 || confusion.reads(other, taxon) > 0);
  }

  void writeTo(Markup page) {
    int side = cell * shown.size();
    // The names of columns lean out to the right.
    int width = left + side + (int) ((left - 12) * Math.cos(SLOPE)) + 12;
    page.open(
        "svg",
        "viewBox",
        "0 0 " + width + " " + (above + side + 2),
        "style",
        "max-width:" + width + "px;min-width:" + Math.min(640, width) + "px",
        "role",
        "img",
        "aria-label",
        title);
    page.leaf(
        "rect",
        "class",
        "frame",
        "x",
        String.valueOf(left),
        "y",
        String.valueOf(above),
        "width",
        String.valueOf(side),
        "height",
        String.valueOf(side));
    for (int row = 0; row < shown.size(); row++) {
      double middle = (row + 0.5) * cell;
      page.element(
          "text",
          names.get(shown.get(row)),
          "x",
          String.valueOf(left - 6),
          "y",
          String.valueOf(above + middle + 4),
          "text-anchor",
          "end");
      page.element(
          "text",
          names.get(shown.get(row)),
          "transform",
          "translate(" + (left + middle + 4) + " " + (above - 6) + ") rotate(-60)");
      for (int column = 0; column < shown.size(); column++) {
        cell(page, row, column);
      }
    }
    page.close().line();
  }

  private void cell(Markup page, int row, int column) {
    int truth = shown.get(row);
    int called = shown.get(column);
    int reads = confusion.reads(truth, called);
    if (reads == 0) {
      return;
    }
    double share = (double) reads / confusion.reads(truth);
    int x = left + column * cell;
    int y = above + row * cell;
    page.open(
            "rect",
            "class",
            truth == called ? "cell" : "cell wrong",
            "x",
            String.valueOf(x),
            "y",
            String.valueOf(y),
            "width",
            String.valueOf(cell),
            "height",
            String.valueOf(cell),
            "fill-opacity",
            String.format(Locale.ROOT, "%.2f", 0.06 + 0.94 * share))
        .element(
            "title",
            String.format(
                Locale.ROOT,
                "%s called %s: %d of %d reads (%.1f %%)",
                names.get(truth),
                names.get(called),
                reads,
                confusion.reads(truth),
                100 * share))
        .close();
    if (cell == MOST_CELL) {
      page.element(
          "text",
          String.format(Locale.ROOT, "%.2f", share),
          "class",
          share > 0.5 ? "deep" : "pale",
          "x",
          String.valueOf(x + cell / 2),
          "y",
          String.valueOf(y + cell / 2 + 4),
          "text-anchor",
          "middle");
    }
  }
}
