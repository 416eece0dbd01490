package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every command in a process of its own that is told to end while it works: it ends at once by the
 * code that is documented, says nothing of a crash, and leaves nothing that is half written.
 */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class SignalsIT {
  private static final Map<String, Integer> CODES = Map.of("INT", 130, "TERM", 143, "HUP", 129);

  /** Of the process's time: then the engine does not only load any more. */
  private static final Duration WORK = Duration.ofSeconds(3);

  private static final String MANY_LENGTHS = String.join(",", Collections.nCopies(2_000, "1500"));

  private static final ToyPack PACK = new ToyPack();

  @TempDir private static Path shared;
  @TempDir private Path directory;
  private Process process;

  @BeforeAll
  static void prepare() throws IOException {
    PublishedWeights.write(shared, NucleotideTransformer.tensors());
    run(
        "cut",
        "--use=test_region",
        "--length=400",
        "--per-genome=2000",
        "--out=" + shared.resolve("reads.fq.gz"));
    run(
        "classifier",
        "--out=" + shared.resolve("bag"),
        "--reads=500",
        "--hidden=16",
        "--lengths=40");
  }

  private static void run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--genomes=" + PACK.directory());
    assertThat(Main.execute(all.toArray(String[]::new))).isZero();
  }

  @AfterEach
  void end() {
    process.destroyForcibly().onExit().join();
  }

  /** Where OUT stands in a command, it is a file or directory that must not be there afterwards. */
  @ParameterizedTest
  @CsvSource({
    "TERM, evaluate --input=SHARED/reads.fq.gz --truth=SHARED/reads.fq.gz.truth.tsv --json=OUT",
    "TERM, evaluate --input=SHARED/reads.fq.gz --truth=SHARED/reads.fq.gz.truth.tsv --html=OUT",
    "INT, evaluate --input=SHARED/reads.fq.gz --truth=SHARED/reads.fq.gz.truth.tsv --json=OUT",
    "HUP, evaluate --input=SHARED/reads.fq.gz --truth=SHARED/reads.fq.gz.truth.tsv --json=OUT",
    "TERM, classifier --genomes=PACK --reads=100000000 --hidden=64 --out=OUT",
    "INT, classifier --genomes=PACK --reads=100000000 --hidden=64 --out=OUT",
    "HUP, explainer --genomes=PACK --from=SHARED/bag --imitation=100000000 --reads=8 --out=OUT",
    "TERM, calibrate --genomes=PACK --from=SHARED/bag --lengths=MANY --out=OUT",
    "HUP, cut --genomes=PACK --use=test_region --per-genome=1000000 --length=100 --out=OUT",
    "INT, cut --genomes=PACK --use=test_region --per-genome=1000000 --length=100 --out=OUT",
    "INT, import --genomes=PACK --weights=SHARED --accept-licence=CC-BY-NC-SA-4.0 --out=OUT",
    "TERM, import --genomes=PACK --weights=SHARED --accept-licence=CC-BY-NC-SA-4.0 --out=OUT",
    "HUP, import --genomes=PACK --weights=SHARED --accept-licence=CC-BY-NC-SA-4.0 --out=OUT",
  })
  void shouldEndCleanly(String signal, String command) throws Exception {
    // Given a command at work
    Path out = directory.resolve("out");
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    List<String> words = new ArrayList<>();
    // A test that was itself started to outlive its terminal would have the signals ignored.
    words.addAll(List.of("env", "--default-signal=INT,HUP,TERM"));
    words.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    for (String word : command.split(" ")) {
      words.add(
          word.replace("OUT", out.toString())
              .replace("MANY", MANY_LENGTHS)
              .replace("SHARED", shared.toString())
              .replace("PACK", PACK.directory().toString()));
    }
    Path said = directory.resolve("said");
    process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> !process.isAlive() || isAtWork(command));
    assertThat(process.isAlive()).as(Files.readString(said)).isTrue();

    // When
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();

    // Then
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(CODES.get(signal));
    assertThat(Files.readString(said))
        .doesNotContain("Exception", "fatal error", "SIGSEGV", "readlens-trainer:");
    assertThat(files(temporary)).isEmpty();
    if (Files.isDirectory(out)) {
      // A training goes on where it was when the same command is given again.
      assertThat(files(out)).noneMatch(name -> name.endsWith(".part") || name.endsWith(".tmp"));
      assertThat(files(directory)).containsExactlyInAnyOrder("said", "tmp", "out");
    } else {
      assertThat(files(directory)).containsExactlyInAnyOrder("said", "tmp");
    }
  }

  private boolean isAtWork(String command) throws IOException {
    if (command.startsWith("import")) {
      return files(directory.resolve("out")).stream().anyMatch(name -> name.endsWith(".part"));
    }
    if (command.startsWith("cut")) {
      return files(directory).stream().anyMatch(name -> name.endsWith(".part"));
    }
    return isComputing()
        && process.info().totalCpuDuration().orElse(Duration.ZERO).compareTo(WORK) > 0;
  }

  /** Whether the engine's libraries are loaded. */
  private boolean isComputing() throws IOException {
    Path maps = Path.of("/proc", String.valueOf(process.pid()), "maps");
    return process.isAlive() && Files.readString(maps).contains("libdjl_torch");
  }

  private static List<String> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
