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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code run} and {@code demo}, started beside processes that want every core. They must start, and
 * account for every read once; how long that takes is printed and not judged.
 *
 * <p>The long form, ten starts of each beside thirty such processes:
 *
 * <pre>mvn -B -ntp -Pload -DskipTests verify -pl stream-app -am</pre>
 */
@Timeout(3_600)
class BesideALoadIT {
  private static final int STARTS = Integer.getInteger("readlens.load.starts", 1);
  private static final int LOOPS = Integer.getInteger("readlens.load.loops", 6);
  private static final int READS = 40;
  private static final int AFTERWARDS = 400;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Pattern LEDGER =
      Pattern.compile(
          "ledger received=(\\d+) classified=(\\d+) unclassified=(\\d+) too_short=(\\d+)"
              + " dead_lettered=(\\d+)");

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
        for (int start = 1; start <= STARTS; start++) {
          Process run = java("run-" + start, "run", "--config", platform.config().toString());
          awaitStarted(run, "run-" + start);
          double rate = rate(platform, committed, READS);
          assertThat(run.isAlive()).as(log("run-" + start)).isTrue();
          print("run %d beside %d: %.1f reads/s, %s", start, LOOPS, rate, measured(start));
          if (start < STARTS) {
            stop(run);
          }
        }
        load.forEach(Process::destroyForcibly);
        rate(platform, committed, AFTERWARDS);
        double afterwards = rate(platform, committed, AFTERWARDS);

        // Then
        print("the last run, afterwards: %.1f reads/s", afterwards);
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
      long began = System.nanoTime();
      Process demo = java("demo-" + start, "demo", "--input", reads.toString(), "--exit-when-done");
      assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

      // Then
      String log = log("demo-" + start);
      assertThat(demo.exitValue()).as(log).isZero();
      Matcher ledger = LEDGER.matcher(log);
      assertThat(ledger.find()).as(log).isTrue();
      assertThat(Integer.parseInt(ledger.group(1))).isEqualTo(READS);
      int outcomes = 0;
      for (int group = 2; group <= ledger.groupCount(); group++) {
        outcomes += Integer.parseInt(ledger.group(group));
      }
      assertThat(outcomes).isEqualTo(READS);
      print(
          "demo %d beside %d: all of %d reads after %.0f s",
          start, LOOPS, READS, (System.nanoTime() - began) / 1e9);
    }
    load.forEach(Process::destroyForcibly);
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

  private static void stop(Process run) throws InterruptedException {
    run.destroy();
    assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
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
