/**
 * Sequence files: FASTQ and FASTA, plain or gzip, into records, and the tables that go with them.
 * Knows the JDK and the pure core.
 *
 * <p>Two traps decided what is written here and what is borrowed. {@code
 * java.util.zip.GZIPInputStream} takes a broken header after the first member, or one cut short,
 * for the end of the file, so a truncated file could pass for a whole one. And htsjdk's {@code
 * FastqReader} parses a record ahead, so a fault costs the good record before it; it refuses reads
 * without bases, which trimming leaves behind, and says nothing of an empty file; its FASTA readers
 * go by the file's name. The tests hold this package's readers against htsjdk's on sound files.
 */
package io.readlens.model.io;
