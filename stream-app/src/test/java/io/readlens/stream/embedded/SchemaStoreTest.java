package io.readlens.stream.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    append(key("b", 1), value("b", 1, 9).replace("'deleted':false", "'deleted':true"));
    append(key("b", 1), null);
    append(key("c", 1), null);
    append(key("d", 1), value("d", 1, 2));
    append("{'keytype':'DELETE_SUBJECT','subject':'d','magic':0}", "{'subject':'d','version':1}");
    append(key("d", 1), null);
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
    assertThat(store.versions("c")).isEmpty();
    assertThat(store.versions("d")).isEmpty();
    assertThat(store.unusedId()).isEqualTo(10);
    assertThat(store.level(null)).hasValue(CompatibilityLevel.FORWARD);
    assertThat(store.level("a")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "null",
      textBlock =
          """
          null                                                     | null
          null                                                     | {'subject':'a'}
          ``                                                       | {}
          not JSON                                                 | neither
          {'keytype':                                              | {}
          {'keytype':'SCHEMA','subject':'a','version':1} trailing  | null
          []                                                       | {}
          17                                                       | null
          {}                                                       | {}
          {'keytype':'SCHEME','subject':'a','version':1}           | {}
          {'keytype':7}                                            | {}
          {'keytype':'SCHEMA'}                                     | {}
          {'keytype':'SCHEMA','subject':7,'version':1}             | null
          {'keytype':'SCHEMA','subject':'a','version':'1'}         | null
          {'keytype':'SCHEMA','subject':'a','version':0}           | null
          {'keytype':'SCHEMA','subject':'a','version':-1}          | null
          {'keytype':'SCHEMA','subject':'a','version':2147483648}  | null
          {'keytype':'SCHEMA','subject':'a','version':1.5}         | null
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | null
          {'keytype':'SCHEMA','version':1,'subject':'a'}           | null
          {'keytype':'SCHEMA','subject':'z','version':1,'magic':1} | null
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | nonsense
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | []
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | {'subject':'a','version':1,'id':1,'schema':'nonsense'}
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | {'subject':'a','version':1,'id':1,'schema':7}
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | {'subject':'a','version':1,'id':7,'schema':'\\'int\\''}
          {'keytype':'SCHEMA','subject':'a','version':1,'magic':1} | {'subject':'a','version':1,'id':1,'schema':'\\'int\\''}
          {'keytype':'SCHEMA','subject':'b','version':1,'magic':1} | {'subject':'a','version':1,'id':1,'schema':'\\'int\\''}
          {'keytype':'SCHEMA','subject':'A','version':1,'magic':1} | {'subject':'A','version':1,'id':1,'schema':'\\'int\\''}
          {'keytype':'SCHEMA','subject':'b','version':1,'magic':1} | {'subject':'b','version':1,'id':0,'schema':'\\'int\\''}
          {'keytype':'SCHEMA','subject':'b','version':1,'magic':1} | {'subject':'b','version':1,'schema':'\\'int\\''}
          {'keytype':'SCHEMA','subject':'b','version':1,'magic':1} | {'subject':'b','version':1,'id':3,'schemaType':'PROTOBUF','schema':'message'}
          {'keytype':'SCHEMA','subject':'b','version':1,'magic':1} | {'subject':'b','version':1,'id':3,'schema':'\\'gone.Deleted\\'','references':[{'name':'gone.Deleted','subject':'gone','version':1}]}
          {'keytype':'DELETE_SUBJECT','subject':'a'}               | {'subject':'b','version':1}
          {'keytype':'DELETE_SUBJECT','subject':'a'}               | {'subject':'a','version':'all'}
          {'keytype':'DELETE_SUBJECT','subject':'a'}               | gone
          {'keytype':'CONFIG','subject':null,'magic':0}            | {'compatibilityLevel':'SOMEHOW'}
          {'keytype':'CONFIG','subject':null,'magic':0}            | {'compatibilityLevel':7}
          {'keytype':'CONFIG','subject':['a'],'magic':0}           | {'compatibilityLevel':'NONE'}
          {'keytype':'CONFIG','magic':0}                           | {'compatibilityLevel':'NONE'}
          """)
  void shouldKeepWhatItKnowsWhenARecordIsJunk(String junkKey, String junkValue) {
    // Given
    append(key("a", 1), value("a", 1, 1));
    append("{'keytype':'CONFIG','subject':null,'magic':0}", "{'compatibilityLevel':'FULL'}");
    log.append(
        new LogRecord(
            junkKey == null ? null : quoted(junkKey),
            junkValue == null ? null : quoted(junkValue)));
    append(key("z", 1), value("z", 1, 2));
    SchemaStore store = log.store();

    // When
    store.refresh();

    // Then
    assertThat(store.all())
        .extracting(RegisteredSchema::subject, RegisteredSchema::id, RegisteredSchema::deleted)
        .containsExactly(tuple("a", 1, false), tuple("z", 2, false));
    assertThat(store.level(null)).hasValue(CompatibilityLevel.FULL);
    assertThat(store.unusedId()).isGreaterThan(2);
  }

  @ParameterizedTest
  @CsvSource(
      value = {"nonsense", "null"},
      nullValues = "null")
  void shouldWriteAgainWhatJunkWouldReplaceOnceTheLogIsCompacted(String junk) {
    // Given
    String level = "{'keytype':'CONFIG','subject':null,'magic':0}";
    append(key("a", 1), value("a", 1, 1));
    append(level, "{'compatibilityLevel':'FULL'}");
    append(key("a", 1), junk);
    append(level, "nonsense");
    SchemaStore store = log.store();

    // When
    store.refresh();

    // Then
    store.refresh();
    assertThat(log.records()).hasSize(6);
    MemoryLog compacted = log.compacted();
    SchemaStore again = compacted.store();
    again.refresh();
    assertThat(again.versions("a")).isEqualTo(store.versions("a")).hasSize(1);
    assertThat(again.level(null)).hasValue(CompatibilityLevel.FULL);
    assertThat(compacted.records()).hasSize(2);
  }

  /** One that comes before the version's own record says nothing, as after compaction. */
  @Test
  void shouldLetNothingBeTakenBackTwice() {
    // Given
    append(key("a", 1), null);
    append(key("a", 1), value("a", 1, 1));
    append(key("a", 2), value("a", 2, 2).replace("'deleted':false", "'deleted':true"));
    append(key("a", 2), null);
    append(key("a", 2), null);
    append(key("a", 1), null);
    append(key("a", 1), null);
    SchemaStore store = log.store();

    // When
    store.refresh();

    // Then
    assertThat(store.all())
        .extracting(RegisteredSchema::version, RegisteredSchema::id, RegisteredSchema::deleted)
        .containsExactly(tuple(1, 1, false));
  }

  @Test
  void shouldFindAnIdWhenSomebodyTookTheLast() {
    // Given
    append(key("a", 1), value("a", 1, Integer.MAX_VALUE));
    append(key("b", 1), value("b", 1, 1));
    SchemaStore store = log.store();

    // When
    store.refresh();

    // Then
    assertThat(store.unusedId()).isEqualTo(2);
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
