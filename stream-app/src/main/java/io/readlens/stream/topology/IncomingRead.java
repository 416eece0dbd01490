package io.readlens.stream.topology;

import io.readlens.model.read.TokenizedRead;
import java.util.Optional;

/**
 * A read as it came, checked and tokenized, with what its explanation repeats.
 *
 * @param tokens its name, length and tokens
 * @param runId the sequencing run; empty if not known
 * @param sampleId the sample; empty if not known
 * @param barcode the barcode; empty if not known
 * @param claims when it began, and what else its producer says of it in numbers
 * @param sequence its bases as received, where explanations repeat them
 * @param mateSequence those of the second mate, likewise, if it is a pair
 */
record IncomingRead(
    TokenizedRead tokens,
    String runId,
    String sampleId,
    String barcode,
    Claims claims,
    Optional<String> sequence,
    Optional<String> mateSequence)
    implements Decoded {}
