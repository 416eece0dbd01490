package io.readlens.stream.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PropertiesFileTest {
  @TempDir Path directory;

  @Test
  void shouldSkipAByteOrderMark() throws IOException {
    // Given
    Path file = write("\uFEFFsecurity.protocol=SSL\r\nclient.id=Gehölz\r\n");

    // When
    Properties read = PropertiesFile.read(file).properties();

    // Then
    assertThat(read).containsOnlyKeys("security.protocol", "client.id");
    assertThat(read.getProperty("security.protocol")).isEqualTo("SSL");
    assertThat(read.getProperty("client.id")).isEqualTo("Gehölz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1\nb=2\n",
        "a=1\rb=2\r",
        "a=1\r\nb=2",
        "\n# note\n! note\n  a : 1\n\tb 2\n",
        "a=\\\n  1\nb=\\\r\n2",
        "a=1   \nb=2\t\n",
        "a=1\na=1\nb=2\n",
        "\\u0061=1\nb=\\\n2\\\n",
      })
  void shouldReadWhatPropertiesReads(String text) throws IOException {
    // Given
    Path file = write(text);

    // When
    Properties read = PropertiesFile.read(file).properties();

    // Then
    assertThat(read).hasSize(2).containsEntry("a", "1").containsEntry("b", "2");
  }

  @Test
  void shouldKeepWhatIsEscapedOrQuotedWithinAValue() throws IOException {
    // Given
    String jaas = "Plain required username=\"a #b\" password=\"c\";";
    Path file = write("jaas=" + jaas + "\nblank=x\\ \nsign=x \\# y\nword=x#y\nquotes=\\\"x\\\"\n");

    // When
    Properties read = PropertiesFile.read(file).properties();

    // Then
    assertThat(read.getProperty("jaas")).isEqualTo(jaas);
    assertThat(read.getProperty("blank")).isEqualTo("x ");
    assertThat(read.getProperty("sign")).isEqualTo("x # y");
    assertThat(read.getProperty("word")).isEqualTo("x#y");
    assertThat(read.getProperty("quotes")).isEqualTo("\"x\"");
  }

  @ParameterizedTest
  @MethodSource("notAsTheyLook")
  void shouldRefuseWhatIsNotAsItLooks(String written, String fault) throws IOException {
    // Given
    Path file = write(written);

    // When / Then
    assertThatThrownBy(() -> PropertiesFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(file + " " + fault);
  }

  private static List<Arguments> notAsTheyLook() {
    return List.of(
        arguments("a=1\nb=\0", "line 2 has the invisible character U+0000"),
        arguments("a=1\n\032", "line 2 has the invisible character U+001A"),
        arguments("a=1\nb\u00A0=2", "line 2 has the invisible character U+00A0"),
        arguments("a=1\nb=2\u200B", "line 2 has the invisible character U+200B"),
        arguments("a=1\n\uFEFFb=2", "line 2 has the invisible character U+FEFF"),
        arguments("a=1\n# note\n\033[2Jb=2", "line 3 has the invisible character U+001B"),
        arguments("a=1\nb=1\na=2", "line 3 sets a, which line 1 sets otherwise"),
        arguments("a=\\\n1\na:2", "line 3 sets a, which line 1 sets otherwise"),
        arguments("a=1 # one", "line 1 has # one behind the value of a"),
        arguments("a = x\t#one", "line 1 has #one behind the value of a"),
        arguments("a=x,\\\n  # one", "line 1 has # one behind the value of a"),
        arguments("a=\"x\"", "line 1 has quotes around the value of a"),
        arguments("a='x'", "line 1 has quotes around the value of a"),
        arguments("a=1\nb=C:\\users\\me", "line 2 has a backslash and u"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
  void shouldRefuseAnotherEncoding(String charset) throws IOException {
    // Given
    Path file = Files.write(path(), "client.id=Gehölz\n".getBytes(Charset.forName(charset)));

    // When / Then
    assertThatThrownBy(() -> PropertiesFile.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageEndingWith("UTF-8 text: save it as UTF-8");
  }

  @Test
  void shouldRefuseUtf16ThatIsUtf8Too() throws IOException {
    // Given
    Path file = Files.write(path(), "a=1\n".getBytes(StandardCharsets.UTF_16LE));

    // When / Then
    assertThatThrownBy(() -> PropertiesFile.read(file))
        .hasMessageStartingWith(file + " line 1 has the invisible character U+0000");
  }

  @Test
  void shouldSayWhatToWriteIntoAFileThatIsMissing() {
    // When / Then
    assertThatThrownBy(() -> PropertiesFile.read(path()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "no file "
                + path()
                + ": write bootstrap.servers=HOST:PORT and schema.registry.url=URL into it");
  }

  @Test
  void shouldNameAFileThatIsADirectory() {
    // When / Then
    assertThatThrownBy(() -> PropertiesFile.read(directory))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("cannot read " + directory);
  }

  private Path write(String text) throws IOException {
    return Files.write(path(), text.getBytes(UTF_8));
  }

  private Path path() {
    return directory.resolve("readlens.properties");
  }
}
