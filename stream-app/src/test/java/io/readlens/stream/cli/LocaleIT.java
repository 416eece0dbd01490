package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Paths with letters beyond ASCII, in processes whose locale has them or has not. A shell makes the
 * paths, for this JVM's own locale may not have them either.
 */
@Timeout(180)
class LocaleIT {
  /** dätä 日本 😀: letters of two, three and four bytes, and a space. */
  private static final String NAME =
      "$(printf 'd\\303\\244t\\303\\244 \\346\\227\\245\\346\\234\\254 \\360\\237\\230\\200')";

  @TempDir Path folder;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(process -> process.destroyForcibly().onExit().join());
  }

  @Test
  void shouldKeepItsDataWhereThePathHasOtherLetters() throws Exception {
    // Given
    Process embedded =
        shell("C.UTF-8", "exec \"$@\" embedded --secure --data-dir \"" + NAME + "/x\"");
    BufferedReader printed =
        new BufferedReader(
            new InputStreamReader(embedded.getInputStream(), StandardCharsets.UTF_8));
    String last =
        printed.lines().filter(line -> line.startsWith("# The same")).findFirst().orElse("");
    assertThat(last).as(errors()).contains(" dätä 日本 😀/x/readlens.properties, ");

    // When
    Process topics =
        shell(
            "C.UTF-8",
            "cd \"" + NAME + "\"; exec \"$@\" topics describe --config x/readlens.properties");

    // Then
    String described = output(topics);
    assertThat(topics.waitFor()).as(errors()).isZero();
    assertThat(described).contains("readlens.reads.v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          C     | exec "$@" embedded --data-dir "NAME"             | the argument 'NAME' has
          POSIX | exec "$@" explain --input "NAME.fastq"           | the argument 'NAME.fastq' has
          C     | exec "$@" replay --input x --sample="NAME"       | the argument '--sample=NAME' has
          C     | exec "$@" topics create "@NAME"                  | the argument '@NAME' has
          C     | echo topics > o; echo "NAME" >> o; exec "$@" @o  | the file of arguments o
          C     | mkdir "NAME"; cd "NAME"; exec "$@" demo          | the path of the working directory,
          """)
  void shouldNameTheSettingThatHelpsWhereTheLocaleHasNoSuchLetters(
      String locale, String command, String named) throws Exception {
    // When
    Process process = shell(locale, command.replace("NAME", NAME));

    // Then
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(errors().lines()).hasSize(1);
    assertThat(errors())
        .startsWith("readlens: " + named.replace("NAME", "d??t?? ?????? ????"))
        .endsWith("lacks: set LC_ALL=C.UTF-8\n");
    assertThat(output(process)).isEmpty();
  }

  /** What a properties file says is UTF-8, whatever the locale is. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          C     | checkpoints.from=/NAME                                           | checkpoints.from = '/NAME'
          POSIX | checkpoints.from=file:/NAME/a,http://x/                          | checkpoints.from = 'file:/NAME/a'
          C     | security.protocol=SSL&ssl.truststore.location=NAME.p12          | ssl.truststore.location = 'NAME.p12'
          C     | security.protocol=SSL&producer.ssl.keystore.location=/NAME      | producer.ssl.keystore.location = '/NAME'
          C     | schema.registry.ssl.truststore.location=/NAME/a                  | schema.registry.ssl.truststore.location = '/NAME/a'
          C     | state.dir=NAME                                                   | state.dir = 'NAME'
          """)
  void shouldNameTheSettingThatHelpsWhereAPropertyIsAPath(
      String locale, String properties, String named) throws Exception {
    // Given
    String name = "dätä 日本 😀";
    String all =
        "bootstrap.servers=127.0.0.1:1\nschema.registry.url=http://127.0.0.1:1\n"
            + properties.replace("&", "\n").replace("NAME", name)
            + "\n";
    Files.writeString(folder.resolve("c.properties"), all);

    // When
    Process process = shell(locale, "exec \"$@\" topics describe --config c.properties");

    // Then
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(errors())
        .isEqualTo(
            "readlens: c.properties line %d: %s has letters that this locale's encoding, ASCII, lacks: set LC_ALL=C.UTF-8\n"
                .formatted(all.lines().count(), named.replace("NAME", "d?t? ?? ?")));
  }

  /** {@code "$@"} in the script is the program. */
  private Process shell(String locale, String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                "-c",
                script,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                Main.class.getName())
            .directory(folder.toFile())
            .redirectError(Redirect.to(folder.resolve("errors.txt").toFile()));
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Without empty entries, which stand for the working directory: the JDK takes no 😀 there. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("errors.txt"));
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
