package io.readlens.stream.embedded;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;

/**
 * A schema as one version of a subject.
 *
 * @param version counts up from 1 within the subject
 * @param id identifies the schema in messages; one schema has one id in all subjects
 * @param deleted softly: no longer offered or checked against, still readable by its id
 */
record RegisteredSchema(String subject, int version, int id, AvroSchema schema, boolean deleted) {
  RegisteredSchema {
    if (version < 1 || id < 1) {
      throw new IllegalArgumentException("version " + version + " and id " + id + " start at 1");
    }
  }

  RegisteredSchema asDeleted() {
    return new RegisteredSchema(subject, version, id, schema, true);
  }

  boolean isSameAs(AvroSchema other) {
    return schema.canonicalString().equals(other.canonicalString());
  }
}
