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
  LZ4("\4\"M\u0018", "compressed with lz4: recompress it with gzip"),
  COMPRESS("\u001F\u009D", "compressed with compress: recompress it with gzip"),
  SEVEN_ZIP("7z\u00BC\u00AF'\u001C", "a 7z archive: unpack it"),
  RAR("Rar!", "a RAR archive: unpack it"),
  ZIP(
      "PK\3\4",
      "a ZIP archive, or a workbook of Excel: unpack it, or save the sheet as tab-separated text"),
  PAGE(
      "(?i)\\s*<(!doctyp|html|head|\\?xml)",
      "a web page or XML, perhaps what a server said in place of the file: download it again"),
  GENBANK("LOCUS {3}", "a GenBank file: convert it to FASTA, for example with 'any2fasta'"),
  TAR("[\\s\\S]{257}ustar", "a tar archive: unpack it with 'tar -xf' and name the files in it"),
  GIT_LFS("version https://git-lfs", "a pointer of Git LFS: get the file with 'git lfs pull'");

  /** As many bytes as it takes to tell those apart that could begin a file of reads. */
  static final int SIGNATURE_BYTES = 8;

  /** As many bytes as it takes to tell all of them apart. */
  static final int LONGEST_SIGNATURE_BYTES = 262;

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
