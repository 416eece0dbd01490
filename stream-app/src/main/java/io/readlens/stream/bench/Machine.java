package io.readlens.stream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What figures were measured on.
 *
 * @param processor its model, as the operating system names it
 * @param cores that this JVM may use
 * @param memoryGib memory of the machine; 0 where the operating system does not say
 * @param system operating system and its version
 * @param java name and version of the JVM
 * @param heapMib the JVM's largest heap
 */
public record Machine(
    String processor, int cores, long memoryGib, String system, String java, long heapMib) {

  /** This machine and this JVM. */
  public static Machine here() {
    return new Machine(
        first("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        first("/proc/meminfo", "MemTotal")
            .map(text -> Long.parseLong(text.split(" ")[0]) >> 20)
            .orElse(0L),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        Runtime.getRuntime().maxMemory() >> 20);
  }

  /** The first value of a key in a file of {@code key: value} lines. */
  static Optional<String> first(String file, String key) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %d GiB, %s, %s (heap up to %,d MiB)",
        processor,
        cores,
        memoryGib,
        system,
        java,
        heapMib);
  }
}
