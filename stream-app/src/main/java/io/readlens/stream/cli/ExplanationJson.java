package io.readlens.stream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.avro.Call;
import io.readlens.avro.CallThreshold;
import io.readlens.avro.Candidate;
import io.readlens.avro.Explanation;
import io.readlens.avro.HiddenStretch;
import io.readlens.avro.Span;
import io.readlens.model.text.LegibleJson;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The Explanation record as plain JSON: the record's field names, ranks in lower case, times in
 * milliseconds since 1970-01-01T00:00Z, the mask as numbers from 0 to 255; sufficiency and
 * comprehensiveness only where there are any, and what is said of mates only of pairs.
 */
final class ExplanationJson {
  private static final ObjectMapper JSON = new ObjectMapper(LegibleJson.factory());

  private ExplanationJson() {}

  static ObjectNode of(Explanation explanation) {
    ObjectNode json = JSON.createObjectNode();
    json.put("readId", explanation.getReadId());
    json.put("runId", explanation.getRunId());
    json.put("sampleId", explanation.getSampleId());
    json.put("barcode", explanation.getBarcode());
    json.put("length", explanation.getLength());
    boolean pair = explanation.getMateLength() != null;
    if (pair) {
      json.put("mateLength", explanation.getMateLength());
    }
    json.put("outcome", explanation.getOutcome().name());
    ArrayNode calls = json.putArray("calls");
    explanation.getCalls().forEach(call -> calls.add(of(call, pair)));
    json.set("mask", mask(explanation.getMask()));
    json.put("tokens", explanation.getTokens());
    json.put("unknownBases", explanation.getUnknownBases());
    json.put("informativeBases", explanation.getInformativeBases());
    ArrayNode hidden = json.putArray("hidden");
    for (HiddenStretch each : explanation.getHidden()) {
      ObjectNode stretch = hidden.addObject();
      stretch.put("start", each.getStart()).put("end", each.getEnd()).put("kind", each.getKind());
      putMate(stretch, each.getMate(), pair);
    }
    json.put("reason", explanation.getReason());
    json.put("background", explanation.getBackground());
    json.put("sequence", explanation.getSequence());
    if (pair) {
      json.put("mateSequence", explanation.getMateSequence());
    }
    json.put("checkpointId", explanation.getCheckpointId());
    json.put("profile", explanation.getProfile());
    ArrayNode thresholds = json.putArray("thresholds");
    for (CallThreshold each : explanation.getThresholds()) {
      thresholds
          .addObject()
          .put("rank", each.getRank().name().toLowerCase(Locale.ROOT))
          .put("probability", each.getProbability());
    }
    json.put("eventTime", explanation.getEventTime().toEpochMilli());
    json.put("eventTimeSource", explanation.getEventTimeSource().name());
    json.put("processedTime", explanation.getProcessedTime().toEpochMilli());
    json.put("trueTaxId", explanation.getTrueTaxId());
    ArrayNode ignored = json.putArray("ignored");
    explanation
        .getIgnored()
        .forEach(
            each ->
                ignored.addObject().put("field", each.getField()).put("value", each.getValue()));
    return json;
  }

  /** The record in one line. */
  static String line(ObjectNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and texts is always JSON", e);
    }
  }

  private static ObjectNode of(Call call, boolean pair) {
    ObjectNode json = JSON.createObjectNode();
    json.put("rank", call.getRank().name().toLowerCase(Locale.ROOT));
    json.put("taxId", call.getTaxId());
    json.put("name", call.getName());
    json.put("probability", call.getProbability());
    ArrayNode alternatives = json.putArray("alternatives");
    for (Candidate other : call.getAlternatives()) {
      alternatives
          .addObject()
          .put("taxId", other.getTaxId())
          .put("name", other.getName())
          .put("probability", other.getProbability());
    }
    ArrayNode spans = json.putArray("spans");
    for (Span span : call.getSpans()) {
      ObjectNode stretch = spans.addObject();
      stretch.put("start", span.getStart()).put("end", span.getEnd()).put("score", span.getScore());
      putMate(stretch, span.getMate(), pair);
    }
    json.put("spansLeftOut", call.getSpansLeftOut());
    if (call.getSufficiency() != null) {
      json.put("sufficiency", call.getSufficiency());
      json.put("comprehensiveness", call.getComprehensiveness());
    }
    return json;
  }

  private static void putMate(ObjectNode stretch, int mate, boolean pair) {
    if (pair) {
      stretch.put("mate", mate);
    }
  }

  private static ArrayNode mask(ByteBuffer mask) {
    if (mask == null) {
      return null;
    }
    ArrayNode scores = JSON.createArrayNode();
    for (int i = 0; i < mask.remaining(); i++) {
      scores.add(mask.get(mask.position() + i) & 0xFF);
    }
    return scores;
  }
}
