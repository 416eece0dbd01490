/**
 * The process: how it ends, what it says of why, files that must not be left half written when it
 * does, and files whose faults must name them. Knows the JDK and the C library; nothing of reads or
 * models.
 *
 * <p>Trap: a JVM that ends while native code computes on other threads takes that code's libraries
 * down under it, and leaves a crash report. So programs end by {@link
 * io.readlens.model.process.Ending#exit}, never by {@code System.exit}, and shutdown hooks do not
 * run.
 */
package io.readlens.model.process;
