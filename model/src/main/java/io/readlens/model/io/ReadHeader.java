package io.readlens.model.io;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a read comes from, as far as its header says. Understood are nanopore headers of MinKNOW
 * ({@code runid=… start_time=…}) and dorado (SAM tags: {@code RG:Z:… st:Z:…}) and Illumina names;
 * what a header does not say is empty, never guessed.
 *
 * @param runId nanopore: the run's digest or UUID; Illumina: instrument, run number and flow cell,
 *     joined by colons
 * @param sampleId the sample as entered on the instrument
 * @param barcode nanopore: its number on the kit, or {@code unclassified}; Illumina: the index
 *     bases
 * @param startTime when the read's molecule entered the pore
 * @param platform {@code ONT} or {@code ILLUMINA}, the words of SAM's {@code PL}
 */
public record ReadHeader(
    String runId, String sampleId, String barcode, Optional<Instant> startTime, String platform) {
  private static final ReadHeader UNKNOWN = new ReadHeader("", "", "", Optional.empty(), "");

  /** {@code key=value}, or a SAM tag {@code XX:T:value}; words are divided by spaces or tabs. */
  private static final Pattern FIELD =
      Pattern.compile("(?<![^ \\t])(?:(\\w+)=|([A-Za-z][A-Za-z0-9]):[A-Za-z]:)([^\\t ]*)");

  /** A read group of dorado starts with the run and may end with the barcode. */
  private static final Pattern RUN_OF_READ_GROUP =
      Pattern.compile("^([0-9a-f]{40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_|$)");

  private static final Pattern BARCODE = Pattern.compile("(?:^|_)(barcode\\d+\\w*|unclassified)$");

  /** Instrument, run, flow cell, then lane, tile, x and y, and maybe a molecular index. */
  private static final Pattern ILLUMINA =
      Pattern.compile("([\\w-]+:\\d+:[\\w-]+):\\d+:\\d+:\\d+:\\d+(?::[ACGTN+]+)?(?:/[12])?");

  /** Mate, filtered or not, control bits, index: {@code 1:N:0:ATCACG+TTAGGC}. */
  private static final Pattern ILLUMINA_INDEX =
      Pattern.compile("[12]:[YN]:\\d+:([ACGTN]+(?:\\+[ACGTN]+)?)");

  /** Before 2011, without a run: instrument, lane, tile, x, y, index, mate. */
  private static final Pattern OLD_ILLUMINA =
      Pattern.compile("[\\w-]+:\\d+:\\d+:-?\\d+:-?\\d+(?:#([ACGTN]+|\\d+))?(?:/[12])?");

  /** What a record's header says. */
  public static ReadHeader of(SequenceRecord record) {
    return parse(record.id(), record.description());
  }

  static ReadHeader parse(String id, String description) {
    Matcher illumina = ILLUMINA.matcher(id);
    if (illumina.matches()) {
      Matcher index = ILLUMINA_INDEX.matcher(description);
      return illumina(illumina.group(1), index.lookingAt() ? index.group(1) : "");
    }
    Matcher old = OLD_ILLUMINA.matcher(id);
    if (old.matches()) {
      String index = old.group(1);
      return illumina("", index == null || Character.isDigit(index.charAt(0)) ? "" : index);
    }
    return nanopore(fields(description));
  }

  private static ReadHeader illumina(String runId, String barcode) {
    return new ReadHeader(runId, "", barcode, Optional.empty(), "ILLUMINA");
  }

  private static ReadHeader nanopore(Map<String, String> fields) {
    String readGroup = fields.getOrDefault("RG", "");
    String runId = fields.getOrDefault("runid", first(RUN_OF_READ_GROUP, readGroup).orElse(""));
    Optional<Instant> startTime = time(first(fields, "start_time", "st"));
    if (runId.isEmpty() && startTime.isEmpty()) {
      return UNKNOWN;
    }
    String barcode = first(fields, "barcode", "BC");
    return new ReadHeader(
        runId,
        first(fields, "sample_id", "sampleid", "SM"),
        first(BARCODE, barcode.isEmpty() ? readGroup : barcode).orElse(barcode),
        startTime,
        "ONT");
  }

  private static Map<String, String> fields(String description) {
    Map<String, String> fields = new HashMap<>();
    Matcher field = FIELD.matcher(description);
    while (field.find()) {
      fields.put(field.group(1) != null ? field.group(1) : field.group(2), field.group(3));
    }
    return fields;
  }

  /** The value of the first key that has one. */
  private static String first(Map<String, String> fields, String... keys) {
    for (String key : keys) {
      if (!fields.getOrDefault(key, "").isEmpty()) {
        return fields.get(key);
      }
    }
    return "";
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * A time without a zone could be any zone's, so it counts as not given; so does one of a year
   * that is not of four digits.
   */
  private static Optional<Instant> time(String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text);
      return time.getYear() >= 0 && time.getYear() <= 9999
          ? Optional.of(time.toInstant())
          : Optional.empty();
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }
}
