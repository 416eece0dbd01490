package io.readlens.model.process;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The C library, by JNA, which unpacks a small library of its own for that. Where it cannot, as on
 * a full disk or where nothing may be run from, programs go on without, and say so once.
 *
 * <p>Threading: safe for use by many threads.
 */
public final class CLibrary {
  private static final String DIRECTORY = "jna.tmpdir";

  /** More than JNA's library takes. */
  private static final long ROOM = 1 << 20;

  private static String directory = "";
  private static boolean unpacked;
  private static String fault;

  private CLibrary() {}

  /**
   * Binds functions of the C library.
   *
   * @param functions an interface with the functions' names
   * @return empty if they are not to be had; see {@link #fault}
   */
  public static synchronized <T extends Library> Optional<T> bind(Class<T> functions) {
    if (fault != null) {
      return Optional.empty(); // JNA's class is unusable after it has failed.
    }
    try {
      if (!unpacked) {
        unpack();
        unpacked = true;
      }
      return Optional.of(Native.load("c", functions));
    } catch (IOException | RuntimeException | LinkageError e) {
      fault = Why.of(e);
      return Optional.empty();
    }
  }

  /** In a directory of its own, since JNA leaves behind what it cannot load. */
  private static void unpack() throws IOException {
    String given = System.getProperty(DIRECTORY);
    directory = given == null ? directory() : given;
    PrintStream err = System.err;
    Path own = null;
    try {
      own = Files.createTempDirectory(made(directory), "readlens-jna");
      System.setProperty(DIRECTORY, own.toString());
      // One that the system has may be of another version, which JNA refuses.
      System.setProperty("jna.nosys", System.getProperty("jna.nosys", "true"));
      // JNA prints what it throws, too.
      System.setErr(
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
      int unused = Native.POINTER_SIZE;
    } finally {
      System.setErr(err);
      System.setProperty(DIRECTORY, directory);
      if (own != null) {
        delete(own);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }

  /** Why the C library is not to be had, what that costs and what helps; empty if it is. */
  public static synchronized Optional<String> fault() {
    return Optional.ofNullable(fault)
        .map(
            why ->
                "JNA cannot unpack and load its library in %s (%s), so memory is not given back and a signal may leave a crash report: name a directory where files can be made and run, java -D%s=DIR -jar ..."
                    .formatted(directory, why, DIRECTORY));
  }

  /** The first with room of the directories that JNA would choose from, so that it can be named. */
  private static String directory() {
    String temporary = System.getProperty("java.io.tmpdir");
    String caches =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
            .filter(each -> !each.isBlank())
            .orElse(System.getProperty("user.home") + "/.cache");
    return Stream.of(caches + "/JNA/temp", temporary)
        .filter(CLibrary::hasRoom)
        .findFirst()
        .orElse(temporary);
  }

  private static boolean hasRoom(String directory) {
    try {
      Path path = made(directory);
      return Files.isWritable(path) && Files.getFileStore(path).getUsableSpace() >= ROOM;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** The JDK would take a link to a directory for something that is in the way. */
  private static Path made(String directory) throws IOException {
    Path path = Path.of(directory);
    return Files.isDirectory(path) ? path : Files.createDirectories(path);
  }
}
