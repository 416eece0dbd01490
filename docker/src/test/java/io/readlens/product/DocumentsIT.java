package io.readlens.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
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
  private static final Path BUNDLED =
      ROOT.resolve("model/src/main/resources/io/readlens/checkpoint/default");
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
          "# The same is in ",
          JAR + "run ",
          "explaining ",
          "java -cp ",
          SHOWN_READ,
          "python3 ",
          SHOWN_READ,
          "node ",
          SHOWN_READ);

  /** Commands that take too long for a test, or start a build within the build. */
  private static final List<String> LONG = List.of(JAR + "bench ", JAR + "demo ");

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
      boolean typed = document.equals(README) || document.startsWith(BUNDLED);
      for (Block block : Block.of(document)) {
        if (!typed && !block.language().isEmpty()) {
          untyped.add(block.place());
        }
      }
    }

    // Then
    assertThat(documents).contains(README, BUNDLED.resolve("README.md"));
    assertThat(untyped).isEmpty();
  }

  private void type(Block block) throws Exception {
    switch (block.language()) {
      case "sh" -> {
        for (String command : block.commands()) {
          type(command);
        }
      }
      case "properties" -> Files.writeString(directory.resolve("my.properties"), here(block));
      case "java", "python", "js" -> Files.writeString(file(block), block.text());
      case "xml" -> assertThat(block.text()).contains(artifact("schemas"));
      case "json" -> isWritten(block);
      case "" -> {} // A picture, or what was seen.
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
        rememberAddresses();
        return;
      }
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

  /** The connection of the document, with the addresses of what runs here. */
  private String here(Block block) throws IOException {
    Properties embedded = new Properties();
    try (BufferedReader written =
        Files.newBufferedReader(directory.resolve("readlens-data/readlens.properties"))) {
      embedded.load(written);
    }
    Properties shown = new Properties();
    shown.load(new StringReader(block.text()));
    Map<String, String> here = new TreeMap<>();
    shown
        .stringPropertyNames()
        .forEach(name -> here.put(name, embedded.getProperty(name, shown.getProperty(name))));
    assertThat(here).containsKeys("bootstrap.servers", "schema.registry.url");
    StringBuilder text = new StringBuilder();
    here.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  private void rememberAddresses() throws IOException {
    Properties properties = new Properties();
    Path file = directory.resolve("readlens-data/readlens.properties");
    try (BufferedReader written = Files.newBufferedReader(file)) {
      properties.load(written);
    }
    shell.set("BROKER", properties.getProperty("bootstrap.servers"));
    shell.set("REGISTRY", properties.getProperty("schema.registry.url"));
  }

  private boolean isThere(String program) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("bash", "-c", FOREIGN.get(program))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  /** Where the reader is to save a program: its first line says so. */
  private Path file(Block block) {
    Matcher name = FILE_NAME.matcher(block.text().lines().findFirst().orElseThrow());
    assertThat(name.matches()).as(block.place()).isTrue();
    return directory.resolve(name.group(1));
  }

  /** The explanation that the document shows is the one that the model gives. */
  private void isWritten(Block block) throws Exception {
    String records = shell.run(JAR + "explain --faithfulness all --top-k 1 --input reads.fastq.gz");
    ObjectMapper json = new ObjectMapper();
    JsonNode shown = json.readTree(block.text().replace(", ...]", "]").replace("...\"", "\""));
    JsonNode written =
        json.readTree(
            records.lines().filter(line -> line.contains(SHOWN_READ)).findFirst().orElseThrow());
    assertThat(names(written)).isEqualTo(names(shown));
    assertThat(written.at("/checkpointId")).isEqualTo(shown.at("/checkpointId"));
    for (String exact : List.of("rank", "taxId", "name")) {
      assertThat(written.findValues(exact)).isEqualTo(shown.findValues(exact));
    }
    for (String rounded : List.of("probability", "sufficiency", "comprehensiveness")) {
      List<JsonNode> numbers = written.findValues(rounded);
      for (int i = 0; i < numbers.size(); i++) {
        assertThat(numbers.get(i).asDouble())
            .isCloseTo(shown.findValues(rounded).get(i).asDouble(), offset(1e-3));
      }
    }
  }

  private static List<String> names(JsonNode record) {
    List<String> names = new ArrayList<>();
    record.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The group, name and version that the module has. */
  private static String artifact(String module) throws IOException {
    Matcher pom =
        Pattern.compile(
                "<groupId>(\\S+)</groupId>\\s+<artifactId>\\S+</artifactId>\\s+<version>(\\S+)<"
                    + "(?s:.*?)</parent>\\s+<artifactId>(\\S+)</artifactId>")
            .matcher(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
    assertThat(pom.find()).isTrue();
    return """
          <groupId>%s</groupId>
          <artifactId>%s</artifactId>
          <version>%s</version>
        """
        .formatted(pom.group(1), pom.group(3), pom.group(2));
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
