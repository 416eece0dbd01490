/**
 * Reads from files into the reads topic, and labelled ones back into files.
 *
 * <p>One read's way: {@link io.readlens.model.io.ReadFile} hands it out, {@link
 * io.readlens.stream.replay.SequencingReads} makes the record of it, {@link
 * io.readlens.stream.replay.Replay} sends that when {@link io.readlens.stream.replay.Pace} says so.
 * A read's letters are not judged here: the topology does that, and tells why it refuses. {@link
 * io.readlens.stream.replay.Export} goes the other way, to train on.
 *
 * <p>Knows Kafka's clients, Avro's records and the model's readers of files; nothing of the
 * topology, the worker or the command line.
 */
package io.readlens.stream.replay;
