package io.readlens.model.network;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that the engine's libraries keep per process, to be made before the engine is first
 * used. A program calls this; a library that did would decide for its caller.
 */
public final class TorchProcess {
  private static final Logger LOG = LoggerFactory.getLogger(TorchProcess.class);

  // Parameters of mallopt(3).
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;
  private static final int M_ARENA_MAX = -8;

  private static final int GIVE_BACK_SECONDS = 10;

  /** Compiled products that oneDNN keeps, one for each shape that it has met; 1,024 by default. */
  private static final int ONEDNN_PRODUCTS = 32;

  private static final String ONEDNN_CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

  /** The C library. */
  interface C extends Library {
    int mallopt(int parameter, int value);

    int malloc_trim(long pad);

    int setenv(String name, String value, int overwrite);

    String getenv(String name);
  }

  private TorchProcess() {}

  /**
   * Keeps the engine off the network, and its memory small and flat under reads of ever other
   * lengths. Left alone, glibc keeps what each thread has freed for that thread, in ever smaller
   * pieces, and oneDNN a product for each shape. What is free is therefore given back from time to
   * time; each time, to no longer keep it at all, would cost a tenth of the speed. Where the C
   * library is another one, memory is as that one has it. What the environment says of oneDNN
   * stands.
   */
  public static void forInference() {
    prepare(2, 8 << 20, 128 << 20).ifPresent(TorchProcess::giveBackFromTimeToTime);
  }

  private static void giveBackFromTimeToTime(C c) {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "readlens-memory");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        clock.scheduleWithFixedDelay(
            () -> c.malloc_trim(0), GIVE_BACK_SECONDS, GIVE_BACK_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Keeps the engine off the network, and what it has freed for its next step, which takes the same
   * again: asking the system for it each time would double the time of a step.
   */
  public static void forTraining() {
    Optional<C> unused = prepare(1, 1 << 30, Integer.MAX_VALUE);
  }

  /**
   * @param arenas that threads share
   * @param mapped bytes from which on a block is the system's again as soon as it is freed
   * @param trimmed bytes that an arena may keep at its end
   */
  private static Optional<C> prepare(int arenas, int mapped, int trimmed) {
    // The engine would ask for a metadata address when it starts.
    System.setProperty("ai.djl.offline", "true");
    try {
      C c = Native.load("c", C.class);
      c.setenv(ONEDNN_CAPACITY, String.valueOf(ONEDNN_PRODUCTS), 0);
      c.mallopt(M_ARENA_MAX, arenas);
      c.mallopt(M_MMAP_THRESHOLD, mapped);
      c.mallopt(M_TRIM_THRESHOLD, trimmed);
      return Optional.of(c);
    } catch (LinkageError e) {
      // A full temporary directory has no room for JNA's own library, and others have met that.
      LOG.debug("memory is left as the C library has it", e);
      return Optional.empty();
    }
  }
}
