package io.readlens.trainer;

import io.readlens.model.checkpoint.Decision;
import io.readlens.model.evaluation.ExplanationReport;
import io.readlens.model.evaluation.Robustness;
import io.readlens.model.evaluation.SeveralViews;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code evaluate} found, and what it takes to tell it.
 *
 * @param checkpointId digest of the checkpoint
 * @param input name of the file of reads
 * @param taxonomy the checkpoint's labels
 * @param decision what it calls by
 * @param joint whether all ranks shared one mask
 * @param views calls from several views of each read
 * @param learningCurves the logs of its trainings by file name, a map from column to value a line
 */
record EvaluationResult(
    String checkpointId,
    String input,
    Taxonomy taxonomy,
    Decision decision,
    boolean joint,
    ExplanationReport report,
    Robustness robustness,
    List<SeveralViews> views,
    Map<String, List<Map<String, String>>> learningCurves) {

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
