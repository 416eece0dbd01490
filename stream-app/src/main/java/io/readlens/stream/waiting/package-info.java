/**
 * Waiting for brokers and the schema registry: how long, and what is said meanwhile.
 *
 * <p>May know: the JDK, a logger.
 */
package io.readlens.stream.waiting;
