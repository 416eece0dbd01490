/**
 * The pure core: reads, their tokens, masks and the spans that masks keep. Knows the JDK only.
 *
 * <p>Coordinates index a read's bases as received, 0-based and half-open; token indices count a
 * read's tokens without the leading {@code <cls>}.
 */
package io.readlens.model.read;
