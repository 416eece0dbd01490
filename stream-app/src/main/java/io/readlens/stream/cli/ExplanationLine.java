package io.readlens.stream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.readlens.model.text.Legible;
import java.util.List;

/**
 * What a line of JSON says of a read's calls: an explanation as {@link ExplanationJson} writes it,
 * or a dead letter. All else is passed over. What a line does not have is null, or 0.
 *
 * @param topic where a dead letter was read from; an explanation has none
 */
record ExplanationLine(
    String readId,
    String sampleId,
    String barcode,
    Integer length,
    int informativeBases,
    String outcome,
    String reason,
    String background,
    List<CallLine> calls,
    String checkpointId,
    List<ThresholdLine> thresholds,
    String topic,
    Long offset) {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build()
          .readerFor(ExplanationLine.class);

  /** What is passed on of a parser's words: they may repeat the line. */
  private static final int MOST_WORDS = 200;

  /** One rank's call. */
  record CallLine(String rank, String name, double probability) {}

  /** What a call of a rank needed. */
  record ThresholdLine(String rank, double probability) {}

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is neither, saying why
   */
  static ExplanationLine of(String json) {
    ExplanationLine line;
    try {
      line = JSON.readValue(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "this is no JSON of an explanation: " + Legible.of(e.getOriginalMessage(), MOST_WORDS),
          e);
    }
    if (line == null || (line.outcome == null && !line.isDeadLetter())) {
      throw new IllegalArgumentException(
          "this is no explanation: it has no outcome; name what explain writes with --format"
              + " jsonl");
    }
    if (!line.isDeadLetter() && (line.length == null || line.length < 0)) {
      throw new IllegalArgumentException("the explanation has no length");
    }
    return line;
  }

  /** Whether it is of the topic of dead letters. */
  boolean isDeadLetter() {
    return outcome == null && topic != null && offset != null;
  }

  /** The sample; where the read names none, its barcode; empty where it names neither. */
  String sample() {
    return isGiven(sampleId) ? sampleId : isGiven(barcode) ? barcode : "";
  }

  /** Whether the line has such a text. */
  static boolean isGiven(String text) {
    return text != null && !text.isBlank();
  }
}
