package io.readlens.stream.embedded;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;

/** Three versions of one record: each goes with its neighbour, the first and last do not. */
final class Schemas {
  static final AvroSchema WITH_NUMBER = record("{'name':'x','type':'int','default':0}");
  static final AvroSchema WITHOUT = record("");
  static final AvroSchema WITH_TEXT = record("{'name':'x','type':'string','default':''}");

  private Schemas() {}

  static AvroSchema record(String fields) {
    return new AvroSchema(
        "{'type':'record','name':'R','namespace':'t','fields':[%s]}"
            .formatted(fields)
            .replace('\'', '"'));
  }

  /** A schema like no other number's, compatible with all of them. */
  static AvroSchema numbered(int number) {
    return record("{'name':'x%d','type':'int','default':0}".formatted(number));
  }
}
