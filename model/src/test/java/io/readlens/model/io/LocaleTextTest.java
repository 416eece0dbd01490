package io.readlens.model.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocaleTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"data", "dätä", "日本", "😀", "what?", "", "--data-dir=ä"})
  void shouldTakeWhatTheLocaleKnows(String argument) {
    // When
    Optional<String> lost = LocaleText.lostBy("UTF-8", "/home/ä", "run", argument);

    // Then
    assertThat(lost).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "d\uFFFD\uFFFDt\uFFFD\uFFFD, d??t??",
    "--input=\uFFFD.fastq, --input=?.fastq",
    "@\uFFFD, @?",
    "\uFFFD, ?"
  })
  void shouldNameTheArgumentAndTheSettingThatHelps(String argument, String shown) {
    // When
    Optional<String> lost = LocaleText.lostBy("ANSI_X3.4-1968", "/", "explain", argument);

    // Then
    assertThat(lost)
        .hasValue(
            "the argument '"
                + shown
                + "' has letters that this locale's encoding, ANSI_X3.4-1968, lacks:"
                + " set LC_ALL=C.UTF-8");
  }

  @Test
  void shouldNotAdviseTheLocaleThatIsSet() {
    // When
    Optional<String> lost = LocaleText.lostBy("UTF-8", "/", "d\uFFFDta");

    // Then
    assertThat(lost).get().asString().endsWith("give it another name, or the same in UTF-8");
  }

  @Test
  void shouldNameTheWorkingDirectory() {
    // When
    Optional<String> lost = LocaleText.lostBy("ANSI_X3.4-1968", "/home/\uFFFD\uFFFD", "run");

    // Then
    assertThat(lost)
        .hasValue(
            "the path of the working directory, /home/??, has letters that this locale's encoding,"
                + " ANSI_X3.4-1968, lacks: set LC_ALL=C.UTF-8");
  }
}
