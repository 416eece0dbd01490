package io.readlens.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.avro.CheckpointEvent;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.avro.LedgerEntry;
import io.readlens.avro.SequencingRead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AvroFilesTest {
  static List<Schema> schemas() {
    return List.of(
        SequencingRead.getClassSchema(),
        Explanation.getClassSchema(),
        DeadLetter.getClassSchema(),
        LedgerEntry.getClassSchema(),
        CheckpointEvent.getClassSchema());
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldPublishWhatTheFileSays(Schema compiled) throws IOException {
    // Given
    Schema file =
        new Schema.Parser().parse(Path.of("src/main/avro", compiled.getName() + ".avsc").toFile());
    // When
    Schema published = RegistrySerde.published(compiled);
    // Then
    assertThat(published.toString()).isEqualTo(file.toString());
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldDocumentEverything(Schema compiled) {
    // When
    List<String> undocumented = new ArrayList<>();
    for (Schema type : named(compiled, new ArrayList<>())) {
      note(undocumented, type.getFullName(), type.getDoc());
      if (type.getType() == Schema.Type.RECORD) {
        type.getFields()
            .forEach(
                field -> note(undocumented, type.getFullName() + "." + field.name(), field.doc()));
      }
    }
    // Then
    assertThat(undocumented).isEmpty();
  }

  private static void note(List<String> undocumented, String what, String doc) {
    if (doc == null || doc.length() < 12 || !doc.endsWith(".")) {
      undocumented.add(what);
    }
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldGiveEveryEnumADefaultThatIsNeverWritten(Schema compiled) {
    // When
    List<Schema> enums = new ArrayList<>(named(compiled, new ArrayList<>()));
    enums.removeIf(type -> type.getType() != Schema.Type.ENUM);
    // Then
    assertThat(enums).extracting(Schema::getEnumDefault).allMatch("UNKNOWN"::equals);
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void shouldLetEveryNullableFieldBeAbsent(Schema compiled) {
    // When
    List<String> odd = new ArrayList<>();
    for (Schema type : named(compiled, new ArrayList<>())) {
      if (type.getType() == Schema.Type.RECORD) {
        for (Schema.Field field : type.getFields()) {
          boolean nullFirst =
              field.schema().isUnion()
                  && field.schema().getTypes().get(0).getType() == Schema.Type.NULL
                  && field.defaultVal() == JsonProperties.NULL_VALUE;
          if (field.schema().isNullable() != nullFirst) {
            odd.add(type.getName() + "." + field.name());
          }
        }
      }
    }
    // Then
    assertThat(odd).isEmpty();
  }

  /** The records and enums of a schema, itself included. */
  private static List<Schema> named(Schema schema, List<Schema> found) {
    switch (schema.getType()) {
      case RECORD -> {
        found.add(schema);
        schema.getFields().forEach(field -> named(field.schema(), found));
      }
      case ENUM -> found.add(schema);
      case ARRAY -> named(schema.getElementType(), found);
      case UNION -> schema.getTypes().forEach(branch -> named(branch, found));
      default -> {}
    }
    return found;
  }
}
