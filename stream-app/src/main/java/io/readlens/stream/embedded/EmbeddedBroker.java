package io.readlens.stream.embedded;

import io.readlens.model.process.Why;
import io.readlens.stream.waiting.Patience;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.RetriableException;

/**
 * One Kafka broker in a child JVM, which a test may kill and a demo may throw away.
 *
 * <p>Its directory holds {@code kafka/} (topics), {@code broker.properties} and {@code broker.log}
 * (appended to by each start). Starting again on the same directory finds the topics again. The
 * child runs on this JVM's class path and ends with it, however it ends: see {@link BrokerMain}.
 *
 * <p>Threading: safe for use by several threads; starts no thread in this JVM.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** The log's name in the broker's directory. */
  public static final String LOG = "broker.log";

  /**
   * How long a start may take while the broker's process lives: a process that has ended is noticed
   * at once, and a machine that is busy with much else is no reason to give up.
   */
  static final Patience START = new Patience(Duration.ofMinutes(10));

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String TRY_MILLIS = "15000";
  private static final int PORT_ATTEMPTS = 5;
  private static final Path SHELL = Path.of("/bin/sh");

  /** Measured on 20,000 reads of 1.5 kB: about 170 MB resident, heap included. */
  private static final List<String> JVM_FLAGS =
      List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final BrokerNode node;
  private final BrokerLog log;
  private final Process process;

  private EmbeddedBroker(BrokerNode node, BrokerLog log, Process process) {
    this.node = node;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a broker on a free port and returns when it answers.
   *
   * @param directory created where it does not exist
   * @throws StartupException when the broker does not come up or another one uses the directory
   */
  public static EmbeddedBroker start(Path directory) {
    return start(directory, Optional.empty());
  }

  /** The same, with what makes it secure. */
  static EmbeddedBroker start(Path directory, Optional<Security> security) {
    for (int attempt = 1; ; attempt++) {
      BrokerNode node = node(directory, Loopback.freePort(), security);
      try {
        return launch(directory, node);
      } catch (StartupException e) {
        boolean portLost = !node.listeners().areFree();
        if (!portLost || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Starts a broker on a given port and returns when it answers; on the directory and port of a
   * broker that was killed, this is its restart.
   *
   * @param directory created where it does not exist
   * @param port 1 to 65535
   * @throws StartupException when the port is taken, the broker does not come up, or another one
   *     uses the directory
   */
  public static EmbeddedBroker start(Path directory, int port) {
    return start(directory, port, Optional.empty());
  }

  /** The same, with what makes it secure. */
  static EmbeddedBroker start(Path directory, int port, Optional<Security> security) {
    if (!Loopback.isFree(port)) {
      throw StartupException.portTaken("broker", port);
    }
    return launch(directory, node(directory, port, security));
  }

  private static BrokerNode node(Path directory, int port, Optional<Security> security) {
    return new BrokerNode(directory.resolve("kafka"), Listeners.on(port, security));
  }

  /** Where clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return Loopback.at(port());
  }

  public int port() {
    return node.listeners().port();
  }

  /** What leads clients here: the address, and with security the means to log in. */
  Map<String, String> client() {
    return node.listeners().client();
  }

  /** What leads this JVM here, with all rights. */
  Map<String, String> owner() {
    return node.listeners().owner();
  }

  /** The operating system's id of the child process. */
  public long pid() {
    return process.pid();
  }

  /** What the child printed and logged, in this run and earlier ones. */
  public Path log() {
    return log.file();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** How the child has ended, why if its log says so, and where that is. */
  public String ending() {
    return log.ending(process.exitValue());
  }

  /** Completes when the child has ended, whoever ended it. */
  public CompletableFuture<Void> ended() {
    return process.onExit().thenAccept(child -> {});
  }

  /** Kills the child as {@code kill -9} does and returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Lets the broker shut down cleanly; kills it when that takes longer than 20 s. Idempotent. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
    boolean ended = false;
    try {
      ended = process.waitFor(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!ended) {
        kill();
      }
    }
  }

  private static EmbeddedBroker launch(Path directory, BrokerNode node) {
    if (directory.toString().contains(",")) {
      throw new StartupException("broker: Kafka takes no directory with a comma: " + directory);
    }
    BrokerLog log = BrokerLog.of(directory.resolve(LOG));
    EmbeddedBroker broker;
    DataDirectory.prepare(directory);
    try {
      node.format();
      PrivateFiles.createFile(log.file());
      awaitUnlocked(node.storage());
      Path properties = directory.resolve("broker.properties");
      // Its letters beyond Latin-1 escaped, as Kafka reads it; it may hold passwords.
      try (OutputStream out = PrivateFiles.create(properties)) {
        node.settings().store(out, "Written anew at each start");
      }
      Process process =
          new ProcessBuilder(command(properties))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.file().toFile()))
              .start();
      broker = new EmbeddedBroker(node, log, process);
    } catch (IOException | UncheckedIOException e) {
      throw new StartupException("broker: cannot start in " + directory + ": " + Why.of(e), e);
    }
    boolean ready = false;
    try {
      ready = START.waitFor("the embedded broker to start", broker::awaitReady);
      return broker;
    } finally {
      if (!ready) {
        broker.kill();
      }
    }
  }

  private static List<String> command(Path properties) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SHELL)) {
      // Whatever the broker writes is its owner's alone.
      command.addAll(List.of(SHELL.toString(), "-c", "umask 077 && exec \"$0\" \"$@\""));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_FLAGS);
    command.add("-Dlogback.configurationFile=logback-broker.xml");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(BrokerMain.class.getName(), properties.toString()));
    return command;
  }

  /** A broker that is just shutting down, orphaned perhaps, is waited for. */
  private static void awaitUnlocked(Path storage) {
    if (!await(LOCK_LIMIT, () -> isUnlocked(storage))) {
      throw new StartupException("broker: " + storage + " is in use by another broker");
    }
  }

  private static boolean isUnlocked(Path storage) {
    try (FileChannel channel =
            FileChannel.open(
                storage.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In steps, because a client that meets a closed port complains in the log. */
  private boolean awaitReady() {
    AtomicReference<String> last = new AtomicReference<>("");
    boolean ready =
        await(
            START.limit(),
            () ->
                !process.isAlive()
                    || (Loopback.acceptsConnections(port())
                        && did("be asked", last, admin -> !isFenced(admin))
                        && did("be given its user", last, this::createUser)));
    if (!process.isAlive()) {
      throw new StartupException("broker: cannot start: " + log.ending(process.exitValue()));
    }
    if (!ready) {
      throw new StartupException(
          "broker: not up within %d s%s, see %s"
              .formatted(START.limit().toSeconds(), last.get(), log.file()));
    }
    return true;
  }

  /** A step of the start that asks the broker. */
  private interface Step {
    /** Whether it is done. */
    boolean isDone(Admin admin) throws ExecutionException, InterruptedException;
  }

  /**
   * Tries a step.
   *
   * @param last told why it is not done, if time may help
   */
  private boolean did(String what, AtomicReference<String> last, Step step) {
    try (Admin admin = admin()) {
      return step.isDone(admin);
    } catch (ExecutionException e) {
      String words = "cannot " + what + ": " + Why.of(e);
      if (!(e.getCause() instanceof RetriableException)) {
        throw new StartupException("broker: " + words, e);
      }
      last.set(" (" + words + ")");
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("broker: interrupted while starting", e);
    }
  }

  private static boolean isFenced(Admin admin) throws ExecutionException, InterruptedException {
    return admin.describeCluster().nodes().get().isEmpty();
  }

  /** At each start, for the storage may be older than the password. */
  private boolean createUser(Admin admin) throws ExecutionException, InterruptedException {
    if (node.listeners().security().isPresent()) {
      node.listeners().security().get().createUser(admin);
    }
    return true;
  }

  private Admin admin() {
    Map<String, Object> settings = new HashMap<>(owner());
    settings.put("client.id", "readlens-embedded-broker");
    settings.put("default.api.timeout.ms", TRY_MILLIS);
    settings.put("request.timeout.ms", TRY_MILLIS);
    return Admin.create(settings);
  }

  private static boolean await(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartupException("broker: interrupted while starting", e);
      }
    }
    return true;
  }
}
