package io.readlens.stream.topology;

import io.readlens.model.read.TokenizedRead;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A read as it came, checked and tokenized, with what its explanation repeats.
 *
 * @param tokens its name, length and tokens
 * @param runId the sequencing run; empty if not known
 * @param sampleId the sample; empty if not known
 * @param barcode the barcode; empty if not known
 * @param eventTime when the read began, or its record's timestamp
 * @param sequence its bases as received, where explanations repeat them
 * @param trueTaxId its true NCBI taxonomy id, in benchmarks
 */
record IncomingRead(
    TokenizedRead tokens,
    String runId,
    String sampleId,
    String barcode,
    Instant eventTime,
    Optional<String> sequence,
    OptionalInt trueTaxId)
    implements Decoded {}
