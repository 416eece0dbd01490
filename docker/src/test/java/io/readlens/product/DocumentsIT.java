package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types every block of the documents, from the first to the last, in a fresh directory that has the
 * jars where a build puts them. Clients in other languages run where they are installed; all else
 * needs the JDK alone.
 */
class DocumentsIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path README = ROOT.resolve("README.md");
  private static final Path SECURED = ROOT.resolve("docs/secured.md");
  private static final Path THRESHOLDS = ROOT.resolve("docs/thresholds.md");
  private static final Path ABUNDANCE = ROOT.resolve("docs/abundance.md");
  private static final Path BUNDLED =
      ROOT.resolve("model/src/main/resources/io/readlens/checkpoint/default");

  /** Documents whose blocks are typed: all but the last here, that one by the trainer's tests. */
  private static final List<Path> TYPED =
      List.of(README, SECURED, ABUNDANCE, THRESHOLDS, BUNDLED.resolve("README.md"));

  /** The language of what was printed, and of pictures. */
  private static final String PRINTED = "text";

  private static final List<String> MODULES = List.of("stream-app", "trainer");
  private static final String JAR = "java -jar stream-app/target/readlens.jar ";
  private static final String SHOWN_READ = "r000735";
  private static final int READS = 60;

  /** What starts a client that may be missing, and what is typed to see whether it is there. */
  private static final Map<String, String> FOREIGN =
      Map.of(
          "python3", "python3 -c 'import confluent_kafka.schema_registry.avro'",
          "node", "node -e \"require('kafkajs'); require('@kafkajs/confluent-schema-registry')\"",
          "kcat", "kcat -V");

  /** Commands without an end, and what each writes when it is at work. */
  private static final Map<String, String> ENDLESS =
      Map.of(
          JAR + "embedded ",
          "# The same",
          JAR + "run ",
          "explaining ",
          "java -cp ",
          SHOWN_READ,
          "python3 ",
          SHOWN_READ,
          "node ",
          SHOWN_READ);

  /**
   * Commands that take too long for a test, want genomes that are not bundled, or start a build
   * within the build.
   */
  private static final List<String> LONG =
      List.of(JAR + "bench ", JAR + "demo ", "$T evaluate --panels ", "$T vectors ");

  /** What asks for ACLs, which the embedded broker has none of: typed by stream-app's AclsIT. */
  private static final List<String> OF_ACLS = List.of("ALLOW=", "$ALLOW ");

  private static final Pattern FILE_NAME = Pattern.compile("(?:#|//) (\\w+\\.\\w+)");

  @TempDir Path directory;

  private Shell shell;

  @BeforeEach
  void open() throws IOException {
    shell = new Shell(directory);
    for (String module : MODULES) {
      Files.createSymbolicLink(
          Files.createDirectories(directory.resolve(module)).resolve("target"),
          ROOT.resolve(module).resolve("target"));
    }
    for (String checkpoint : List.of("models/1", "models/2")) {
      copy(BUNDLED, directory.resolve(checkpoint));
    }
  }

  @AfterEach
  void close() throws IOException {
    shell.close();
    for (String module : MODULES) {
      Files.delete(directory.resolve(module).resolve("target"));
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldWorkAsTyped() throws IOException {
    return Block.of(README).stream().map(block -> dynamicTest(block.place(), () -> type(block)));
  }

  @TestFactory
  Stream<DynamicTest> shouldWorkAsTypedWhereLoginsAreAskedFor() throws Exception {
    type(JAR + "demo-reads");
    return Block.of(SECURED).stream().map(block -> dynamicTest(block.place(), () -> type(block)));
  }

  @TestFactory
  Stream<DynamicTest> shouldEstimateAsTyped() throws Exception {
    type(JAR + "demo-reads");
    return Block.of(ABUNDANCE).stream().map(block -> dynamicTest(block.place(), () -> type(block)));
  }

  @TestFactory
  Stream<DynamicTest> shouldCallByThresholdsAsTyped() throws IOException {
    return Block.of(THRESHOLDS).stream()
        .map(block -> dynamicTest(block.place(), () -> type(block)));
  }

  @Test
  void shouldHaveNoBlockThatNobodyTypes() throws IOException {
    // Given
    List<Path> documents;
    try (Stream<Path> files = Files.walk(ROOT)) {
      documents =
          files
              .filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
              .toList();
    }

    // When
    List<String> untyped = new ArrayList<>();
    for (Path document : documents) {
      for (Block block : Block.of(document)) {
        boolean printed = block.language().equals(PRINTED);
        if (block.language().isEmpty() || (!TYPED.contains(document) && !printed)) {
          untyped.add(block.place());
        }
      }
    }

    // Then
    assertThat(documents).containsAll(TYPED);
    assertThat(untyped).as("blocks without a language, or without a test").isEmpty();
  }

  private void type(Block block) throws Exception {
    switch (block.language()) {
      case "sh" -> {
        for (String command : block.commands()) {
          type(command);
        }
      }
      case "properties" ->
          Files.writeString(
              file(block).orElse(directory.resolve("my.properties")),
              here(block),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      case "java", "python", "js" -> Files.writeString(file(block).orElseThrow(), block.text());
      case "xml" -> assertThat(block.text()).contains(coordinates());
      case "json" -> isWritten(block);
      case PRINTED -> {}
      default -> throw new IllegalArgumentException("who reads " + block.language() + "?");
    }
  }

  private void type(String command) throws Exception {
    Matcher assignment = Pattern.compile("(\\w+)=\"([^\"]*)\"").matcher(command);
    if (assignment.matches()) {
      shell.set(assignment.group(1), assignment.group(2));
      return;
    }
    if (command.startsWith("mvn ")) {
      typeBuild(command);
      return;
    }
    String program = command.split(" ", 2)[0];
    if (FOREIGN.containsKey(program)) {
      assumeTrue(isThere(program), () -> "not installed: " + program);
    }
    for (Map.Entry<String, String> endless : ENDLESS.entrySet()) {
      if (command.startsWith(endless.getKey())) {
        shell.leaveRunning(command, endless.getValue());
        shell.set("BROKER", embedded().getProperty("bootstrap.servers"));
        shell.set("REGISTRY", embedded().getProperty("schema.registry.url"));
        if (command.startsWith("java -cp ")) {
          typeWithCoordinatesAlone(command);
        }
        return;
      }
    }
    if (OF_ACLS.stream().anyMatch(command::startsWith)) {
      return;
    }
    if (LONG.stream().anyMatch(command::startsWith)) {
      // Options are parsed before help is given.
      shell.run(command.split("#", 2)[0] + " --help");
      return;
    }
    shell.run(command);
    if (command.startsWith(JAR + "demo-reads")) {
      keepFew(directory.resolve("reads.fastq.gz"));
    }
  }

  /** The build is what runs this test; what is typed after it can be typed here. */
  private void typeBuild(String command) throws Exception {
    String[] parts = command.split(" && ", 2);
    if (parts.length == 1) {
      assertThat(ROOT.resolve(".ci/run")).content().contains("\n" + command + "\n");
    } else {
      type(parts[1]);
    }
  }

  /** The settings of the document, with the addresses and passwords of what runs here. */
  private String here(Block block) throws IOException {
    Properties embedded = embedded();
    Properties shown = new Properties();
    shown.load(new StringReader(block.text()));
    StringBuilder text = new StringBuilder();
    for (String name : new TreeSet<>(shown.stringPropertyNames())) {
      String value = embedded.getProperty(name, shown.getProperty(name));
      assertThat(value).as(name).doesNotContain("…", "broker-1", "registry:");
      text.append(name).append('=').append(value).append('\n');
    }
    return text.toString();
  }

  /** What {@code embedded} wrote for its clients. */
  private Properties embedded() throws IOException {
    Properties properties = new Properties();
    try (BufferedReader written =
        Files.newBufferedReader(directory.resolve("readlens-data/readlens.properties"))) {
      properties.load(written);
    }
    return properties;
  }

  /**
   * The same program with what the coordinates bring and nothing else, as a build of one's own has
   * it; in a group of its own, since the first goes on.
   */
  private void typeWithCoordinatesAlone(String command) throws IOException {
    Path module = ROOT.resolve("schemas/target");
    String others = Files.readString(module.resolve("classpath.txt"));
    assertThat(others).doesNotContain("readlens-stream-app", "readlens-model");
    Path own = Files.createDirectory(directory.resolve("own"));
    String program = Files.readString(directory.resolve("Consume.java"));
    Files.writeString(own.resolve("Consume.java"), program.replace("java-example", "java-own"));
    shell.leaveRunning(
        command
            .replace(
                "stream-app/target/readlens.jar",
                module.resolve("readlens-schemas-" + version() + ".jar") + ":" + others.strip())
            .replace(" Consume.java", " own/Consume.java"),
        SHOWN_READ);
  }

  private boolean isThere(String program) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("bash", "-c", FOREIGN.get(program))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Where the reader is to save it, if its first line says so. */
  private Optional<Path> file(Block block) {
    Matcher name = FILE_NAME.matcher(block.text().lines().findFirst().orElseThrow());
    return name.matches() ? Optional.of(directory.resolve(name.group(1))) : Optional.empty();
  }

  /** The explanation that the document shows is the one that the model gives. */
  private void isWritten(Block block) throws Exception {
    String records = shell.run(JAR + "explain --faithfulness all --top-k 1 --input reads.fastq.gz");
    new ShownRecord(block.text())
        .requireLike(
            records.lines().filter(line -> line.contains(SHOWN_READ)).findFirst().orElseThrow());
  }

  /** The dependency on the module that holds the serde, with its own group, name and version. */
  private static String coordinates() throws IOException {
    Matcher pom = schemas();
    return """
      <groupId>%s</groupId>
      <artifactId>%s</artifactId>
      <version>%s</version>
    """
        .formatted(pom.group(1), pom.group(3), pom.group(2));
  }

  private static String version() throws IOException {
    return schemas().group(2);
  }

  /** Of the module's POM: its parent's group and version, and its own name. */
  private static Matcher schemas() throws IOException {
    Matcher pom =
        Pattern.compile(
                "<groupId>(\\S+)</groupId>\\s+<artifactId>\\S+</artifactId>\\s+<version>(\\S+)<"
                    + "(?s:.*?)</parent>\\s+<artifactId>(\\S+)</artifactId>")
            .matcher(Files.readString(ROOT.resolve("schemas/pom.xml")));
    assertThat(pom.find()).isTrue();
    return pom;
  }

  /** Leaves the first reads of a file and the one that the document shows. */
  private static void keepFew(Path fastq) throws IOException {
    StringBuilder few = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(fastq)), StandardCharsets.UTF_8))) {
      int read = 0;
      for (String name = lines.readLine(); name != null; name = lines.readLine()) {
        String record =
            String.join("\n", name, lines.readLine(), lines.readLine(), lines.readLine(), "");
        if (read++ < READS || name.startsWith("@" + SHOWN_READ)) {
          few.append(record);
        }
      }
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(fastq))) {
      out.write(few.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(file.getFileName()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
