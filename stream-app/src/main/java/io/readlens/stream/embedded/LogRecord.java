package io.readlens.stream.embedded;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;

/**
 * One record of the topic {@code _schemas}, in the JSON of Confluent's own registry. The order of a
 * key's fields matters: compaction compares bytes.
 *
 * @param value null takes back what the key says
 */
record LogRecord(String key, String value) {
  static LogRecord schema(RegisteredSchema schema) {
    String value =
        object()
            .put("subject", schema.subject())
            .put("version", schema.version())
            .put("id", schema.id())
            .put("schema", schema.schema().canonicalString())
            .put("deleted", schema.deleted())
            .toString();
    return new LogRecord(schemaKey(schema), value);
  }

  /** The version was never there. */
  static LogRecord forgotten(RegisteredSchema schema) {
    return new LogRecord(schemaKey(schema), null);
  }

  /** All versions of the subject up to this one are softly deleted. */
  static LogRecord deletedSubject(String subject, int lastVersion) {
    String key =
        object()
            .put("keytype", "DELETE_SUBJECT")
            .put("subject", subject)
            .put("magic", 0)
            .toString();
    return new LogRecord(
        key, object().put("subject", subject).put("version", lastVersion).toString());
  }

  /**
   * @param subject null for all subjects that have no level of their own
   */
  static LogRecord level(String subject, CompatibilityLevel level) {
    return new LogRecord(
        levelKey(subject), object().put("compatibilityLevel", level.name).toString());
  }

  static LogRecord noLevel(String subject) {
    return new LogRecord(levelKey(subject), null);
  }

  private static String schemaKey(RegisteredSchema schema) {
    return object()
        .put("keytype", "SCHEMA")
        .put("subject", schema.subject())
        .put("version", schema.version())
        .put("magic", 1)
        .toString();
  }

  private static String levelKey(String subject) {
    return object().put("keytype", "CONFIG").put("subject", subject).put("magic", 0).toString();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
