package io.readlens.stream.cli;

import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.read.Rank;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a command calls reads by. */
final class ThresholdOptions {
  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      defaultValue = "balanced",
      description =
          "How sure a call must be, as the checkpoint measured it: sensitive, balanced or strict.")
  private String profile;

  @Option(
      names = "--thresholds",
      paramLabel = "RANK:P,...",
      defaultValue = ThresholdChoice.NONE,
      description =
          "The least probability of a call, in place of the profile's, at some ranks or all, such"
              + " as superkingdom:0.9,phylum:0.9,genus:0.95; or none.")
  private String thresholds;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /**
   * What the options say.
   *
   * @throws ParameterException naming the option that is wrong
   */
  ThresholdChoice choice() {
    return new ThresholdChoice(
        profile(spec, "--profile", profile), numbers(spec, "--thresholds", thresholds));
  }

  static Profile profile(CommandSpec spec, String option, String text) {
    try {
      return Profile.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), option + " = " + text + ": one of sensitive, balanced, strict", e);
    }
  }

  static Map<Rank, Double> numbers(CommandSpec spec, String option, String text) {
    try {
      return ThresholdChoice.numbers(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "%s = %s: none, or numbers from 0 to 1 such as superkingdom:0.9,phylum:0.9,genus:0.95: %s"
              .formatted(option, text, e.getMessage()),
          e);
    }
  }
}
