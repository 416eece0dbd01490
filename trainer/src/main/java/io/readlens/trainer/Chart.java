package io.readlens.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A plot as inline SVG, coloured by the page's style sheet. Series are told apart by colour and by
 * dashes; a legend follows the plot where there are several.
 *
 * <p>Threading: one thread.
 */
final class Chart {
  private static final int LEFT = 50;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 42;
  private static final int TICKS = 5;
  private static final int MOST_LABELS = 11;

  private final String title;
  private final int width;
  private final int height;
  private final Axis across;
  private final Axis up;
  private final Markup drawn = new Markup();
  private final List<String> series = new ArrayList<>();
  private List<String> places = List.of();
  private int firstColour;

  /**
   * One axis.
   *
   * @param label what it shows, and its unit
   * @param from value at its start
   * @param to value at its end; an axis without extent gets one
   */
  record Axis(String label, double from, double to) {
    Axis {
      to = to > from ? to : from + 1;
    }

    /** Where a value stands, from 0 to 1; values beyond the axis are drawn at its ends. */
    double share(double value) {
      return Math.max(0, Math.min(1, (value - from) / (to - from)));
    }

    /** Round values inside the axis, about as many as wanted. */
    List<Double> ticks(int wanted) {
      double rough = (to - from) / wanted;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double digit = rough / power;
      double step = power * (digit < 1.4 ? 1 : digit < 3 ? 2 : digit < 7 ? 5 : 10);
      List<Double> ticks = new ArrayList<>();
      for (long i = (long) Math.ceil(from / step - 1e-6); i * step <= to + 1e-6 * step; i++) {
        ticks.add(i * step);
      }
      return ticks;
    }
  }

  /** A place in the units of the axes. */
  record Point(double x, double y) {}

  /**
   * @param title what the plot shows, for those who cannot see it
   * @param width in pixels, where the page has room for it
   */
  Chart(String title, int width, int height, Axis across, Axis up) {
    this.title = title;
    this.width = width;
    this.height = height;
    this.across = across;
    this.up = up;
  }

  /** Lets the first series have another colour than the first one. */
  Chart from(int colour) {
    firstColour = colour;
    return this;
  }

  /** The class of a series in the style sheet. */
  private String colour(int number) {
    return "s" + (firstColour + number);
  }

  /** A line through points. */
  Chart line(String name, List<Point> points) {
    drawn.leaf("polyline", "class", "line " + colour(series.size()), "points", path(points));
    series.add(name);
    return this;
  }

  /** A dot on the line that was drawn last. */
  Chart dot(Point point, double radius, String says) {
    drawn
        .open(
            "circle",
            "class",
            "dot " + colour(series.size() - 1),
            "cx",
            number(x(point.x)),
            "cy",
            number(y(point.y)),
            "r",
            number(radius))
        .element("title", says)
        .close();
    return this;
  }

  /** What lies between two lines, in the colour that the next line will have. */
  Chart band(List<Point> lower, List<Point> upper) {
    List<Point> around = new ArrayList<>(lower);
    for (int i = upper.size() - 1; i >= 0; i--) {
      around.add(upper.get(i));
    }
    drawn.leaf("polygon", "class", "band " + colour(series.size()), "points", path(around));
    return this;
  }

  /** Where both axes have the same value. */
  Chart diagonal() {
    List<Point> ends = List.of(new Point(0, 0), new Point(1, 1));
    drawn.leaf("polyline", "class", "guide", "points", path(ends));
    return this;
  }

