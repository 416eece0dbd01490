package io.readlens.stream.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kafka.Kafka;

/**
 * The child JVM of {@link EmbeddedBroker}: Kafka's own main class, on a leash.
 *
 * <p>The leash is standard input, a pipe whose other end only the parent holds. It ends when the
 * parent closes it and when the parent is gone, however that happened, {@code kill -9} included;
 * the broker then shuts down. So the parent needs no shutdown hook, which would run beside the
 * application's own hooks and take the broker away while they still flush to it. For the same
 * reason the terminal's signals, which reach the whole process group, are the parent's to heed:
 * here Ctrl-C and hang-up are ignored.
 */
final class BrokerMain {
  private static final long SHUTDOWN_LIMIT_SECONDS = 20;

  private BrokerMain() {}

  /** Takes what {@code kafka.Kafka} takes: the path of the broker's properties. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    ignoreSignal("INT");
    ignoreSignal("HUP");
    Thread leash = new Thread(BrokerMain::endWithParent, "readlens-broker-leash");
    leash.setDaemon(true);
    leash.start();
    Kafka.main(args);
  }

  private static void endWithParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("broker: lost its parent: " + e);
    }
    // Exit waits for Kafka's shutdown hook; an orphan whose hook hangs must still end.
    CompletableFuture.delayedExecutor(SHUTDOWN_LIMIT_SECONDS, TimeUnit.SECONDS)
        .execute(() -> Runtime.getRuntime().halt(1));
    System.exit(0);
  }

  /**
   * By reflection, as Kafka does it, because the compiler warns of {@code sun.misc.Signal} and
   * there is no other way. The handler is an object, not the native "ignore", because Kafka's own
   * handler calls the one that it replaces.
   */
  private static void ignoreSignal(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ignore =
          Proxy.newProxyInstance(
              BrokerMain.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> null);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), ignore);
    } catch (ReflectiveOperationException | RuntimeException e) {
      System.err.println("broker: cannot ignore signal " + name + ": " + e);
    }
  }
}
