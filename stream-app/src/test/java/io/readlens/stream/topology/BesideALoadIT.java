package io.readlens.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.readlens.schemas.Registry;
import io.readlens.schemas.Topics;
import io.readlens.stream.cli.Main;
import io.readlens.stream.embedded.EmbeddedPlatform;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.LedgerView;
import io.readlens.stream.topics.KafkaTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code run} and {@code demo}, started beside processes that want every core. They must start, and
 * give every read one outcome; how long that takes is printed and not judged. Once those processes
 * are gone, what has started beside them must become faster than it was.
 *
 * <p>The long form, ten starts of each beside thirty such processes:
 *
 * <pre>mvn -B -ntp -Pload -DskipTests verify -pl stream-app -am</pre>
 */
@Timeout(14_400)
class BesideALoadIT {
  private static final int STARTS = Integer.getInteger("readlens.load.starts", 1);
  private static final int LOOPS =
      Integer.getInteger("readlens.load.loops", 3 * Runtime.getRuntime().availableProcessors());
  private static final int READS = 200;
  private static final int AFTERWARDS = 400;

  /** Of three loops and one run on each core, the run gets a fourth of it at least. */
  private static final double RETURNED = 1.5;

  private static final int SIGTERM = 143;
  private static final Duration PATIENCE = Duration.ofMinutes(40);
  @TempDir Path directory;

  private final List<Process> children = new ArrayList<>();
  private final Random random = new Random(1);
  private int sent;

  @AfterEach
  void end() {
    children.forEach(Process::destroyForcibly);
  }

  @Test
  void shouldStartRunAndReturnToItsSpeedWithoutARestart() throws Exception {
    // Given
    try (EmbeddedPlatform platform =
        EmbeddedPlatform.start(
            directory.resolve("broker"), EmbeddedPlatform.ANY_PORT, EmbeddedPlatform.ANY_PORT)) {
      Map<String, String> client = Map.of("bootstrap.servers", platform.bootstrapServers());
      Topics topics = Topics.standard();
      try (KafkaTopics created = KafkaTopics.connect(client)) {
        created.create(topics.all(), KafkaTopics.BROKERS_REPLICATION);
      }
      try (Registry registry =
              Registry.connect(Map.of("schema.registry.url", platform.registryUrl()));
          Committed committed = new Committed(platform.bootstrapServers(), topics, registry)) {
        List<Process> load = load();

        // When
        double beside = 0;
        for (int start = 1; start <= STARTS; start++) {
          Process run = java("run-" + start, "run", "--config", platform.config().toString());
          awaitStarted(run, "run-" + start);
          beside = rate(platform, committed, READS);
          assertThat(run.isAlive()).as(log("run-" + start)).isTrue();
          print("run %d beside %d: %.1f reads/s, %s", start, LOOPS, beside, measured(start));
          if (start < STARTS) {
            stop(run);
          }
        }
        load.forEach(Process::destroyForcibly);

        // Then
        awaitSpeed(RETURNED * beside, platform, committed);
        committed.pollUntilQuiet();
        assertThat(committed.explained()).hasSize(sent).doesNotHaveDuplicates();
        try (LedgerView ledger = LedgerView.of(client, topics.ledger(), registry)) {
          assertThat(ledger.catchUp(PATIENCE)).isTrue();
          Counts all =
              ledger.entries().keySet().stream()
                  .map((Account account) -> ledger.counts(account))
                  .reduce(Counts.NONE, Counts::plus);
          assertThat(all.balance()).isTrue();
          assertThat(all.received()).isEqualTo(sent);
        }
      }
    }
  }

  @Test
  void shouldStartDemo() throws Exception {
    // Given
    List<Process> load = load();
    Path reads = reads(READS);

    for (int start = 1; start <= STARTS; start++) {
      // When
      String name = "demo-" + start;
      long began = System.nanoTime();
      Process demo = java(name, "demo", "--input", reads.toString());
      await().atMost(PATIENCE).until(() -> !demo.isAlive() || log(name).contains("all stays up"));

      // Then
      print(
          "demo %d beside %d: all of %d reads after %.0f s",
          start, LOOPS, READS, (System.nanoTime() - began) / 1e9);
      assertThat(demo.isAlive()).as(log(name)).isTrue();
      requireOneOutcomeOfEach(address("broker", name), address("registry", name));
      assertThat(stop(demo)).isEqualTo(SIGTERM);
    }
    load.forEach(Process::destroyForcibly);
  }

