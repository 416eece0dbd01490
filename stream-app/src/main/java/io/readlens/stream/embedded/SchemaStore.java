package io.readlens.stream.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the registry knows: nothing but the replay of its log.
 *
 * <p>A change is appended to the log and takes effect here when it is read back. So a write whose
 * acknowledgement was lost is not lost from sight: {@link #refresh} finds it, and whoever decides
 * what to write (which id is free, which versions there are) refreshes first.
 *
 * <p>After a permanent deletion and a restart the highest ids may be given out again, as by
 * Confluent's registry.
 *
 * <p>Threading: queries may come from any thread and never wait for the log; {@link #refresh} and
 * {@link #write} are for one thread at a time.
 */
final class SchemaStore {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Consumer<LogRecord> append;
  private final Supplier<List<LogRecord>> unread;

  /** Guards itself and the two fields below. */
  private final Map<String, NavigableMap<Integer, RegisteredSchema>> subjects = new TreeMap<>();

  private final Map<String, CompatibilityLevel> levels = new HashMap<>();
  private int highestId;

  /**
   * @param append returns when the record is durable, throws when that is not known
   * @param unread the records of the log that it has not returned before, oldest first
   */
  SchemaStore(Consumer<LogRecord> append, Supplier<List<LogRecord>> unread) {
    this.append = append;
    this.unread = unread;
  }

  /** Takes in what is new in the log. */
  void refresh() {
    for (LogRecord entry : unread.get()) {
      synchronized (subjects) {
        apply(entry);
      }
    }
  }

  /** Returns when the record is durable and its effect visible here. */
  void write(LogRecord entry) {
    append.accept(entry);
    refresh();
  }

  /** Every version of every subject, deleted ones too, ordered by subject and version. */
  List<RegisteredSchema> all() {
    synchronized (subjects) {
      return subjects.values().stream().flatMap(versions -> versions.values().stream()).toList();
    }
  }

  /** Every version of one subject, deleted ones too, oldest first. */
  List<RegisteredSchema> versions(String subject) {
    synchronized (subjects) {
      NavigableMap<Integer, RegisteredSchema> versions = subjects.get(subject);
      return versions == null ? List.of() : List.copyOf(versions.values());
    }
  }

  /** The id of this schema, wherever it is registered. */
  Optional<Integer> idOf(AvroSchema schema) {
    return all().stream()
        .filter(known -> known.isSameAs(schema))
        .map(RegisteredSchema::id)
        .findFirst();
  }

  int unusedId() {
    synchronized (subjects) {
      return highestId + 1;
    }
  }

  /**
   * @param subject null for the level of all subjects that have none of their own
   */
  Optional<CompatibilityLevel> level(String subject) {
    synchronized (subjects) {
      return Optional.ofNullable(levels.get(subject));
    }
  }

  private void apply(LogRecord entry) {
    try {
      applyParsed(entry);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IllegalStateException("not a schema registry's record: " + entry.key(), e);
    }
  }

  private void applyParsed(LogRecord entry) throws JsonProcessingException {
    JsonNode key = JSON.readTree(entry.key());
    switch (key.path("keytype").asText()) {
      case "SCHEMA" -> applySchema(key, entry.value());
      case "DELETE_SUBJECT" -> applyDeletedSubject(entry.value());
      case "CONFIG" -> applyLevel(key, entry.value());
      // Confluent's registry also keeps modes, contexts and no-ops, which mean nothing here.
      default -> {}
    }
  }

  private void applySchema(JsonNode key, String value) throws JsonProcessingException {
    String subject = key.path("subject").asText();
    int version = key.path("version").asInt();
    NavigableMap<Integer, RegisteredSchema> versions =
        subjects.computeIfAbsent(subject, absent -> new TreeMap<>());
    if (value == null) {
      versions.remove(version);
      return;
    }
    JsonNode fields = JSON.readTree(value);
    int id = fields.path("id").asInt();
    AvroSchema schema = new AvroSchema(fields.path("schema").asText());
    boolean deleted = fields.path("deleted").asBoolean();
    versions.put(version, new RegisteredSchema(subject, version, id, schema, deleted));
    highestId = Math.max(highestId, id);
  }

  private void applyDeletedSubject(String value) throws JsonProcessingException {
    if (value != null) {
      JsonNode fields = JSON.readTree(value);
      NavigableMap<Integer, RegisteredSchema> versions =
          subjects.getOrDefault(fields.path("subject").asText(), new TreeMap<>());
      versions
          .headMap(fields.path("version").asInt(), true)
          .replaceAll((version, schema) -> schema.asDeleted());
    }
  }

  private void applyLevel(JsonNode key, String value) throws JsonProcessingException {
    String subject = key.path("subject").textValue();
    if (value == null) {
      levels.remove(subject);
    } else {
      String name = JSON.readTree(value).path("compatibilityLevel").asText();
      levels.put(subject, CompatibilityLevel.forName(name));
    }
  }
}
