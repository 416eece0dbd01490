package io.readlens.model.process;

import com.sun.jna.Library;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The end of a program: by its own will, or by SIGINT, SIGTERM or SIGHUP, after which its exit code
 * is 128 and the signal's number: 130, 143, 129. Nothing half written is left under any name, and
 * no crash report, whatever computes meanwhile.
 *
 * <p>Threading: safe for use by many threads; signals come on threads of their own.
 */
public final class Ending {
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
  private static final int SIGNALLED = 128;

  /** How long what was printed may take to get out: who reads it may have stopped to. */
  private static final long FLUSHING_MILLIS = 1_000;

  private static final AtomicReference<Runnable> LAST = new AtomicReference<>();
  private static final AtomicReference<C> LIBRARY = new AtomicReference<>();
  private static boolean installed;
  private static int received;

  /** The C library. */
  private interface C extends Library {
    void _exit(int status);
  }

  private Ending() {}

  /** From now on, signals end the program as this class does. May be called again. */
  public static synchronized void install() {
    if (installed) {
      return;
    }
    installed = true;
    CLibrary.bind(C.class).ifPresent(LIBRARY::set);
    SIGNALS.forEach(Ending::handle);
  }

  /**
   * By reflection, because the compiler warns of {@code sun.misc.Signal} and there is no other way
   * to know which signal it was. Where a signal is not to be had, it ends the JVM in its own way.
   */
  private static void handle(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object instance = signal.getConstructor(String.class).newInstance(name);
      int number = (int) signal.getMethod("getNumber").invoke(instance);
      Object handling =
          Proxy.newProxyInstance(
              Ending.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  onSignal(number);
                }
                return null;
              });
      signal.getMethod("handle", signal, handler).invoke(null, instance, handling);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // The JVM was told to leave signals alone.
    }
  }

  private static void onSignal(int number) {
    synchronized (Ending.class) {
      if (received != 0) {
        return; // It is on its way.
      }
      received = number;
    }
    Runnable last = LAST.get();
    if (last != null) {
      last.run();
    }
    exit(SIGNALLED + number);
  }

  /** Whether a signal has come: what fails now fails because of it. */
  public static synchronized boolean isSignalled() {
    return received != 0;
  }

  /**
   * Has something done when a signal comes, before the program ends; it ends when that returns.
   *
   * @param last null to have nothing done any more
   */
  public static void beforeSignalEnds(Runnable last) {
    LAST.set(last);
  }

  /**
   * Ends the program at once: files in the making are deleted, what was printed is flushed, and
   * nothing else runs, shutdown hooks included. Does not return.
   *
   * @param code the exit code, unless a signal has come
   */
  public static void exit(int code) {
    NewFile.abandonAll();
    flush();
    int signal;
    synchronized (Ending.class) {
      signal = received;
    }
    forgetJvm();
    C library = LIBRARY.get();
    if (library != null) {
      library._exit(signal == 0 ? code : SIGNALLED + signal);
    }
    Runtime.getRuntime().halt(signal == 0 ? code : SIGNALLED + signal);
  }

  private static void flush() {
    Thread flushing =
        new Thread(
            () -> {
              System.out.flush();
              System.err.flush();
            },
            "readlens-flush");
    flushing.setDaemon(true);
    flushing.start();
    try {
      flushing.join(FLUSHING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes the JVM's own figures of this process, as the JVM would. */
  private static void forgetJvm() {
    try {
      Files.deleteIfExists(
          Path.of("/tmp", "hsperfdata_" + System.getProperty("user.name"))
              .resolve(String.valueOf(ProcessHandle.current().pid())));
    } catch (IOException | RuntimeException e) {
      // Another JVM of the user's will.
    }
  }
}
