package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where a training's labelled reads come from, apart into what trains and what validates. */
interface TrainingSet {
  /** How often reads are cut from genomes of which there is little. */
  enum Balance {
    /** As often as from others. */
    EVEN,
    /**
     * Less often: else a virus is known by heart long before it is known by kind. See {@link
     * TrainingReads#imbalance}.
     */
    BY_BASES
  }

  /**
   * How reads are shown.
   *
   * @param lengths of reads that have none of their own
   * @param mixed whether a length is drawn for every read, not for every step
   * @param balance how often taxa of which there is little are shown
   * @param windowTokens the most that is shown of a read
   * @param seed of the order of reads that have one
   */
  record Showing(
      ReadLengths lengths, boolean mixed, Balance balance, int windowTokens, long seed) {}

  /** What the model is shown of its reads. */
  InputFilter filter();

  /** The taxa that there are reads of to train on. */
  Taxonomy taxonomy();

  /**
   * Reads to train on.
   *
   * @param labels has all taxa of {@link #taxonomy}, maybe more
   */
  TrainingReads reads(Taxonomy labels, Showing showing) throws IOException;

  /**
   * Reads to validate on, none of them shown in training.
   *
   * @param labels see {@link #reads}
   * @param bases lengths of reads that have none of their own
   * @param perGenome of such reads of each length
   * @param seed of such reads
   */
  List<LabelledRead> validation(Taxonomy labels, List<Integer> bases, int perGenome, long seed)
      throws IOException;

  /**
   * Reads of background to validate on, none of them of a sequence that is shown in training.
   *
   * @param bases lengths; the read of a shorter sequence is all of it
   * @param perKind of each length
   */
  default List<LabelledRead> background(List<Integer> bases, int perKind, long seed) {
    return List.of();
  }

  /** SHA-256 digest of all that its reads follow from, 64 hexadecimal digits. */
  String digest();

  /** Writes what a checkpoint saw, beside the checkpoint. */
  void writeSeen(Path directory) throws IOException;

  /** In one line, what there is to train on. */
  @Override
  String toString();
}
