package io.readlens.stream.config;

import io.readlens.model.process.LocaleText;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The properties whose values name files. A properties file is UTF-8 and may name any; whether the
 * JDK can open it depends on the locale, and where it cannot it says nothing that helps.
 */
final class PathProperties {
  /** How the names of Kafka's and the registry's properties end that hold a path. */
  private static final List<String> ENDINGS = List.of(".location", ".file", ".dir", ".cmd");

  /** Paths inside of a value: addresses of files, what a provider looks up, a login's key. */
  private static final Pattern INSIDE =
      Pattern.compile("file:[^,;\\s]+|\\$\\{(?:file|directory):[^}]+}|keyTab\\s*=\\s*\"[^\"]*\"");

  private PathProperties() {}

  /**
   * Lets a property pass whose paths can be opened here.
   *
   * @throws ConfigurationException naming the path and the setting of the locale that helps
   */
  static void requireNamable(String key, String value) {
    paths(key, value)
        .flatMap(path -> LocaleText.unnamable(path).stream())
        .findFirst()
        .ifPresent(
            fault -> {
              throw new ConfigurationException(key, key + " = " + fault);
            });
  }

  /** What of a value is a path; the whole value where the name says so or it looks like one. */
  static Stream<String> paths(String key, String value) {
    if (key.equals(Setting.CHECKPOINTS_FROM.key())) {
      return Stream.of(value.split(",")).map(String::strip).filter(each -> !Places.isAddress(each));
    }
    boolean whole =
        key.equals(Setting.INPUT_ADAPTERS.key())
            || ENDINGS.stream().anyMatch(key::endsWith)
            || (value.startsWith("/") && !SecretProperties.isOne(key, value));
    return whole ? Stream.of(value) : INSIDE.matcher(value).results().map(MatchResult::group);
  }
}
