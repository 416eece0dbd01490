package io.readlens.model.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocaleTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"data", "dätä", "日本", "😀", "what?", "", "--data-dir=ä"})
  void shouldTakeWhatTheLocaleKnows(String argument) {
    // When
    Optional<String> lost = LocaleText.lostBy(UTF_8, "/home/ä", "run", argument);

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
    Optional<String> lost = LocaleText.lostBy(US_ASCII, "/", "explain", argument);

    // Then
    assertThat(lost)
        .hasValue(
            "the argument '"
                + shown
                + "' has letters that this locale's encoding, ASCII, lacks:"
                + " set LC_ALL=C.UTF-8");
  }

  @Test
  void shouldNotAdviseTheLocaleThatIsSet() {
    // When
    Optional<String> lost = LocaleText.lostBy(UTF_8, "/", "d\uFFFDta");

    // Then
    assertThat(lost).get().asString().endsWith("give it another name, or the same in UTF-8");
  }

  @Test
  void shouldNameTheWorkingDirectory() {
    // When
    Optional<String> lost = LocaleText.lostBy(US_ASCII, "/home/\uFFFD\uFFFD", "run");

    // Then
    assertThat(lost)
        .hasValue(
            "the path of the working directory, /home/??, has letters that this locale's encoding,"
                + " ASCII, lacks: set LC_ALL=C.UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--input=dätä.fq", "日本", "a 😀"})
  void shouldNameTheFileOfArgumentsThatHasSuchLetters(String argument, @TempDir Path directory)
      throws IOException {
    // Given
    Path file = Files.write(directory.resolve("options"), List.of("explain", argument), UTF_8);
    Path plain = Files.write(directory.resolve("plain"), List.of("explain", "--input=a"), UTF_8);

    // When
    Optional<String> lost = LocaleText.lostBy(US_ASCII, "/", "@" + plain, "@none", "@" + file);

    // Then
    assertThat(lost)
        .hasValue(
            "the file of arguments "
                + file
                + " has letters that this locale's encoding, ASCII, lacks: set LC_ALL=C.UTF-8");
  }

  @Test
  void shouldTellWhichPathsCanBeOpened() {
    // When, Then
    assertThat(LocaleText.unnamable(US_ASCII, "/data/Pruef")).isEmpty();
    assertThat(LocaleText.unnamable(UTF_8, "/daten/Prüf/日本")).isEmpty();
    assertThat(LocaleText.unnamable(ISO_8859_1, "/daten/Prüf")).isEmpty();
    assertThat(LocaleText.unnamable(US_ASCII, "/daten/Prüf"))
        .hasValue(
            "'/daten/Pr?f' has letters that this locale's encoding, ASCII, lacks: set"
                + " LC_ALL=C.UTF-8");
    assertThat(LocaleText.unnamable(ISO_8859_1, "/日本/Prüf"))
        .hasValue(
            "'/??/Prüf' has letters that this locale's encoding, ISO-8859-1, lacks: set"
                + " LC_ALL=C.UTF-8");
  }
}
