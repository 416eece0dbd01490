/**
 * A Kafka broker and a schema registry that need no installation: for trying ReadLens out and for
 * its tests, never for production data.
 *
 * <p>{@link io.readlens.stream.embedded.EmbeddedBroker} is one KRaft node in a child JVM; {@link
 * io.readlens.stream.embedded.EmbeddedRegistry} serves the part of Confluent's REST interface that
 * Avro producers and consumers use. Both listen on 127.0.0.1 only and keep their state across
 * restarts: the broker in its directory, the registry in the topic {@code _schemas}. They ask
 * nobody who he is, unless they are secured: {@link io.readlens.stream.embedded.Security}.
 *
 * <p>May know: Kafka's clients and server, Confluent's schema classes, Jackson, the JDK's HTTP
 * server. May not know: topology, worker, model, command line.
 *
 * <p>Traps:
 *
 * <ol>
 *   <li>There is one replica of everything; losing the directory loses it all.
 *   <li>The broker creates no topic on its own: a misspelt name is an error, not a new topic.
 *   <li>One registry per broker. Each keeps its own view of {@code _schemas}, and two that write at
 *       the same moment could give one id to two schemas.
 *   <li>A topic's creation is confirmed before its partitions can be written to, on a loaded
 *       machine half a second before. Ask for every partition's end offset first: a producer that
 *       is quicker may have its first batches refused and later ones taken, and then retries the
 *       first ones, out of sequence now, until its delivery timeout. That question in turn fails at
 *       once while the broker has not heard of the topic: describe it until it is there.
 *   <li>kafkajs reads uncompressed and gzip topics only.
 * </ol>
 */
package io.readlens.stream.embedded;
