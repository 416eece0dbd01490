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

  /** A block from this size on is the system's again as soon as it is freed. */
  private static final int MAPPED_BYTES = 1 << 20;

  private static final int TRIMMED_BYTES = 128 << 20;

  /** An arena for all threads, and one for whoever finds that one taken. */
  private static final int ARENAS = 2;

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
  public static void prepare() {
    // The engine would ask for a metadata address when it starts.
    System.setProperty("ai.djl.offline", "true");
    try {
      C c = Native.load("c", C.class);
      c.setenv(ONEDNN_CAPACITY, String.valueOf(ONEDNN_PRODUCTS), 0);
      c.mallopt(M_ARENA_MAX, ARENAS);
      c.mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
      c.mallopt(M_TRIM_THRESHOLD, TRIMMED_BYTES);
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("memory is left as the C library has it", e);
    }
  }
}
