package io.readlens.stream.embedded;

/**
 * A record as it stands in the topic {@code _schemas}, whoever wrote it.
 *
 * @param offset its place there
 */
record LogEntry(long offset, LogRecord content) {}
