package io.readlens.stream.config;

import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Views;
import io.readlens.schemas.Topics;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** Reads one setting after another from text, each with its range. */
final class Values {
  private final Map<Setting, String> given;

  Values(Map<Setting, String> given) {
    this.given = given;
  }

  private String text(Setting setting) {
    return given.getOrDefault(setting, setting.standard());
  }

  Topics topics() {
    try {
      return Topics.standard()
          .named(
              text(Setting.TOPIC_READS),
              text(Setting.TOPIC_EXPLANATIONS),
              text(Setting.TOPIC_DEAD_LETTERS),
              text(Setting.TOPIC_LEDGER),
              text(Setting.TOPIC_CHECKPOINTS));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("topic.*: " + e.getMessage());
    }
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

  int integer(Setting setting, int least, int most) {
    int value = integer(setting, least);
    if (value > most) {
      throw wrong(setting, "at most " + most);
    }
    return value;
  }

  OptionalInt integerUnlessAuto(Setting setting, int least) {
    return text(setting).equals("auto")
        ? OptionalInt.empty()
        : OptionalInt.of(integer(setting, least));
  }

  /** Whether the setting has the second of two values, and not the first. */
  boolean second(Setting setting, String first, String second) {
    String text = text(setting);
    if (!text.equals(first) && !text.equals(second)) {
      throw wrong(setting, first + " or " + second);
    }
    return text.equals(second);
  }

  boolean flag(Setting setting) {
    return switch (text(setting).toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(setting, "true or false");
    };
  }

  ReadSample sample(Setting setting) {
    try {
      return ReadSample.parse(text(setting));
    } catch (IllegalArgumentException e) {
      throw wrong(setting, "off, all or a share between 0 and 1");
    }
  }

  Views views(Setting setting) {
    try {
      return new Views(integer(setting, 1));
    } catch (IllegalArgumentException e) {
      throw wrong(setting, "1, 2, 4 or 12");
    }
  }

  Device device(Setting setting) {
    try {
      return Device.parse(text(setting));
    } catch (IllegalArgumentException e) {
      throw wrong(setting, "auto, cpu or gpu:N");
    }
  }

  Places places(Setting setting) {
    try {
      return Places.parse(text(setting));
    } catch (IllegalArgumentException e) {
      throw wrong(
          setting, "none, or absolute directories and plain http(s) addresses: " + e.getMessage());
    }
  }

  private ConfigurationException wrong(Setting setting, String wanted) {
    return new ConfigurationException(
        setting.key(), setting.key() + " = '" + text(setting) + "': must be " + wanted);
  }
}
