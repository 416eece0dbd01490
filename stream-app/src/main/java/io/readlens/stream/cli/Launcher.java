package io.readlens.stream.cli;

import java.io.File;
import java.util.Locale;

/**
 * What {@code java -jar} starts. It needs nothing but the JDK, and so can say that the jar was
 * copied without its libraries, where every other class would end in a stack trace.
 */
public final class Launcher {
  private Launcher() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    String path = System.getProperty("java.class.path");
    File jar = new File(path).getAbsoluteFile();
    boolean alone = path.endsWith(".jar") && !path.contains(File.pathSeparator);
    if (alone && !new File(jar.getParentFile(), "lib").isDirectory()) {
      System.err.println(
          "readlens: there is no lib/ beside " + jar.getName() + ": copy the two together");
      System.exit(1);
    }
    Main.main(args);
  }
}
