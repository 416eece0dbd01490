package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.advice.Remedy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands that messages recommend: only those of {@link Remedy}, and as they are typed. */
class RemedyTest {
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//.*$");
  private static final Pattern LITERAL =
      Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"(?:\\s*\\+\\s*\"(?:[^\"\\\\\\n]|\\\\.)*\")*");

  /** Where a command may be written: what makes them, and a report that says how it was called. */
  private static final List<String> MAKERS =
      List.of("Remedy.java", "TypedCommands.java", "BenchCommand.java");

  @Test
  void shouldFindNoCommandInAMessageThatIsNotARemedy() throws IOException {
    // Given
    List<Path> modules =
        Stream.of("../stream-app", "../trainer", "../model", "../schemas")
            .map(module -> Path.of(module, "src/main/java"))
            .toList();
    assertThat(modules).allSatisfy(module -> assertThat(module).isDirectory());

    // When
    List<String> strays =
        modules.stream()
            .flatMap(RemedyTest::sources)
            .filter(file -> !MAKERS.contains(file.getFileName().toString()))
            .flatMap(file -> strays(file.getFileName().toString(), text(file)))
            .toList();

    // Then
    assertThat(strays).isEmpty();
  }

  @Test
  void shouldFindCommandsHoweverTheyAreWritten() {
    // Given
    String source =
        """
        /** Not `readlens in` a comment. */
        String a = "start it with `readlens run`";
        String b = "start it with java -jar " + "readlens.jar run";
        String c = "readlens " + "topics create makes it";
        String d = "then readlens-trainer calibrate --from X";
        String e = "readlens: no such file or directory: ";
        new Thread(work, "readlens-leave");
        """;

    // When
    List<String> strays = strays("Made.java", source).toList();

    // Then
    assertThat(strays).hasSize(4);
  }

  @Test
  void shouldCompleteACommandWithTheOptionsOfTheOneThatFailed() {
    // Given
    CommandLine failed =
        parsed("replay", "--config", "my lab.properties", "-Dtopic.reads=a", "--input", "b.fq");

    // When
    String message =
        TypedCommands.complete("no topic a: " + Remedy.CREATE_TOPICS.command() + ".", failed);

    // Then
    assertThat(message)
        .isEqualTo(
            "no topic a: `java -jar readlens.jar topics create --config 'my lab.properties'"
                + " -D topic.reads=a`.");
  }

  @Test
  void shouldLetTheMessageHaveTheLastWord() {
    // Given
    CommandLine failed =
        parsed("topics", "create", "--config", "c", "-Dtopic.ledger=old", "--partitions", "3");

    // When
    String message =
        TypedCommands.complete(Remedy.CREATE_ANOTHER_TOPIC.command("topic.ledger", "new"), failed);

    // Then
    assertThat(message)
        .isEqualTo(
            "`java -jar readlens.jar topics create --config c --partitions 3"
                + " -D topic.ledger=new`");
  }

  @Test
  void shouldRepeatNoPassword() {
    // Given
    CommandLine failed =
        parsed("run", "--config", "c", "-Dssl.key.password=hunter2", "-Dsasl.jaas.config=x y");

    // When
    String message = TypedCommands.complete(Remedy.CREATE_TOPICS.command(), failed);

    // Then
    assertThat(message).isEqualTo("`java -jar readlens.jar topics create --config c`");
  }

  @Test
  void shouldQuoteWhatAShellWouldSplit() {
    // Given
    String path = "/data/it's here/readlens.properties";

    // When
    String command = TypedCommands.unquoted(Remedy.REPLAY_TO_DEMO.command(path));

    // Then
    assertThat(command)
        .isEqualTo(
            "java -jar readlens.jar replay --config"
                + " '/data/it'\\''s here/readlens.properties' --input FILE");
  }

  private static CommandLine parsed(String... arguments) {
    CommandLine main = Main.commandLine();
    main.parseArgs(arguments);
    CommandLine deepest = main;
    while (deepest.getParseResult().hasSubcommand()) {
      deepest = deepest.getParseResult().subcommand().commandSpec().commandLine();
    }
    return deepest;
  }

  /** The string literals of a source that recommend a command. */
  private static Stream<String> strays(String name, String source) {
    String subcommands =
        Main.commandLine().getSubcommands().keySet().stream().collect(Collectors.joining("|"));
    Pattern command =
        Pattern.compile(
            "`|java -jar|readlens (?:%s)\\b|readlens-trainer [a-z]".formatted(subcommands));
    return LITERAL
        .matcher(COMMENT.matcher(source).replaceAll(""))
        .results()
        .map(MatchResult::group)
        .map(literal -> literal.replaceAll("\"\\s*\\+\\s*\"", ""))
        .filter(literal -> command.matcher(literal).find())
        .map(literal -> name + ": " + literal);
  }

  private static Stream<Path> sources(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
