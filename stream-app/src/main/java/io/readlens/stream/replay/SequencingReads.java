package io.readlens.stream.replay;

import io.readlens.avro.Lineage;
import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.model.io.ReadHeader;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Rank;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes the Avro record of what a file holds. Where a read comes from is what is said here, else
 * what its header says, else not known.
 *
 * @param runId the run of all reads, whatever their headers say
 * @param sampleId the sample of all reads, whatever their headers say
 * @param barcode the barcode of all reads, whatever their headers say
 * @param truth what the reads are known to be of
 */
public record SequencingReads(
    Optional<String> runId, Optional<String> sampleId, Optional<String> barcode, TruthTable truth) {

  public SequencingReads {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(sampleId);
    Objects.requireNonNull(barcode);
    Objects.requireNonNull(truth);
  }

  /** Nothing but what the file says. */
  public static SequencingReads asWritten() {
    return new SequencingReads(
        Optional.empty(), Optional.empty(), Optional.empty(), TruthTable.empty());
  }

  /**
   * The letters are taken as they are, nucleotides or not. What is known of a pair may be known
   * under its name, or under that of its first mate.
   */
  public SequencingRead of(SequenceRecord record) {
    ReadHeader header = ReadHeader.of(record);
    String known = knownAs(record);
    OptionalInt trueTaxId = truth.taxId(known);
    return SequencingRead.newBuilder()
        .setReadId(record.id())
        .setSequence(record.sequence())
        .setQualities(record.qualities().orElse(null))
        .setMateSequence(record.mate().map(SequenceRecord::sequence).orElse(null))
        .setMateQualities(record.mate().flatMap(SequenceRecord::qualities).orElse(null))
        .setRunId(runId.orElse(header.runId()))
        .setSampleId(sampleId.orElse(header.sampleId()))
        .setBarcode(barcode.orElse(header.barcode()))
        .setPlatform(header.platform())
        .setStartTime(header.startTime().orElse(null))
        .setSource(ReadSource.FILE)
        .setTrueTaxId(trueTaxId.isPresent() ? trueTaxId.getAsInt() : null)
        .setTrueLineage(lineage(truth.names(known)))
        .build();
  }

  private String knownAs(SequenceRecord record) {
    String name = record.id();
    boolean unknown = truth.taxId(name).isEmpty() && truth.names(name).isEmpty();
    return record.mate().isPresent() && unknown ? name + "/1" : name;
  }

  private static Lineage lineage(Map<Rank, String> names) {
    return names.isEmpty()
        ? null
        : new Lineage(names.get(Rank.SUPERKINGDOM), names.get(Rank.PHYLUM), names.get(Rank.GENUS));
  }
}
