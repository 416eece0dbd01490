/**
 * The contract with the outside: which topics there are ({@link io.readlens.schemas.Topics}), and
 * how their records become bytes ({@link io.readlens.schemas.RegistrySerde}, {@link
 * io.readlens.schemas.Registry}). The records themselves are generated from the Avro files, whose
 * {@code doc} fields are the reference. Knows Avro, Kafka's serializer interfaces and Confluent's
 * registry client; no broker, no model.
 *
 * <p><b>Two failures that must not be confused.</b> {@link
 * io.readlens.schemas.UndecodableException} condemns one record, which may be set aside. {@link
 * io.readlens.schemas.RegistryException} says nothing about any record: whoever skips a record for
 * it loses a good one. Neither is a subclass of the other, and only the first is a {@code
 * SerializationException}.
 *
 * <p><b>Trap.</b> Avro creates no generated class that it was not told to trust. Loading {@link
 * io.readlens.schemas.RegistrySerde} trusts {@code io.readlens.avro}; code that reads these records
 * with Avro's own readers has to do so itself.
 */
package io.readlens.schemas;
