package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A record that a document shows as JSON. {@code ...} at the end of a list or a text stands for
 * what was left out there, and nothing else may differ from a record that is written today, but for
 * the clock's times and the last digits of what the model computes.
 */
final class ShownRecord {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LEFT_OUT = "...";

  /** Of probabilities and scores; processors differ in the order in which they add. */
  private static final double ROUNDING = 1e-3;

  /** The mask is rounded to whole numbers. */
  private static final String MASK = "/mask/";

  private static final List<String> CLOCK = List.of("/eventTime", "/processedTime");

  private final JsonNode shown;

  /**
   * @param text as the document has it, where a list's {@code ...} stands without quotation marks
   */
  ShownRecord(String text) throws IOException {
    shown = JSON.readTree(text.replace(", ...]", ", \"" + LEFT_OUT + "\"]"));
  }

  /** Fails where a record that was just written differs; the message has the path to the value. */
  void requireLike(String written) throws IOException {
    requireLike("", JSON.readTree(written), shown);
  }

  private static void requireLike(String path, JsonNode written, JsonNode shown) {
    if (CLOCK.contains(path)) {
      assertThat(shown.isIntegralNumber()).as(path).isTrue();
      assertThat(Instant.ofEpochMilli(written.asLong()))
          .as(path)
          .isBetween(Instant.now().minusSeconds(600), Instant.now());
      return;
    }
    assertThat(written.getNodeType()).as(path).isEqualTo(shown.getNodeType());
    if (shown.isObject()) {
      assertThat(names(written)).as(path).isEqualTo(names(shown));
      for (String name : names(shown)) {
        requireLike(path + "/" + name, written.get(name), shown.get(name));
      }
    } else if (shown.isArray()) {
      requireLikeList(path, written, shown);
    } else if (shown.isTextual() && shown.asText().endsWith(LEFT_OUT)) {
      String whole = written.asText();
      String beginning = shown.asText().replace(LEFT_OUT, "");
      assertThat(whole).as(path).startsWith(beginning).hasSizeGreaterThan(beginning.length());
    } else if (shown.isNumber()) {
      double most = path.startsWith(MASK) ? 1 : shown.isIntegralNumber() ? 0 : ROUNDING;
      assertThat(written.asDouble()).as(path).isCloseTo(shown.asDouble(), offset(most));
    } else {
      assertThat(written).as(path).isEqualTo(shown);
    }
  }

  private static void requireLikeList(String path, JsonNode written, JsonNode shown) {
    boolean whole = shown.isEmpty() || !shown.get(shown.size() - 1).asText().equals(LEFT_OUT);
    int size = whole ? shown.size() : shown.size() - 1;
    if (whole) {
      assertThat(written.size()).as(path).isEqualTo(size);
    } else {
      assertThat(written.size()).as(path).isGreaterThan(size);
    }
    for (int i = 0; i < size; i++) {
      requireLike(path + "/" + i, written.get(i), shown.get(i));
    }
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
