package io.readlens.schemas;

import io.readlens.avro.Call;
import io.readlens.avro.CallThreshold;
import io.readlens.avro.Candidate;
import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.CheckpointEventKind;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.DeadLetterReason;
import io.readlens.avro.Explanation;
import io.readlens.avro.HiddenStretch;
import io.readlens.avro.LedgerEntry;
import io.readlens.avro.Lineage;
import io.readlens.avro.Rank;
import io.readlens.avro.ReadOutcome;
import io.readlens.avro.ReadSource;
import io.readlens.avro.SequencingRead;
import io.readlens.avro.Span;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records with every field set to something that is not its default. */
final class Samples {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.125Z");

  private Samples() {}

  static SequencingRead read() {
    return SequencingRead.newBuilder()
        .setReadId("m64011_190830/1/ccs/1")
        .setSequence("ACGTNacgtR")
        .setQualities("!5IIIIII~I")
        .setMateSequence("TTga")
        .setMateQualities("I~I!")
        .setRunId("run 7")
        .setSampleId("gut-12")
        .setBarcode("BC03")
        .setPlatform("PACBIO")
        .setStartTime(NOON)
        .setSource(ReadSource.INSTRUMENT)
        .setTrueTaxId(562)
        .setTrueLineage(new Lineage("Bacteria", null, "Escherichia"))
        .build();
  }

  static Explanation explanation() {
    return Explanation.newBuilder()
        .setReadId("m64011_190830/1/ccs/1")
        .setRunId("run 7")
        .setSampleId("gut-12")
        .setBarcode("BC03")
        .setLength(14)
        .setMateLength(4)
        .setOutcome(ReadOutcome.CLASSIFIED)
        .setCalls(
            List.of(
                Call.newBuilder()
                    .setRank(Rank.SUPERKINGDOM)
                    .setTaxId(2)
                    .setName("Bacteria")
                    .setProbability(0.875)
                    .setAlternatives(List.of(new Candidate(null, "Viruses", 0.125)))
                    .setSpans(List.of(new Span(0, 6, 0.75, 1)))
                    .setSpansLeftOut(1)
                    .setSufficiency(0.5)
                    .setComprehensiveness(-0.125)
                    .build()))
        .setMask(ByteBuffer.wrap(new byte[] {0, 127, (byte) 255}))
        .setTokens(3)
        .setUnknownBases(2)
        .setInformativeBases(6)
        .setHidden(List.of(new HiddenStretch(4, 5, "UNKNOWN", 1)))
        .setReason("BACKGROUND")
        .setBackground("organelle")
        .setSequence("ACGTNacgtR")
        .setMateSequence("TTga")
        .setCheckpointId("c0ffee")
        .setProfile("CUSTOM")
        .setThresholds(List.of(new CallThreshold(Rank.GENUS, 0.875)))
        .setEventTime(NOON)
        .setProcessedTime(NOON.plusSeconds(3))
        .setTrueTaxId(562)
        .build();
  }

  static LedgerEntry ledgerEntry() {
    return LedgerEntry.newBuilder()
        .setSampleId("gut-12")
        .setPartition(3)
        .setReceived(10)
        .setClassified(1L << 40)
        .setUnclassified(3)
        .setTooShort(2)
        .setDeadLettered(1)
        .setUpdatedTime(NOON)
        .build();
  }

  static CheckpointEvent checkpointEvent() {
    return CheckpointEvent.newBuilder()
        .setKind(CheckpointEventKind.REFUSED)
        .setCheckpointId("c0ffee")
        .setLocation("https://models/c0ffee/")
        .setDigests(Map.of("labels.tsv", "beef"))
        .setLabelsDigest("beef")
        .setMetrics("{\"reads\": 5}")
        .setInstance("readlens/host-1/17")
        .setReason("labels.tsv is missing")
        .setTime(NOON)
        .build();
  }

  static DeadLetter deadLetter() {
    return DeadLetter.newBuilder()
        .setKey(ByteBuffer.wrap(new byte[] {1}))
        .setValue(ByteBuffer.wrap(new byte[] {0, 1, (byte) 200}))
        .setTopic("readlens.reads.v1")
        .setPartition(3)
        .setOffset(1L << 40)
        .setTimestamp(NOON)
        .setReason(DeadLetterReason.TOO_LONG)
        .setDetail("100001 bases, the maximum is 100000")
        .setProcessedTime(NOON.plusSeconds(3))
        .build();
  }
}
