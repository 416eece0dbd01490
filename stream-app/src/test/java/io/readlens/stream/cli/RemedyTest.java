package io.readlens.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.advice.Invocation;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands that messages recommend: only those of {@link Remedy}, and as they are typed. */
class RemedyTest {
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//.*$");
  private static final Pattern LITERAL =
      Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"(?:\\s*\\+\\s*\"(?:[^\"\\\\\\n]|\\\\.)*\")*");

  /** Where a command may be written: what makes them, and a report that says how it was called. */
  private static final List<String> MAKERS =
      List.of("Remedy.java", "Invocation.java", "BenchCommand.java");

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

  @AfterEach
  void end() {
    Invocation.end();
  }

  @Test
  void shouldCompleteACommandWithTheOptionsOfTheOneThatRuns() {
    // Given
    called("replay", "--config", "my lab.properties", "-Dtopic.reads=a", "--input", "b.fq");

    // When
    String command = Remedy.CREATE_TOPICS.command();

    // Then
    assertThat(command)
        .isEqualTo(
            "`java -jar readlens.jar topics create --config 'my lab.properties'"
                + " -D topic.reads=a --accept-differences`");
  }

  @Test
  void shouldLetTheMessageHaveTheLastWord() {
    // Given
    called(
        "topics",
        "create",
        "--config",
        "c",
        "-Dtopic.ledger=old",
        "--partitions",
        "3",
        "--accept-differences");

    // When
    String command = Remedy.CREATE_ANOTHER_TOPIC.command("topic.ledger", "it's new");

    // Then
    assertThat(command)
        .isEqualTo(
            "`java -jar readlens.jar topics create --config c --partitions 3"
                + " --accept-differences -D 'topic.ledger=it'\\''s new'`");
  }

  @Test
  void shouldBeTypedWithoutACommandThatRuns() {
    // When
    String command = Remedy.CREATE_TOPICS.command();

    // Then
    assertThat(command).isEqualTo("`java -jar readlens.jar topics create --accept-differences`");
  }

  @Test
  void shouldForgetACommandThatHasEnded() {
    // Given
    CommandRun failed = CommandRun.of("topics", "create", "--config", "/no/such/file");
    assertThat(failed.exitCode()).isEqualTo(1);

    // When
    String command = Remedy.CREATE_TOPICS.command();

    // Then
    assertThat(command).isEqualTo("`java -jar readlens.jar topics create --accept-differences`");
  }

  /** What people set, and what is no secret though its name or its value may look like one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "batch.max.tokens=512",
        "sasl.oauthbearer.token.endpoint.url=https://idp/token",
        "sasl.login.callback.handler.class=x.Y",
        "main.consumer.max.poll.records=7",
        "basic.auth.credentials.source=USER_INFO",
        "schema.registry.ssl.truststore.location=/a.p12",
        "ssl.keystore.location=/secret/password.p12",
        "sasl.oauthbearer.client.credentials.client.id=me",
        "client.id=token",
        "config.providers=file",
        "config.providers.file.class=x.Y",
        "client.tag.token=a",
        "topic.reads=password",
        "reads.expired=count"
      })
  void shouldRepeatEverySettingThatIsNoSecret(String setting) {
    // Given
    called("replay", "--config", "c", "-D" + setting, "--input", "a.fq");

    // When
    String command = Remedy.CREATE_TOPICS.command();

    // Then
    assertThat(command)
        .isEqualTo(
            "`java -jar readlens.jar topics create --config c -D %s --accept-differences`"
                .formatted(setting));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sasl.jaas.config=org.x.Y required password=\"hunter2\";",
        "ssl.key.password=hunter2",
        "ssl.truststore.password = hunter2",
        "ssl.keystore.key=-----BEGIN hunter2",
        "producer.ssl.keystore.password=hunter2",
        "main.consumer.sasl.jaas.config=hunter2",
        "sasl.oauthbearer.client.credentials.client.secret=hunter2",
        "basic.auth.user.info=me:hunter2",
        "schema.registry.basic.auth.user.info=me:hunter2",
        "bearer.auth.token=hunter2",
        "schema.registry.ssl.keystore.password=hunter2",
        "schema.registry.sasl.jaas.config=hunter2",
        "schema.registry.url=https://me:hunter2@registry:8081",
        "sasl.oauthbearer.token.endpoint.url=https://idp/?key=hunter2",
        "plugin.vault.credential=hunter2",
        "schema.registry.plugin.apikey=hunter2",
        "config.providers.vault.param.key=hunter2",
        "nobody.knows.it=hunter2"
      })
  void shouldNameButNotRepeatASecret(String setting) {
    // Given
    called("run", "--config", "c", "-D" + setting, "-Dmin.read.length=7");

    // When
    String command = Remedy.CREATE_TOPICS.command();

    // Then
    assertThat(command)
        .isEqualTo(
            "`java -jar readlens.jar topics create --config c -D min.read.length=7 --accept-differences`"
                + " (with your -D of %s again)".formatted(setting.split("=", 2)[0].strip()));
  }

  @Test
  void shouldNameEachSecretOnce() {
    // Given
    called(
        "run",
        "--config",
        "c",
        "-Dsasl.jaas.config=x y",
        "-Dssl.key.password=hunter2",
        "-Dsasl.jaas.config=x y",
        "-Dbasic.auth.user.info=a:b");

    // When
    String command = Remedy.GO_ON_WITHOUT_EXPIRED.command();

    // Then
    assertThat(command)
        .isEqualTo(
            "`java -jar readlens.jar run --config c -D reads.expired=count` (with your -D of"
                + " sasl.jaas.config, ssl.key.password and basic.auth.user.info again)");
  }

  @Test
  void shouldQuoteWhatAShellWouldSplit() {
    // Given
    String path = "/data/it's here/readlens.properties";

    // When
    String command = Remedy.REPLAY_TO_DEMO.line(path);

    // Then
    assertThat(command)
        .isEqualTo(
            "java -jar readlens.jar replay --config"
                + " '/data/it'\\''s here/readlens.properties' --input FILE");
  }

  private static void called(String... arguments) {
    CommandLine main = Main.commandLine();
    main.parseArgs(arguments);
    TypedCommand.of(main.getParseResult()).begin();
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
