package io.readlens.model.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Formats that are met where FASTQ is expected, by their first bytes, and what to do with them. */
enum ForeignFormat {
  UTF_32(
      "\u00FF\u00FE\0\0|\0\0\u00FE\u00FF|[@>]\0\0\0|\0\0\0[@>]",
      "UTF-32 text: convert it with 'iconv -f UTF-32 -t UTF-8'"),
  UTF_16(
      "\u00FF\u00FE|\u00FE\u00FF|[@>]\0|\0[@>]",
      "UTF-16 text: convert it with 'iconv -f UTF-16 -t UTF-8'"),
  BAM("BAM\1", "a BAM file: convert it with 'samtools fastq'"),
  CRAM("CRAM", "a CRAM file: convert it with 'samtools fastq'"),
  SAM("@(HD|SQ|RG|PG|CO)\t", "a SAM file: convert it with 'samtools fastq'"),
  POD5("\u008BPOD\r\n", "a POD5 file, raw signal: basecall it first, for example with dorado"),
  FAST5("\u0089HDF\r\n", "a FAST5 file, raw signal: basecall it first, for example with dorado"),
  SRA("NCBI\\.sra", "an SRA file: convert it with 'fasterq-dump'"),
  GZIP("\u001F\u008B", "compressed twice: decompress it once with 'gunzip'"),
  BZIP2("BZh", "compressed with bzip2: recompress it with gzip"),
  XZ("\u00FD7zXZ", "compressed with xz: recompress it with gzip"),
  ZSTD("\\(\u00B5/\u00FD", "compressed with zstd: recompress it with gzip"),
  ZIP("PK\3\4", "a ZIP archive: unpack it");

  /** As many bytes as it takes to tell the formats apart. */
  static final int SIGNATURE_BYTES = 8;

  private final Pattern signature;
  private final String advice;

  ForeignFormat(String signature, String advice) {
    this.signature = Pattern.compile(signature);
    this.advice = advice;
  }

  /** What it is and what to do, to follow "this is". */
  String advice() {
    return advice;
  }

  static Optional<ForeignFormat> of(byte[] head) {
    String start = new String(head, ISO_8859_1);
    return Arrays.stream(values())
        .filter(format -> format.signature.matcher(start).lookingAt())
        .findFirst();
  }
}