  /**
   * Bars side by side, a group for each place of the horizontal axis, which counts them from 0.
   *
   * @param names of the series
   * @param labels of the places
   * @param heights by series and place
   */
  Chart bars(List<String> names, List<String> labels, List<List<Double>> heights) {
    double group = (width - LEFT - RIGHT) / (across.to - across.from);
    double bar = group * 0.84 / names.size();
    for (int s = 0; s < names.size(); s++) {
      for (int place = 0; place < labels.size(); place++) {
        double value = heights.get(s).get(place);
        drawn
            .open(
                "rect",
                "class",
                "bar " + colour(s),
                "x",
                number(x(place) + group * 0.08 + s * bar),
                "y",
                number(y(value)),
                "width",
                number(Math.max(0.5, bar - 0.4)),
                "height",
                number(y(up.from) - y(value)))
            .element(
                "title",
                String.format(Locale.ROOT, "%s, %s: %.3f", names.get(s), labels.get(place), value))
            .close();
      }
    }
    series.addAll(names);
    places = labels;
    return this;
  }

  /** Writes the plot, and its legend if it has several series. */
  void writeTo(Markup page) {
    page.open(
        "svg",
        "class",
        "chart",
        "viewBox",
        "0 0 " + width + " " + height,
        "style",
        "max-width:" + width + "px",
        "role",
        "img",
        "aria-label",
        title);
    frame(page);
    page.raw(drawn).close();
    if (series.size() > 1) {
      page.open("p", "class", "legend");
      for (int s = 0; s < series.size(); s++) {
        page.open("span").element("i", "", "class", "key " + colour(s)).text(series.get(s)).close();
      }
      page.close();
    }
    page.line();
  }

  private void frame(Markup page) {
    for (double tick : up.ticks(TICKS)) {
      String at = number(y(tick));
      page.leaf(
          "line",
          "class",
          "grid",
          "x1",
          number(LEFT),
          "x2",
          number(width - RIGHT),
          "y1",
          at,
          "y2",
          at);
      label(page, LEFT - 6, y(tick) + 4, "end", tick(tick));
    }
    double below = height - BOTTOM;
    if (places.isEmpty()) {
      for (double tick : across.ticks(TICKS)) {
        String at = number(x(tick));
        page.leaf(
            "line", "class", "grid", "x1", at, "x2", at, "y1", number(TOP), "y2", number(below));
        label(page, x(tick), below + 16, "middle", tick(tick));
      }
    } else {
      int every = (places.size() + MOST_LABELS - 1) / MOST_LABELS;
      for (int place = 0; place < places.size(); place += every) {
        label(page, x(place + 0.5), below + 16, "middle", places.get(place));
      }
    }
    label(page, (LEFT + width - RIGHT) / 2.0, height - 8, "middle", across.label);
    double middle = (TOP + below) / 2;
    page.element(
        "text",
        up.label,
        "text-anchor",
        "middle",
        "transform",
        "translate(12 " + number(middle) + ") rotate(-90)");
  }

  private static void label(Markup page, double x, double y, String anchor, String text) {
    page.element("text", text, "x", number(x), "y", number(y), "text-anchor", anchor);
  }

  private double x(double value) {
    return LEFT + across.share(value) * (width - LEFT - RIGHT);
  }

  private double y(double value) {
    return height - BOTTOM - up.share(value) * (height - BOTTOM - TOP);
  }

  private String path(List<Point> points) {
    return points.stream()
        .filter(point -> Double.isFinite(point.x) && Double.isFinite(point.y))
        .map(point -> number(x(point.x)) + "," + number(y(point.y)))
        .collect(Collectors.joining(" "));
  }

  private static String number(double value) {
    return strip(String.format(Locale.ROOT, "%.1f", value));
  }

  private static String tick(double value) {
    double size = Math.abs(value);
    if (size >= 1e6) {
      return strip(String.format(Locale.ROOT, "%.2f", value / 1e6)) + "M";
    }
    if (size >= 1e3) {
      return strip(String.format(Locale.ROOT, "%.2f", value / 1e3)) + "k";
    }
    return strip(String.format(Locale.ROOT, "%.4f", value));
  }

  /** Without zeros at the end of a fraction. */
  private static String strip(String decimal) {
    String shorter = decimal.replaceAll("\\.?0+$", "");
    return shorter.equals("-0") || shorter.isEmpty() ? "0" : shorter;
  }
}
