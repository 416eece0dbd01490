package io.readlens.stream.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.readlens.model.process.Why;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a broker printed and logged, read for the reason of its end.
 *
 * @param file appended to by each start
 * @param from where the lines of this start begin, in bytes
 */
record BrokerLog(Path file, long from) {
  private static final int MOST_BYTES = 1 << 20;

  /** In a log, what continues an entry is indented; printed before there is a log, it is not. */
  private static final Pattern EXCEPTION =
      Pattern.compile("^ *(?:Caused by: )?(?:\\w+\\.)+\\w*(?:Exception|Error): (.+)");

  private static final Pattern ERROR =
      Pattern.compile("^[-\\d]+ [:.\\d]+ (?:ERROR|FATAL) +\\S+ \\[[^]]*\\] (.+)");

  /** Of a broker that starts now. */
  static BrokerLog of(Path file) {
    try {
      return new BrokerLog(file, Files.exists(file) ? Files.size(file) : 0);
    } catch (IOException e) {
      return new BrokerLog(file, 0);
    }
  }

  /** How a broker has ended, why if it says so, and where to read more. */
  String ending(int exitCode) {
    String how =
        exitCode > 128
            ? "it was ended by signal " + (exitCode - 128)
            : "it ended with exit code " + exitCode;
    return how
        + cause().map(each -> ": " + Why.of(new IOException(each))).orElse("")
        + ", see "
        + file;
  }

  /** The last exception, else the last error. */
  Optional<String> cause() {
    List<String> lines;
    try {
      lines = lines();
    } catch (IOException e) {
      return Optional.empty();
    }
    return last(lines, EXCEPTION).or(() -> last(lines, ERROR));
  }

  private List<String> lines() throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(Math.min(in.length(), Math.max(from, in.length() - MOST_BYTES)));
      byte[] bytes = new byte[(int) (in.length() - in.getFilePointer())];
      in.readFully(bytes);
      return new String(bytes, UTF_8).lines().toList();
    }
  }

  private static Optional<String> last(List<String> lines, Pattern pattern) {
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .reduce((before, after) -> after);
  }
}
