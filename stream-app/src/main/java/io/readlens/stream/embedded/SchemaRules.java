package io.readlens.stream.embedded;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.ParsedSchemaHolder;
import io.confluent.kafka.schemaregistry.SimpleParsedSchemaHolder;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What may be registered, changed and deleted, and under which number: the behaviour of Confluent's
 * registry for Avro schemas without references. Compatibility is decided by Confluent's own
 * classes.
 *
 * <p>Refusals are {@link RegistryException}s. A subject may be deleted softly, then permanently;
 * {@code withDeleted} asks for the softly deleted versions too.
 *
 * <p>Threading: any thread. Changes are made one at a time and hold a lock until the log has
 * acknowledged them; answers that change nothing never wait for it.
 */
final class SchemaRules {
  private final SchemaStore store;
  private final CompatibilityLevel defaultLevel;
  private final Object writing = new Object();

  /**
   * @param defaultLevel for all subjects, until a global level is set
   */
  SchemaRules(SchemaStore store, CompatibilityLevel defaultLevel) {
    this.store = store;
    this.defaultLevel = defaultLevel;
  }

  List<String> subjects(boolean withDeleted) {
    return store.all().stream()
        .filter(schema -> withDeleted || !schema.deleted())
        .map(RegisteredSchema::subject)
        .distinct()
        .toList();
  }

  /** Never empty, oldest first. */
  List<RegisteredSchema> versions(String subject, boolean withDeleted) {
    List<RegisteredSchema> versions = visible(subject, withDeleted);
    if (versions.isEmpty()) {
      throw RegistryException.subjectNotFound(subject);
    }
    return versions;
  }

  /**
   * @param version a number, or {@code latest} or {@code -1} for the newest
   */
  RegisteredSchema version(String subject, String version, boolean withDeleted) {
    OptionalInt number = versionNumber(version);
    List<RegisteredSchema> versions = versions(subject, withDeleted);
    if (number.isEmpty()) {
      return versions.get(versions.size() - 1);
    }
    return versions.stream()
        .filter(schema -> schema.version() == number.getAsInt())
        .findFirst()
        .orElseThrow(() -> RegistryException.versionNotFound(number.getAsInt()));
  }

  /** The version under which this very schema stands in the subject. */
  RegisteredSchema lookUp(String subject, AvroSchema schema, boolean withDeleted) {
    return newest(versions(subject, withDeleted), schema)
        .orElseThrow(RegistryException::schemaNotFound);
  }

  AvroSchema schema(int id) {
    return uses(id, true).get(0).schema();
  }

  /** Where the id is used; throws where it never was, even if what is left is not visible. */
  List<RegisteredSchema> uses(int id, boolean withDeleted) {
    List<RegisteredSchema> uses = store.all().stream().filter(schema -> schema.id() == id).toList();
    if (uses.isEmpty()) {
      throw RegistryException.schemaNotFound();
    }
    return uses.stream().filter(schema -> withDeleted || !schema.deleted()).toList();
  }

  /** The schema's id: the one it already has anywhere, or a new one. */
  int register(String subject, AvroSchema schema) {
    // Every start of a producer asks this; it need not queue behind the log.
    Optional<RegisteredSchema> known = newest(visible(subject, false), schema);
    if (known.isPresent()) {
      return known.get().id();
    }
    synchronized (writing) {
      store.refresh();
      known = newest(visible(subject, false), schema);
      if (known.isPresent()) {
        return known.get().id();
      }
      List<String> details = incompatibilities(subject, schema);
      if (!details.isEmpty()) {
        throw RegistryException.incompatible(subject, details);
      }
      int id = store.idOf(schema).orElseGet(store::unusedId);
      List<RegisteredSchema> all = visible(subject, true);
      int last = all.isEmpty() ? 0 : all.get(all.size() - 1).version();
      if (last == Integer.MAX_VALUE) {
        throw RegistryException.noVersionLeft(subject);
      }
      store.write(LogRecord.schema(new RegisteredSchema(subject, last + 1, id, schema, false)));
      return id;
    }
  }

