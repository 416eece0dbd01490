package io.readlens.stream.config;

import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.filter.Adapters;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.process.Why;
import io.readlens.model.read.Hidden;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Views;
import io.readlens.schemas.Topics;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

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

  /** What the model is shown of reads. */
  InputFilter filter() {
    int leastBases = integer(Setting.INFORMATIVE_MIN_BASES, 0);
    return InputFilter.of(kinds(), adapters(), leastBases);
  }

  private Set<Hidden.Kind> kinds() {
    try {
      return InputFilter.parse(text(Setting.INPUT_FILTERS));
    } catch (IllegalArgumentException e) {
      throw wrong(
          Setting.INPUT_FILTERS,
          "NONE or some of UNKNOWN, ADAPTER, VECTOR, TAIL and LOW_COMPLEXITY: " + e.getMessage());
    }
  }

  private Adapters adapters() {
    String file = text(Setting.INPUT_ADAPTERS);
    if (file.equals(Setting.INPUT_ADAPTERS.standard())) {
      return Adapters.bundled();
    }
    try {
      return Adapters.load(Path.of(file));
    } catch (IOException | MalformedFileException | InvalidPathException e) {
      throw wrong(Setting.INPUT_ADAPTERS, "bundled or a FASTA file: " + Why.of(e));
    }
  }

  /** What reads are called by. */
  ThresholdChoice thresholds() {
    Profile profile;
    try {
      profile = Profile.parse(text(Setting.CALL_PROFILE));
    } catch (IllegalArgumentException e) {
      throw wrong(Setting.CALL_PROFILE, "sensitive, balanced or strict");
    }
    try {
      return new ThresholdChoice(profile, ThresholdChoice.numbers(text(Setting.CALL_THRESHOLDS)));
    } catch (IllegalArgumentException e) {
      throw wrong(
          Setting.CALL_THRESHOLDS,
          "none, or numbers from 0 to 1 such as superkingdom:0.9,phylum:0.9,genus:0.95: "
              + e.getMessage());
    }
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
