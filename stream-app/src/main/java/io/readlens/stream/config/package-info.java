/**
 * The application's settings, parsed and checked once, before the first poll.
 *
 * <p>Knows Kafka's names for its own properties, so that a misspelt one is told from one that Kafka
 * takes; nothing of the topology, the worker or the command line.
 *
 * <p>Trap: the maps handed on to Kafka and to the registry hold passwords. {@link
 * io.readlens.stream.config.AppConfig} prints none of them.
 */
package io.readlens.stream.config;
