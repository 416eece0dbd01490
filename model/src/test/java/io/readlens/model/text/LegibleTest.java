package io.readlens.model.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LegibleTest {
  private static final ObjectMapper JSON = new ObjectMapper(LegibleJson.factory());

  /** A colour, a title that rings, a C1 sequence, a turned suffix, and what hides or divides. */
  static List<Arguments> obeyed() {
    return List.of(
        Arguments.of("\u001b[31mred", "\\u001b[31mred"),
        Arguments.of("\u001b]0;title\u0007", "\\u001b]0;title\\u0007"),
        Arguments.of("\u009b2J", "\\u009b2J"),
        Arguments.of("reads\u202egz.qtsaf", "reads\\u202egz.qtsaf"),
        Arguments.of("a\u2066b\u2069", "a\\u2066b\\u2069"),
        Arguments.of("a\u200fb\u061c", "a\\u200fb\\u061c"),
        Arguments.of("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        Arguments.of("\u0000\u007f", "\\u0000\\u007f"),
        Arguments.of("a\u2028b\u2029\u0085", "a\\u2028b\\u2029\\u0085"),
        Arguments.of("\ud800x\udc00", "\\ud800x\\udc00"),
        Arguments.of("\udb40\udc41", "\\udb40\\udc41"),
        Arguments.of("\ufeffr1\u200b", "\\ufeffr1\\u200b"),
        Arguments.of("\uffff\ufdd0", "\\uffff\\ufdd0"));
  }

  @ParameterizedTest
  @MethodSource("obeyed")
  void shouldSpellOutWhatATerminalOrAnEyeWouldObey(String text, String shown) {
    // When
    String legible = Legible.of(text);

    // Then
    assertThat(legible).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "r1",
        "Düne, \u6c34, \u0643\u062a\u0627\u0628",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\ud83d\udc69\u200d\ud83d\udd2c \ud83e\udda0",
        "C:\\temp\\u001b",
        "e\u0301"
      })
  void shouldLeaveTheScriptsOfTheWorldAlone(String text) {
    // When
    String legible = Legible.of(text);

    // Then
    assertThat(legible).isSameAs(text);
  }

  @Test
  void shouldKeepTheLinesOfATextAlone() {
    // When
    String legible = Legible.lines("a\n\tb\r\n\u001b[1mc");

    // Then
    assertThat(legible).isEqualTo("a\n\tb\\r\n\\u001b[1mc");
  }

  static List<Arguments> messages() {
    return List.of(
        Arguments.of("12345", "12345"),
        Arguments.of("123456", "12345..."),
        Arguments.of("1234\ud83e\udda0", "1234..."),
        Arguments.of("123\t56", "123\\t5..."));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void shouldBoundALongMessageButNoPairOfSurrogates(String text, String shown) {
    // When
    String legible = Legible.of(text, 5);

    // Then
    assertThat(legible).isEqualTo(shown);
  }

  @Test
  void shouldShowNothingThatIsNotShownInAnyText() throws IOException {
    // Given
    long seed = System.nanoTime();
    Random random = new Random(seed);
    char[] units = new char[100_000];
    IntStream.range(0, units.length)
        .forEach(i -> units[i] = (char) random.nextInt(i % 2 == 0 ? 0x100 : 0x10000));
    String text = new String(units);

    // When
    String legible = Legible.of(text);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JSON.writeValue(bytes, text);
    String inJson = JSON.writeValueAsString(text);

    // Then
    assertThat(legible.codePoints()).as("seed " + seed).allMatch(Legible::isShown);
    assertThat(inJson.codePoints()).as("seed " + seed).allMatch(Legible::isShown);
    assertThat(new ObjectMapper().readValue(inJson, String.class))
        .as("seed " + seed)
        .isEqualTo(text);
    assertThat(bytes.toString(UTF_8)).isEqualTo(inJson);
  }
}
