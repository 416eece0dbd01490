package io.readlens.stream.replay;

/**
 * How far a replay has come.
 *
 * @param reads handed to the producer; the brokers may not have acknowledged the latest
 * @param bytesRead of all files, as they lie on disk
 * @param bytesTotal of all files when the replay began
 */
public record Progress(long reads, long bytesRead, long bytesTotal) {}
