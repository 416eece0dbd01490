package io.readlens.trainer;

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
    return new ThresholdChoice(parsed(), numbers());
  }

  private Profile parsed() {
    try {
      return Profile.parse(profile);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--profile = " + profile + ": one of sensitive, balanced, strict", e);
    }
  }

  private Map<Rank, Double> numbers() {
    try {
      return ThresholdChoice.numbers(thresholds);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--thresholds = %s: none, or numbers from 0 to 1 such as superkingdom:0.9,phylum:0.9,genus:0.95: %s"
              .formatted(thresholds, e.getMessage()),
          e);
    }
  }
}
