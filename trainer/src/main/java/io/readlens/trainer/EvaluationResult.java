package io.readlens.trainer;

import io.readlens.model.checkpoint.CallRule;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.ProfileCalls;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.evaluation.panel.PanelReport;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code evaluate} found, and what it takes to tell it.
 *
 * @param checkpointId digest of the checkpoint
 * @param taxonomy the checkpoint's labels
 * @param rule what it called by
 * @param reads what was found on a file of reads; empty if none was given
 * @param panels what was found on panels; empty if they were not asked for
 * @param learningCurves the logs of its trainings by file name, a map from column to value a line
 */
record EvaluationResult(
    String checkpointId,
    Taxonomy taxonomy,
    CallRule rule,
    Optional<OfReads> reads,
    List<PanelReport> panels,
    Map<String, List<Map<String, String>>> learningCurves) {

  /**
   * What was found on a file of reads.
   *
   * @param input its name
   * @param joint whether all ranks shared one mask
   * @param profiles what each of the checkpoint's profiles calls
   * @param views calls from several views of each read
   */
  record OfReads(
      String input,
      boolean joint,
      ExplanationReport report,
      List<ProfileCalls> profiles,
      Robustness robustness,
      List<SeveralViews> views) {}

  /** Only where reads were given, as the next five. */
  String input() {
    return reads.orElseThrow().input;
  }

  boolean joint() {
    return reads.orElseThrow().joint;
  }

  ExplanationReport report() {
    return reads.orElseThrow().report;
  }

  List<ProfileCalls> profiles() {
    return reads.orElseThrow().profiles;
  }

  Robustness robustness() {
    return reads.orElseThrow().robustness;
  }

  List<SeveralViews> views() {
    return reads.orElseThrow().views;
  }

  /** The logs beside a checkpoint, by name. */
  static Map<String, List<Map<String, String>>> learningCurves(Path checkpoint) throws IOException {
    Map<String, List<Map<String, String>>> curves = new TreeMap<>();
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(checkpoint, "learning-curve*.tsv")) {
      for (Path log : logs) {
        curves.put(log.getFileName().toString(), Table.read(log));
      }
    }
    return curves;
  }
}
