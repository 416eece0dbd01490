/**
 * From the reads topic to explanations and dead letters.
 *
 * <p>One read's way: {@link io.readlens.stream.topology.LookAhead} sees it as soon as it is polled
 * and submits it to the device; {@link io.readlens.stream.topology.ExplainProcessor} is handed the
 * same record in its turn, waits for its own answer and forwards the {@link
 * io.readlens.stream.topology.Outcome}; {@link io.readlens.stream.topology.ExplainTopology} sends
 * that to its topic. The {@link io.readlens.stream.ledger} counts it. Nothing is ever processed and
 * not yet forwarded, so no offset is committed ahead of its outcome.
 *
 * <p>Traps:
 *
 * <ol>
 *   <li>Whatever is decided ahead of {@code process()} is a guess that may be thrown away: only
 *       {@code process()} may forward, reject or fail.
 *   <li>Kafka Streams hands every {@code Exception} to a handler that may be told to go on, so a
 *       device at fault is an {@code Error}.
 *   <li>A record whose timestamp is negative never reaches {@code process()}: the timestamp
 *       extractor must not return it.
 *   <li>Brokers delete a record by its own timestamp, refuse it from the future, and Streams from
 *       before 1970. A read's start time and its record's timestamp can be written by anybody, so
 *       no record that is written here carries them: {@code ExplainProcessor} stamps each with the
 *       time of processing, and Kafka's producer the ledger's. Event time is a field, and {@code
 *       Claims} decides it.
 *   <li>{@code TopologyTestDriver} runs no interceptor: it shows the logic, never the look-ahead.
 * </ol>
 */
package io.readlens.stream.topology;
