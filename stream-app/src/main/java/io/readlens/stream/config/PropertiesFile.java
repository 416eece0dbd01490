package io.readlens.stream.config;

import io.readlens.model.process.Why;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A properties file as {@link Properties} reads it, in UTF-8, except that nothing in it is silently
 * other than it looks. A byte order mark at its start and blanks at the end of a value are dropped.
 * Refused are characters that no editor shows, a property that is set twice to different values, a
 * comment behind a value, and quotes around one: Properties would take both for parts of the value.
 *
 * <p>Threading: immutable.
 */
public final class PropertiesFile {
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final Pattern LINE_END = Pattern.compile("\r\n|\n|\r");

  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");

  private final Path path;
  private final Properties properties;
  private final Map<String, Integer> lines;

  private PropertiesFile(Path path, Properties properties, Map<String, Integer> lines) {
    this.path = path;
    this.properties = properties;
    this.lines = lines;
  }

  /**
   * @throws ConfigurationException if the file cannot be read or has one of the faults above; the
   *     message names the file and the line
   */
  public static PropertiesFile read(Path path) {
    PropertiesFile file = new PropertiesFile(path, new Properties(), new HashMap<>());
    String text = text(path);
    String plain = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    List<String> logical = new ArrayList<>();
    int number = 0;
    for (String line : LINE_END.split(plain, -1)) {
      number++;
      file.requireVisible(line, number);
      boolean begins = logical.isEmpty();
      String stripped = line.strip();
      if (begins && (stripped.isEmpty() || stripped.startsWith("#") || stripped.startsWith("!"))) {
        continue;
      }
      logical.add(line);
      if (!isContinued(line)) {
        file.take(logical, number - logical.size() + 1);
        logical.clear();
      }
    }
    if (!logical.isEmpty()) {
      file.take(logical, number - logical.size() + 1);
    }
    return file;
  }

  private static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "no file "
              + path
              + ": write bootstrap.servers=HOST:PORT and schema.registry.url=URL into it");
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(path + " is not UTF-8 text: save it as UTF-8");
    } catch (IOException e) {
      throw new ConfigurationException("cannot read " + path + ": " + Why.of(e));
    }
  }

  private void requireVisible(String line, int number) {
    line.codePoints()
        .filter(PropertiesFile::isInvisible)
        .findFirst()
        .ifPresent(
            found -> {
              throw at(
                  number,
                  "has the invisible character U+%04X: delete it, or save the file as UTF-8 text"
                      .formatted(found));
            });
  }

  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL -> character != '\t';
      case Character.SPACE_SEPARATOR -> character != ' ';
      case Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** Whether the next line belongs to this one: it ends in an odd number of backslashes. */
  private static boolean isContinued(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  /** Takes one property, on one line or on several. */
  private void take(List<String> written, int number) {
    String last = withoutTrailingBlanks(written.get(written.size() - 1));
    List<String> whole = new ArrayList<>(written.subList(0, written.size() - 1));
    whole.add(last);
    Properties one = new Properties();
    try {
      one.load(new StringReader(String.join("\n", whole)));
    } catch (IllegalArgumentException e) {
      throw at(
          number, "has a backslash and u without four hexadecimal digits: double the backslash");
    } catch (IOException e) {
      throw new IllegalStateException("text in memory can be read", e);
    }
    one.stringPropertyNames()
        .forEach(
            key -> {
              String value = one.getProperty(key);
              requirePlain(key, value, last, number);
              String before = properties.getProperty(key);
              if (before != null && !before.equals(value)) {
                throw at(
                    number,
                    "sets %s, which line %d sets otherwise: keep one of them"
                        .formatted(PropertyNames.shown(key), lines.get(key)));
              }
              properties.setProperty(key, value);
              lines.putIfAbsent(key, number);
            });
  }

  private void requirePlain(String key, String value, String last, int number) {
    String comment = commentBehind(last);
    if (!comment.isEmpty()) {
      throw at(
          number,
          "has %s behind the value of %s, of which it would be a part: put a comment on a line of its own, or write \\# for a # of the value"
              .formatted(PropertyNames.shown(comment), PropertyNames.shown(key)));
    }
    if (QUOTED.matcher(value).matches() && last.endsWith(value)) {
      throw at(
          number,
          "has quotes around the value of %s, of which they would be a part: leave them off, or write \\%c for a quote of the value"
              .formatted(PropertyNames.shown(key), value.charAt(0)));
    }
  }

  /** What begins with a blank and #, outside of the double quotes of a JAAS line; else nothing. */
  private static String commentBehind(String line) {
    boolean quoted = false;
    for (int i = 1; i < line.length(); i++) {
      quoted ^= line.charAt(i - 1) == '"';
      if (!quoted && line.charAt(i) == '#' && Character.isWhitespace(line.charAt(i - 1))) {
        return line.substring(i);
      }
    }
    return "";
  }

  /** Drops the blanks that nobody sees at the end; one after a backslash is meant. */
  private static String withoutTrailingBlanks(String line) {
    String stripped = line.stripTrailing();
    return isContinued(stripped) && stripped.length() < line.length()
        ? line.substring(0, stripped.length() + 1)
        : stripped;
  }

  private ConfigurationException at(int line, String fault) {
    return new ConfigurationException(path + " line " + line + " " + fault);
  }

  /** What the file says. */
  public Properties properties() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }

  /** The same fault, with the file and the line where the property stands, if it stands there. */
  public ConfigurationException located(ConfigurationException fault) {
    return fault
        .property()
        .map(lines::get)
        .map(line -> new ConfigurationException(path + " line " + line + ": " + fault.getMessage()))
        .orElse(fault);
  }
}
