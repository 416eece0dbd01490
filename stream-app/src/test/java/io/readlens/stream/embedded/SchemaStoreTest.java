package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SchemaStoreTest {
  private final MemoryLog log = new MemoryLog();

  @Test
  void shouldWriteKeysByteForByteAsConfluentsRegistry() {
    // Given
    RegisteredSchema schema = new RegisteredSchema("s", 3, 7, Schemas.WITHOUT, false);

    // When
    LogRecord entry = LogRecord.schema(schema);

    // Then
    assertThat(entry.key())
        .isEqualTo("{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":3,\"magic\":1}");
    assertThat(entry.value())
        .isEqualTo(
            "{\"subject\":\"s\",\"version\":3,\"id\":7,\"schema\":\"{\\\"type\\\":\\\"record\\\","
                + "\\\"name\\\":\\\"R\\\",\\\"namespace\\\":\\\"t\\\",\\\"fields\\\":[]}\","
                + "\"deleted\":false}");
    assertThat(LogRecord.forgotten(schema).key()).isEqualTo(entry.key());
    assertThat(LogRecord.level(null, CompatibilityLevel.FULL).key())
        .isEqualTo("{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}");
    assertThat(LogRecord.deletedSubject("s", 3).key())
        .isEqualTo("{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"s\",\"magic\":0}");
  }

  @Test
  void shouldReplayWhatConfluentsRegistryWrites() {
    // Given
    append("{'keytype':'CONFIG','subject':null,'magic':0}", "{'compatibilityLevel':'FORWARD'}");
    append("{'keytype':'NOOP','magic':0}", null);
    append("{'keytype':'MODE','subject':'a','magic':0}", "{'mode':'READWRITE'}");
    append(key("a", 1), value("a", 1, 1));
    append(key("a", 2), value("a", 2, 2));
    append("{'keytype':'DELETE_SUBJECT','subject':'a','magic':0}", "{'subject':'a','version':2}");
    append(key("a", 3), value("a", 3, 1));
    append(key("b", 1), value("b", 1, 9));
    append(key("b", 1), null);
    append("{'keytype':'CONFIG','subject':'a','magic':0}", "{'compatibilityLevel':'NONE'}");
    append("{'keytype':'CONFIG','subject':'a','magic':0}", null);
    SchemaStore store = log.store();

    // When
    store.refresh();

    // Then
    assertThat(store.versions("a"))
        .extracting(RegisteredSchema::version, RegisteredSchema::id, RegisteredSchema::deleted)
        .containsExactly(tuple(1, 1, true), tuple(2, 2, true), tuple(3, 1, false));
    assertThat(store.versions("b")).isEmpty();
    assertThat(store.unusedId()).isEqualTo(10);
    assertThat(store.level(null)).hasValue(CompatibilityLevel.FORWARD);
    assertThat(store.level("a")).isEmpty();
  }

  @Test
  void shouldNameARecordThatItCannotRead() {
    // Given
    append(key("a", 1), "{'subject':'a','version':1,'id':1,'schema':'nonsense'}");
    SchemaStore store = log.store();

    // When
    ThrowingCallable refresh = store::refresh;

    // Then
    assertThatThrownBy(refresh)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"subject\":\"a\",\"version\":1");
  }

  private void append(String key, String value) {
    log.append(new LogRecord(quoted(key), value == null ? null : quoted(value)));
  }

  private static String key(String subject, int version) {
    return "{'keytype':'SCHEMA','subject':'%s','version':%d,'magic':1}".formatted(subject, version);
  }

  private static String value(String subject, int version, int id) {
    String schema = "{\\'type\\':\\'fixed\\',\\'name\\':\\'F\\',\\'size\\':" + id + "}";
    return "{'subject':'%s','version':%d,'id':%d,'schema':'%s','deleted':false}"
        .formatted(subject, version, id, schema);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
