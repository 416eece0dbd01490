package io.readlens.stream.config;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads one setting after another from text, each with its range. */
final class Values {
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  private final Map<Setting, String> given;

  Values(Map<Setting, String> given) {
    this.given = given;
  }

  private String text(Setting setting) {
    return given.getOrDefault(setting, setting.standard());
  }

  String topic(Setting setting) {
    String name = text(setting);
    if (!TOPIC.matcher(name).matches() || name.equals(".") || name.equals("..")) {
      throw wrong(setting, "a topic's name (letters, digits, '.', '_' and '-', at most 249)");
    }
    return name;
  }

  int integer(Setting setting, int least) {
    try {
      int value = Integer.parseInt(text(setting));
      if (value >= least) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for both.
    }
    throw wrong(setting, "a whole number, " + least + " or more");
  }

  OptionalInt integerUnlessAuto(Setting setting, int least) {
    return text(setting).equals("auto")
        ? OptionalInt.empty()
        : OptionalInt.of(integer(setting, least));
  }

  boolean flag(Setting setting) {
    return switch (text(setting).toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(setting, "true or false");
    };
  }

  Device device(Setting setting) {
    try {
      return Device.parse(text(setting));
    } catch (IllegalArgumentException e) {
      throw wrong(setting, "auto, cpu or gpu:N");
    }
  }

  private ConfigurationException wrong(Setting setting, String wanted) {
    return new ConfigurationException(
        setting.key() + " = '" + text(setting) + "': must be " + wanted);
  }
}
