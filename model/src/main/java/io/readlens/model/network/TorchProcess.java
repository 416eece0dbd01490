package io.readlens.model.network;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import com.sun.jna.Library;
import io.readlens.model.process.CLibrary;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Settings that the engine's libraries keep per process, to be made before the engine is first
 * used. A program calls this; a library that did would decide for its caller.
 */
public final class TorchProcess {
  // Parameters of mallopt(3).
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;
  private static final int M_ARENA_MAX = -8;

  private static final int GIVE_BACK_SECONDS = 10;

  /** Compiled products that oneDNN keeps, one for each shape that it has met; 1,024 by default. */
  private static final int ONEDNN_PRODUCTS = 32;

  private static final String ONEDNN_CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

  private static final String ENGINE = "PyTorch";

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
   * Opens memory on a device, and loads the engine before if that has not been done.
   *
   * @throws IllegalStateException if the engine cannot be unpacked or loaded; the message names its
   *     directory and what to set
   */
  public static NDManager manager(Device device) {
    requireEngine();
    return NDManager.newBaseManager(device, ENGINE);
  }

  /** The same on the device that the engine prefers: the first GPU, else the CPU. */
  public static NDManager manager() {
    return manager(requireEngine().defaultDevice());
  }

  /** How many GPUs the engine can use. */
  public static int gpus() {
    return requireEngine().getGpuCount();
  }

  /** Loads the engine if that has not been done. */
  static Engine requireEngine() {
    try {
      return Engine.getEngine(ENGINE);
    } catch (EngineException | LinkageError e) {
      throw new IllegalStateException(
          "cannot unpack and load the PyTorch engine in %s (DJL_CACHE_DIR names another directory; it takes 500 MB where files can be made and run)"
              .formatted(Utils.getEngineCacheDir("pytorch")),
          e);
    }
  }

  /**
   * @param arenas that threads share
   * @param mapped bytes from which on a block is the system's again as soon as it is freed
   * @param trimmed bytes that an arena may keep at its end
   */
  private static Optional<C> prepare(int arenas, int mapped, int trimmed) {
    // The engine would ask for a metadata address when it starts.
    System.setProperty("ai.djl.offline", "true");
    Optional<C> library = CLibrary.bind(C.class);
    library.ifPresent(
        c -> {
          c.setenv(ONEDNN_CAPACITY, String.valueOf(ONEDNN_PRODUCTS), 0);
          c.mallopt(M_ARENA_MAX, arenas);
          c.mallopt(M_MMAP_THRESHOLD, mapped);
          c.mallopt(M_TRIM_THRESHOLD, trimmed);
        });
    return library;
  }
}
