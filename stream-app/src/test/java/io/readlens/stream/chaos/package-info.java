/**
 * The proof of exactly-once: applications, broker, registry and device fail while reads flow, and
 * every read must still have one outcome.
 *
 * <p>{@link io.readlens.stream.chaos.Trial} sends reads through instances of an application in
 * child JVMs while the faults of a {@link io.readlens.stream.chaos.Plan} strike, and hands what
 * came out to {@link io.readlens.stream.chaos.Verdict}. It is run with the product and, as the
 * control, with an application that is broken on purpose; see {@link
 * io.readlens.stream.chaos.ChaosIT} for how to run it.
 */
package io.readlens.stream.chaos;
