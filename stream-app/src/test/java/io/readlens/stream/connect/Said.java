package io.readlens.stream.connect;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged to standard error. */
public final class Said {
  private Said() {}

  /** What logs. */
  public interface Work {
    void run() throws Exception;
  }

  public static String during(Work work) throws Exception {
    PrintStream err = System.err;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(err);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }
}
