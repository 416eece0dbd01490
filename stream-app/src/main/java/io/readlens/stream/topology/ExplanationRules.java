package io.readlens.stream.topology;

import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Vocabulary;
import java.util.function.Supplier;

/**
 * How reads are judged and what of them is kept.
 *
 * @param filter what the model is shown of a read
 * @param minLength bases, of both mates together; shorter reads are too short
 * @param maxLength bases, of both mates together; longer reads are rejected, and so are those of as
 *     many tokens
 * @param alternatives how many next best taxa a call names
 * @param includeSequence whether explanations repeat the bases
 * @param includeMask whether explanations carry the mask
 * @param checkpointId digest of the checkpoint in use, which may change
 * @param maxRecordBytes the largest record that can be written, in bytes
 */
public record ExplanationRules(
    InputFilter filter,
    int minLength,
    int maxLength,
    int alternatives,
    boolean includeSequence,
    boolean includeMask,
    Supplier<String> checkpointId,
    int maxRecordBytes) {

  /**
   * The most places that a read of {@code maxLength} known bases, or a pair of as many together,
   * has in the network's rows: what is left of six bases may be five single ones, of each mate. An
   * unknown base is a token of its own; where those are not hidden, a read of nothing else could
   * without this bound hold the device six times as long.
   */
  int maxPlaces() {
    return maxLength / Vocabulary.K + 2 * (Vocabulary.K - 1);
  }
}