  /** Why the schema could not be registered; empty if it could. */
  List<String> incompatibilities(String subject, AvroSchema schema) {
    return contradictions(subject, schema, visible(subject, false));
  }

  /** Why the schema does not go with one version; empty if it does. */
  List<String> incompatibilities(String subject, AvroSchema schema, String version) {
    return contradictions(subject, schema, List.of(version(subject, version, false)));
  }

  /** The level of all subjects that have none of their own. */
  CompatibilityLevel level() {
    return store.level(null).orElse(defaultLevel);
  }

  Optional<CompatibilityLevel> level(String subject) {
    return store.level(subject);
  }

  /**
   * @param subject null for all subjects that have no level of their own
   */
  void setLevel(String subject, CompatibilityLevel level) {
    synchronized (writing) {
      store.write(LogRecord.level(subject, level));
    }
  }

  /** The versions deleted. */
  List<Integer> deleteSubject(String subject, boolean permanent) {
    synchronized (writing) {
      store.refresh();
      List<RegisteredSchema> all = versions(subject, true);
      List<RegisteredSchema> visible = visible(subject, false);
      if (permanent) {
        if (!visible.isEmpty()) {
          throw RegistryException.subjectNotYetDeleted(subject);
        }
        all.forEach(schema -> store.write(LogRecord.forgotten(schema)));
        return all.stream().map(RegisteredSchema::version).toList();
      }
      if (visible.isEmpty()) {
        throw RegistryException.subjectAlreadyDeleted(subject);
      }
      int last = all.get(all.size() - 1).version();
      store.write(LogRecord.deletedSubject(subject, last));
      if (level(subject).isPresent()) {
        store.write(LogRecord.noLevel(subject));
      }
      return visible.stream().map(RegisteredSchema::version).toList();
    }
  }

  /** The version deleted. */
  int deleteVersion(String subject, String version, boolean permanent) {
    synchronized (writing) {
      store.refresh();
      // The latest is the latest that is not deleted yet, unless it is to go for good.
      boolean named = versionNumber(version).isPresent();
      RegisteredSchema schema = version(subject, version, named || permanent);
      if (permanent != schema.deleted()) {
        throw permanent
            ? RegistryException.versionNotYetDeleted(subject, schema.version())
            : RegistryException.versionAlreadyDeleted(subject, schema.version());
      }
      store.write(permanent ? LogRecord.forgotten(schema) : LogRecord.schema(schema.asDeleted()));
      return schema.version();
    }
  }

  private List<RegisteredSchema> visible(String subject, boolean withDeleted) {
    return store.versions(subject).stream()
        .filter(schema -> withDeleted || !schema.deleted())
        .toList();
  }

  private static Optional<RegisteredSchema> newest(
      List<RegisteredSchema> versions, AvroSchema schema) {
    return versions.stream()
        .filter(known -> known.isSameAs(schema))
        .reduce((older, newer) -> newer);
  }

  /** Confluent's check wants the earlier versions oldest first and picks what the level needs. */
  private List<String> contradictions(
      String subject, AvroSchema schema, List<RegisteredSchema> earlier) {
    List<ParsedSchemaHolder> holders = new ArrayList<>();
    earlier.forEach(known -> holders.add(new SimpleParsedSchemaHolder(known.schema())));
    return schema.isCompatible(level(subject).orElse(level()), holders);
  }

  /** Empty for the latest. */
  private static OptionalInt versionNumber(String version) {
    if (version.equals("latest") || version.equals("-1")) {
      return OptionalInt.empty();
    }
    if (version.matches("[1-9][0-9]{0,9}") && Long.parseLong(version) <= Integer.MAX_VALUE) {
      return OptionalInt.of(Integer.parseInt(version));
    }
    throw RegistryException.invalidVersion(version);
  }
}
