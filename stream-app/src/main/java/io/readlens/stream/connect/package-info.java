/**
 * Whether Kafka's brokers and the schema registry can be reached as configured, and if not, why: in
 * one line that names the connection, the cause and the setting to look at.
 *
 * <p>The clients themselves are asked first, so that a connection that works is never called
 * faulty. Only when a client fails, or says nothing for two seconds, does this package open a
 * connection of its own, with the same settings, and look at what answers: which protocol, which
 * certificate, which login. It looks at the brokers of the settings, and then at those that these
 * name, for clients work with the latter.
 *
 * <p>May know: the configuration, Kafka's clients, TLS, who leads partitions. Traps: Kafka's client
 * retries for ever what it sees as a lost connection, and that is all it sees of a plaintext client
 * on a TLS port; TLS 1.3 tells the client of a missing client certificate only after the handshake.
 */
package io.readlens.stream.connect;
