package io.readlens.stream.topology;

/**
 * How reads are judged and what of them is kept.
 *
 * @param minLength bases; shorter reads are too short
 * @param maxLength bases; longer reads are rejected
 * @param alternatives how many next best taxa a call names
 * @param includeSequence whether explanations repeat the bases
 * @param includeMask whether explanations carry the mask
 * @param checkpointId digest of the checkpoint in use
 * @param maxRecordBytes the largest record that can be written, in bytes
 */
public record ExplanationRules(
    int minLength,
    int maxLength,
    int alternatives,
    boolean includeSequence,
    boolean includeMask,
    String checkpointId,
    int maxRecordBytes) {}
