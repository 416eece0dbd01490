package io.readlens.model.process;

import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why something failed, in one line for a person: what failed first, then why, down to the cause of
 * all, each said once and without names of classes; then what helps where the cause is one that
 * every program knows (memory, disk, open files).
 *
 * <p>What ReadLens's own exceptions say is complete; only such advice is added to it.
 */
public final class Why {
  private static final int MOST_CAUSES = 16;
  private static final long MIB = 1 << 20;
  private static final Pattern CLASS_NAME =
      Pattern.compile("(?:(?<=^)|(?<=: ))(?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:Exception|Error): ");
  private static final Pattern FULL =
      Pattern.compile("No space left on device|not enough space on the disk|quota exceeded");
  private static final Pattern FILES = Pattern.compile("Too many open files");

  /** Compression libraries, which unpack native code into the directory for temporary files. */
  private static final Pattern UNPACKED =
      Pattern.compile("libzstd-jni|libsnappyjava|no (zstd-jni|snappyjava)");

  /** Words of libraries that say only that something else, which they name, went wrong. */
  private static final Pattern EMPTY =
      Pattern.compile("Failed to construct kafka (producer|consumer)|Failed (to )?create new \\w+");

  private Why() {}

  /** In one line, whatever the error's own words are. */
  public static String of(Throwable error) {
    List<Throwable> causes = causes(error);
    List<String> parts = new ArrayList<>();
    for (Throwable cause : causes) {
      add(parts, words(cause));
      if (cause.getClass().getName().startsWith("io.readlens.")) {
        break;
      }
    }
    String line = parts.isEmpty() ? error.getClass().getSimpleName() : String.join(": ", parts);
    return line + advice(line, causes);
  }

  private static List<Throwable> causes(Throwable error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> causes = new ArrayList<>();
    Throwable each = error;
    while (each != null && seen.add(each) && causes.size() < MOST_CAUSES) {
      causes.add(each);
      each = each.getCause();
    }
    return causes;
  }

  /** Leaves out what is said already, and what only says again what comes after it. */
  private static void add(List<String> parts, String words) {
    if (words.isEmpty()
        || EMPTY.matcher(words).matches()
        || parts.stream().anyMatch(part -> part.contains(words))) {
      return;
    }
    parts.removeIf(words::contains);
    parts.add(words);
  }

  private static String words(Throwable error) {
    if (error instanceof FileSystemException e && e.getFile() != null) {
      return ofFile(e);
    }
    String message = firstLine(error.getMessage());
    if (error instanceof InvalidPathException e) {
      return LocaleText.unnamable(e.getInput()).orElse(message);
    }
    if (error instanceof MalformedInputException) {
      return "this is no UTF-8 text"; // No text is read in another encoding.
    }
    if (error instanceof UnknownHostException) {
      return "no host named " + message + " is known";
    }
    if (message.isEmpty() && error.getCause() != null) {
      return ""; // A wrapper without words of its own has a cause that has some.
    }
    if (error instanceof OutOfMemoryError) {
      return memory(message);
    }
    if (message.isEmpty()) {
      return error.getClass().getSimpleName();
    }
    return message;
  }

  private static String ofFile(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory: " + e.getFile();
    }
    if (e instanceof AccessDeniedException) {
      return "not allowed: " + e.getFile();
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getFile() + " is in the way";
    }
    if (e instanceof NotDirectoryException) {
      return e.getFile() + " is no directory";
    }
    return e.getFile() + (e.getReason() == null ? "" : ": " + firstLine(e.getReason()));
  }

  private static String firstLine(String message) {
    String line =
        message == null
            ? ""
            : message
                .lines()
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
    return CLASS_NAME.matcher(line).replaceAll("");
  }

  private static String memory(String message) {
    if (message.contains("native thread")) {
      return "no more threads are to be had; raise the limit on processes (ulimit -u)";
    }
    if (message.contains("array size")) {
      return "a piece is larger than Java can hold: " + message;
    }
    String what = message.isEmpty() ? "memory" : message;
    String option = message.contains("irect") ? "-XX:MaxDirectMemorySize=1g" : "-Xmx1g";
    return "out of memory (%s): Java may use %d MiB; give it more, such as java %s -jar ..."
        .formatted(what, Runtime.getRuntime().maxMemory() / MIB, option);
  }

  private static String advice(String line, List<Throwable> causes) {
    String all = line;
    StringBuilder advice = new StringBuilder();
    for (Throwable cause : causes) {
      String words = words(cause);
      boolean told = line.contains(words);
      if (!told
          && (cause instanceof OutOfMemoryError
              || FULL.matcher(words).find()
              || FILES.matcher(words).find()
              || UNPACKED.matcher(words).find())) {
        advice.append(": ").append(words);
        all += words;
      }
    }
    String remedy =
        UNPACKED.matcher(all).find()
            ? "; it is unpacked in %s: name a directory where files can be made and run, java -Djava.io.tmpdir=DIR -jar ..."
                .formatted(System.getProperty("java.io.tmpdir"))
            : FULL.matcher(all).find()
                ? "; the disk is full: free some of it"
                : FILES.matcher(all).find() ? "; raise the limit on open files (ulimit -n)" : "";
    // What is told on may hold it already.
    return line.contains(remedy) ? advice.toString() : advice + remedy;
  }
}
