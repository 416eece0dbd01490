/**
 * The proof of exactly-once: the application is killed as {@code kill -9} does while reads flow,
 * and every read must still have one outcome.
 *
 * <p>{@link io.readlens.stream.kill.KillTrial} sends reads through an application in a child JVM,
 * kills and replaces it, and hands what came out to {@link io.readlens.stream.kill.Verdict}. It is
 * run with the product and, as the control, with an application that is broken on purpose; see
 * {@link io.readlens.stream.kill.ExactlyOnceIT} for how to run it.
 */
package io.readlens.stream.kill;
