package io.readlens.model.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** Standard output, of which Java tells only whether it works. */
public final class StandardOutput {
  private StandardOutput() {}

  /**
   * What is wrong with it, after a colon; empty if nothing is. Only to be asked when something is:
   * it is tried with an empty line.
   */
  public static String fault() {
    try {
      new FileOutputStream(FileDescriptor.out).write('\n');
      return "";
    } catch (IOException e) {
      return ": " + Why.of(e);
    }
  }
}
