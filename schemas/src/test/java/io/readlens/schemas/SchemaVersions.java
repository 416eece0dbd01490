package io.readlens.schemas;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** Schemas as an earlier or a later version might have them. */
final class SchemaVersions {
  private SchemaVersions() {}

  /** The schema as its Avro file has it, without the named field. */
  static Schema without(Schema compiled, String name) {
    Schema published = RegistrySerde.published(compiled);
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : published.getFields()) {
      if (!field.name().equals(name)) {
        fields.add(new Schema.Field(field, field.schema()));
      }
    }
    return record(published, fields);
  }

  /** The schema as its Avro file has it, with one more field in front. */
  static Schema with(Schema compiled, String name, Schema type, Object defaultValue) {
    Schema published = RegistrySerde.published(compiled);
    List<Schema.Field> fields = new ArrayList<>();
    fields.add(new Schema.Field(name, type, "New.", defaultValue));
    for (Schema.Field field : published.getFields()) {
      fields.add(new Schema.Field(field, field.schema()));
    }
    return record(published, fields);
  }

  private static Schema record(Schema like, List<Schema.Field> fields) {
    return Schema.createRecord(like.getName(), like.getDoc(), like.getNamespace(), false, fields);
  }
}
