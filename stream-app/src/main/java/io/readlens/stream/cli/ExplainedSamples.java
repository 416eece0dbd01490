package io.readlens.stream.cli;

import io.readlens.avro.ReadOutcome;
import io.readlens.model.ExplainedRead;
import io.readlens.model.abundance.Outcome;
import io.readlens.model.abundance.SampleCalls;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.io.MalformedFileException;
import io.readlens.model.io.TextLines;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.stream.cli.ExplanationLine.CallLine;
import io.readlens.stream.cli.ExplanationLine.ThresholdLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The calls of explanations, counted sample by sample. A call whose probability is below the
 * checkpoint's own threshold counts for nothing, nor do those below it: the confusion knows reads
 * as the checkpoint itself decides on them. Reads that had to pass higher thresholds are refused.
 *
 * <p>Threading: one thread.
 */
final class ExplainedSamples {
  private final Checkpoint checkpoint;

  /** By which the checkpoint's confusion was counted. */
  private final Thresholds own;

  private final Map<String, SampleCalls> samples = new TreeMap<>();
  private long deadLetters;
  private String firstId = "";

  ExplainedSamples(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    own = checkpoint.decision().thresholds(Profile.BALANCED);
  }

  /**
   * Counts a file of explanations, one a line.
   *
   * @return whether it has any line
   * @throws IOException if it cannot be read, or an explanation is another checkpoint's
   * @throws MalformedFileException naming the line that is no explanation
   */
  boolean add(Path file) throws IOException {
    try (TextLines lines = TextLines.open(file)) {
      boolean any = false;
      for (String line = lines.next(); line != null; line = lines.next()) {
        any = true;
        try {
          add(ExplanationLine.of(line), "%s line %d".formatted(file, lines.number()));
        } catch (IllegalArgumentException e) {
          MalformedFileException fault = lines.fault(e.getMessage());
          fault.initCause(e);
          throw fault;
        }
      }
      return any;
    }
  }

  private void add(ExplanationLine line, String place) throws IOException {
    if (line.isDeadLetter()) {
      deadLetters++;
      return;
    }
    requireSameCheckpoint(line.checkpointId(), place);
    requireAllCalls(line.thresholds() == null ? List.of() : line.thresholds());
    SampleCalls calls = samples.computeIfAbsent(line.sample(), sample -> new SampleCalls());
    ReadOutcome outcome = outcome(line);
    String reason = ExplanationLine.isGiven(line.reason()) ? line.reason() : "";
    if (outcome == ReadOutcome.TOO_SHORT) {
      calls.addNotAsked(outcome.name());
    } else if (reason.equals(ExplainedRead.TOO_LITTLE_INFORMATION)) {
      calls.addNotAsked(reason);
    } else {
      List<Taxon> called = called(line.calls() == null ? List.of() : line.calls());
      Outcome of =
          Outcome.of(
              called,
              line.background() == null ? "" : line.background(),
              reason.isEmpty() ? ExplainedRead.NOT_PROBABLE_ENOUGH : reason);
      boolean told = line.informativeBases() > 0 && line.informativeBases() <= line.length();
      calls.add(of, line.length(), told ? line.informativeBases() : line.length());
    }
  }

  private static ReadOutcome outcome(ExplanationLine line) {
    return Arrays.stream(ReadOutcome.values())
        .filter(known -> known != ReadOutcome.UNKNOWN && known.name().equals(line.outcome()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the outcome '%s' is none that this version knows".formatted(line.outcome())));
  }

  /** The taxa that are called by the checkpoint's own thresholds, from the root down. */
  private List<Taxon> called(List<CallLine> calls) {
    List<Taxon> called = new ArrayList<>();
    for (CallLine call : calls) {
      Rank rank = rank(call.rank());
      Taxon taxon =
          checkpoint
              .taxonomy()
              .find(rank, call.name())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "the checkpoint has no %s '%s'".formatted(rank.label(), call.name())));
      List<Taxon> lineage = checkpoint.taxonomy().lineage(taxon);
      boolean follows = lineage.subList(0, lineage.size() - 1).equals(called);
      if (!follows) {
        throw new IllegalArgumentException(
            "%s %s is called, and not the taxon above it".formatted(rank.label(), call.name()));
      }
      if (call.probability() < own.of(rank)) {
        break;
      }
      called.add(taxon);
    }
    return called;
  }

  /**
   * The confusion counts what is called by the checkpoint's own thresholds: of a read that had to
   * pass higher ones, calls are missing.
   */
  private void requireAllCalls(List<ThresholdLine> thresholds) {
    for (ThresholdLine threshold : thresholds) {
      Rank rank = rank(threshold.rank());
      if (threshold.probability() > own.of(rank)) {
        throw new IllegalArgumentException(
            ("a %s had to be %s probable to be called, more than the %s that the checkpoint asks for;"
                    + " explain the reads by --profile balanced, in run call.profile=balanced and"
                    + " call.thresholds=none")
                .formatted(rank.label(), threshold.probability(), own.of(rank)));
      }
    }
  }

  private static Rank rank(String label) {
    return Arrays.stream(Rank.values())
        .filter(rank -> rank.label().equalsIgnoreCase(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the rank '%s' is none".formatted(label)));
  }

  private void requireSameCheckpoint(String id, String place) throws IOException {
    if (!ExplanationLine.isGiven(id)) {
      throw new IllegalArgumentException("the explanation does not name its checkpoint");
    }
    if (!firstId.isEmpty() && !id.equals(firstId)) {
      throw new IOException(
          "%s: explained by checkpoint %s, and those before by %s; give each its own command"
              .formatted(place, id, firstId));
    }
    if (!id.equals(checkpoint.id())) {
      throw new IOException(
          "%s: explained by checkpoint %s, not by %s; name that one's directory with --checkpoint"
              .formatted(place, id, checkpoint));
    }
    firstId = id;
  }

  /** The calls by sample. */
  Map<String, SampleCalls> samples() {
    return samples;
  }

  /** Lines that were dead letters. */
  long deadLetters() {
    return deadLetters;
  }
}
