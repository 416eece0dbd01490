package io.readlens.stream.replay;

import java.nio.file.Path;

/**
 * What was sent of one file.
 *
 * @param reads how many reads the brokers have acknowledged
 * @param withTruth how many of them carry what they truly are of
 */
public record Sent(Path file, long reads, long withTruth) {}