  /** As the topics of a demo that is still up have it, not as it says. */
  private static void requireOneOutcomeOfEach(String broker, String registryUrl) {
    Topics topics = Topics.standard();
    try (Registry registry = Registry.connect(Map.of("schema.registry.url", registryUrl));
        Committed committed = new Committed(broker, topics, registry);
        LedgerView ledger =
            LedgerView.of(Map.of("bootstrap.servers", broker), topics.ledger(), registry)) {
      committed.pollUntilQuiet();
      assertThat(committed.explained())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, READS).mapToObj(i -> "read-" + i).toList());
      assertThat(committed.letters()).isEmpty();
      assertThat(ledger.catchUp(PATIENCE)).isTrue();
      assertThat(ledger.total()).isEqualTo(committed.outcomes().plus(received(READS)));
    }
  }

  private static Counts received(int reads) {
    return new Counts(reads, 0, 0, 0, 0);
  }

  /** What a demo says of where something is. */
  private String address(String what, String name) throws IOException {
    Matcher line = Pattern.compile("(?m)^" + what + " +(\\S+)$").matcher(log(name));
    assertThat(line.find()).as(log(name)).isTrue();
    return line.group(1);
  }

  /** Processes that want a core each, until they are ended or this one is gone. */
  private List<Process> load() throws IOException {
    String busy =
        "while kill -0 %d; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done"
            .formatted(ProcessHandle.current().pid());
    List<Process> load = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      Process loop =
          new ProcessBuilder("sh", "-c", busy)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      load.add(loop);
      children.add(loop);
    }
    return load;
  }

  private Process java(String name, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start();
    children.add(process);
    return process;
  }

  private void awaitStarted(Process run, String name) {
    await().atMost(PATIENCE).until(() -> !run.isAlive() || log(name).contains("explaining "));
  }

  private String log(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".log"));
  }

  private String measured(int start) throws IOException {
    Matcher speed = Pattern.compile("DeviceSpeed\\[.*?\\]").matcher(log("run-" + start));
    return speed.find() ? speed.group() : "speed not said";
  }

  /** Tells a process to end; its exit code. */
  private static int stop(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /**
   * Sends reads until they are answered at least at such a rate. Others may be at work on the
   * machine, too; that they are is no fault.
   */
  private void awaitSpeed(double least, EmbeddedPlatform platform, Committed committed)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    double rate;
    do {
      rate = rate(platform, committed, AFTERWARDS);
      print("the last run, afterwards: %.1f reads/s of %.1f", rate, least);
    } while (rate < least && System.nanoTime() < deadline);
    assertThat(rate).isGreaterThanOrEqualTo(least);
  }

  /** Sends reads and waits until all have an outcome; how many a second that were. */
  private double rate(EmbeddedPlatform platform, Committed committed, int count) throws Exception {
    Path reads = reads(count);
    Process replay =
        java(
            "replay-" + sent,
            "replay",
            "--config",
            platform.config().toString(),
            "--input",
            reads.toString());
    assertThat(replay.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(replay.exitValue()).as(log("replay-" + sent)).isZero();
    await().atMost(PATIENCE).until(() -> committed.poll().count() > sent);
    int already = committed.count() - sent;
    long began = System.nanoTime();
    sent += count;
    await().atMost(PATIENCE).until(() -> committed.poll().count() >= sent);
    return (count - already) / ((System.nanoTime() - began) / 1e9);
  }

  /** Random bases: a device's time for them is that for any others. */
  private Path reads(int count) throws IOException {
    StringBuilder fasta = new StringBuilder();
    for (int i = 0; i < count; i++) {
      fasta.append(">read-").append(sent + i).append('\n');
      random.ints(1_500, 0, 4).forEach(base -> fasta.append("ACGT".charAt(base)));
      fasta.append('\n');
    }
    return Files.writeString(directory.resolve("reads-" + sent + ".fasta"), fasta);
  }

  private static void print(String format, Object... values) {
    System.out.printf("load: " + format + "%n", values);
  }
}
