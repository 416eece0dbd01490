package io.readlens.model.network;

import com.sun.jna.Library;
import com.sun.jna.Native;
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

  /** Compiled products that oneDNN keeps, one for each shape that it has met; 1,024 by default. */
  private static final int ONEDNN_PRODUCTS = 32;

  private static final String ONEDNN_CAPACITY = "ONEDNN_PRIMITIVE_CACHE_CAPACITY";

  /** The C library. */
  interface C extends Library {
    int mallopt(int parameter, int value);

    int setenv(String name, String value, int overwrite);

    String getenv(String name);
  }

  private TorchProcess() {}

  /**
   * Keeps the engine off the network, and its memory small and flat under reads of ever other
   * lengths. Left alone, glibc keeps what each thread has freed for that thread, and oneDNN a
   * product for each shape. Where the C library is another one, memory is as that one has it. What
   * the environment says of oneDNN stands.
   */
  public static void forInference() {
    prepare(2, 1 << 20, 128 << 20);
  }

  /**
   * Keeps the engine off the network, and what it has freed for its next step, which takes the same
   * again: asking the system for it each time would double the time of a step.
   */
  public static void forTraining() {
    prepare(1, 1 << 30, Integer.MAX_VALUE);
  }

  /**
   * @param arenas that threads share
   * @param mapped bytes from which on a block is the system's again as soon as it is freed
   * @param trimmed bytes that an arena may keep at its end
   */
  private static void prepare(int arenas, int mapped, int trimmed) {
    // The engine would ask for a metadata address when it starts.
    System.setProperty("ai.djl.offline", "true");
    try {
      C c = Native.load("c", C.class);
      c.setenv(ONEDNN_CAPACITY, String.valueOf(ONEDNN_PRODUCTS), 0);
      c.mallopt(M_ARENA_MAX, arenas);
      c.mallopt(M_MMAP_THRESHOLD, mapped);
      c.mallopt(M_TRIM_THRESHOLD, trimmed);
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("memory is left as the C library has it", e);
    }
  }
}
