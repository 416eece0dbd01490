package io.readlens.stream.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry knows: nothing but the replay of its log.
 *
 * <p>A change is appended to the log and takes effect here when it is read back. So a write whose
 * acknowledgement was lost is not lost from sight: {@link #refresh} finds it, and whoever decides
 * what to write (which id is free, which versions there are) refreshes first.
 *
 * <p>The log is a topic that others may write to, so a record proves nothing: one that makes no
 * sense, or contradicts an earlier one, has no effect.
 *
 * <p>After a permanent deletion and a restart the highest ids may be given out again, as by
 * Confluent's registry.
 *
 * <p>Threading: queries may come from any thread and never wait for the log; {@link #refresh} and
 * {@link #write} are for one thread at a time.
 */
final class SchemaStore {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaStore.class);
  private static final int MOST_SAID = 10;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Consumer<LogRecord> append;
  private final Supplier<List<LogEntry>> unread;

  /** Guards itself and the two fields below. */
  private final Map<String, NavigableMap<Integer, RegisteredSchema>> subjects = new TreeMap<>();

  private final Map<String, CompatibilityLevel> levels = new HashMap<>();
  private int highestId;

  /**
   * @param append returns when the record is durable, throws when that is not known
   * @param unread the records of the log that it has not returned before, oldest first
   */
  SchemaStore(Consumer<LogRecord> append, Supplier<List<LogEntry>> unread) {
    this.append = append;
    this.unread = unread;
  }

  /**
   * Takes in what is new in the log. What somebody else has written there and makes no sense is
   * left out and said in the application's log; what it would have replaced is written again, for
   * the log keeps the last record of each key only.
   */
  void refresh() {
    Map<String, LogRecord> spoilt = new LinkedHashMap<>();
    int skipped = 0;
    for (LogEntry entry : unread.get()) {
      String key = entry.content().key();
      Optional<String> junk;
      Optional<LogRecord> standing;
      synchronized (subjects) {
        junk = apply(entry.content());
        standing = junk.isEmpty() ? Optional.empty() : standing(key);
      }
      if (junk.isEmpty()) {
        spoilt.remove(key);
        continue;
      }
      standing.ifPresent(record -> spoilt.put(key, record));
      skipped++;
      if (skipped <= MOST_SAID) {
        LOG.warn("skipped the record at offset {} of _schemas: {}", entry.offset(), junk.get());
      }
    }
    if (skipped > MOST_SAID) {
      LOG.warn("skipped {} more records of _schemas", skipped - MOST_SAID);
    }
    spoilt.values().forEach(append);
  }

  /** The record of this very key that is in effect. */
  private Optional<LogRecord> standing(String key) {
    Stream<LogRecord> schemas = all().stream().map(LogRecord::schema);
    Stream<LogRecord> ofLevels =
        levels.entrySet().stream().map(level -> LogRecord.level(level.getKey(), level.getValue()));
    return Stream.concat(schemas, ofLevels).filter(record -> record.key().equals(key)).findFirst();
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
      if (highestId < Integer.MAX_VALUE) {
        return highestId + 1;
      }
      Set<Integer> used = all().stream().map(RegisteredSchema::id).collect(Collectors.toSet());
      return IntStream.iterate(1, id -> id + 1)
          .filter(id -> !used.contains(id))
          .findFirst()
          .getAsInt();
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

  /** Returns why it was left out; empty if it was not. */
  private Optional<String> apply(LogRecord entry) {
    try {
      applyParsed(entry);
      return Optional.empty();
    } catch (JunkException e) {
      return Optional.of(e.getMessage());
    } catch (JsonProcessingException | StackOverflowError e) {
      return Optional.of("it is not JSON");
    }
  }

  private void applyParsed(LogRecord entry) throws JsonProcessingException {
    JsonNode key = object("its key", entry.key());
    switch (key.path("keytype").asText()) {
      case "SCHEMA" -> applySchema(key, entry.value());
      case "DELETE_SUBJECT" -> applyDeletedSubject(key, entry.value());
      case "CONFIG" -> applyLevel(key, entry.value());
      // Confluent's registry also keeps these, which mean nothing here.
      case "MODE", "CONTEXT", "CLEAR_SUBJECT", "NOOP" -> {}
      default -> throw new JunkException("its key is of no known type");
    }
  }

  /**
   * A subject's version never changes, nor what an id stands for, and neither goes before it was
   * marked as deleted: whoever says so is wrong.
   */
  private void applySchema(JsonNode key, String value) throws JsonProcessingException {
    String subject = text(key, "subject");
    int version = positive(key, "version");
    NavigableMap<Integer, RegisteredSchema> versions =
        subjects.computeIfAbsent(subject, absent -> new TreeMap<>());
    RegisteredSchema known = versions.get(version);
    if (value == null) {
      // A registry deletes for good only what it has marked as deleted before.
      if (known != null && !known.deleted()) {
        throw new JunkException("it takes back a version that is not marked as deleted");
      }
      versions.remove(version);
      return;
    }
    JsonNode fields = object("its value", value);
    int id = positive(fields, "id");
    // Whatever the record is worth, there may be messages of this id.
    highestId = Math.max(highestId, id);
    if (!subject.equals(text(fields, "subject")) || version != positive(fields, "version")) {
      throw new JunkException("its key and its value are of different schemas");
    }
    if (!fields.path("schemaType").asText("AVRO").equals("AVRO")
        || !fields.path("references").isEmpty()) {
      throw new JunkException("it is not a schema in Avro without references");
    }
    AvroSchema schema = schema(text(fields, "schema"));
    if (known != null && (known.id() != id || !known.isSameAs(schema))) {
      throw new JunkException("the subject's version is another schema already");
    }
    if (all().stream().anyMatch(other -> other.id() == id && !other.isSameAs(schema))) {
      throw new JunkException("its id is another schema's already");
    }
    boolean deleted = fields.path("deleted").asBoolean();
    versions.put(version, new RegisteredSchema(subject, version, id, schema, deleted));
  }

  private void applyDeletedSubject(JsonNode key, String value) throws JsonProcessingException {
    String subject = text(key, "subject");
    if (value != null) {
      JsonNode fields = object("its value", value);
      int last = positive(fields, "version");
      if (!subject.equals(text(fields, "subject"))) {
        throw new JunkException("its key and its value are of different subjects");
      }
      subjects
          .getOrDefault(subject, new TreeMap<>())
          .headMap(last, true)
          .replaceAll((version, schema) -> schema.asDeleted());
    }
  }

  private void applyLevel(JsonNode key, String value) throws JsonProcessingException {
    JsonNode subject = key.path("subject");
    if (!subject.isNull() && !subject.isTextual()) {
      throw new JunkException("it has no \"subject\" that is text or null");
    }
    JsonNode level = value == null ? null : object("its value", value).path("compatibilityLevel");
    if (level == null || level.isNull()) {
      levels.remove(subject.textValue());
      return;
    }
    CompatibilityLevel known = CompatibilityLevel.forName(level.asText());
    if (known == null) {
      throw new JunkException("there is no such compatibility level");
    }
    levels.put(subject.textValue(), known);
  }

  private static JsonNode object(String what, String text) throws JsonProcessingException {
    JsonNode parsed = text == null ? null : JSON.readTree(text);
    if (parsed == null || !parsed.isObject()) {
      throw new JunkException(what + " is not a JSON object");
    }
    return parsed;
  }

  private static String text(JsonNode fields, String name) {
    if (!fields.path(name).isTextual()) {
      throw new JunkException("it has no \"" + name + "\" that is text");
    }
    return fields.path(name).textValue();
  }

  private static int positive(JsonNode fields, String name) {
    JsonNode number = fields.path(name);
    if (!number.isInt() || number.intValue() < 1) {
      throw new JunkException("it has no \"" + name + "\" that is a number from 1 to 2^31-1");
    }
    return number.intValue();
  }

  private static AvroSchema schema(String text) {
    try {
      AvroSchema schema = new AvroSchema(text);
      schema.validate(false);
      return schema;
    } catch (RuntimeException | StackOverflowError e) {
      throw new JunkException("its schema is not valid Avro");
    }
  }

  /** A record that the registry cannot have written, or that contradicts one before it. */
  private static final class JunkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JunkException(String message) {
      super(message);
    }
  }
}
