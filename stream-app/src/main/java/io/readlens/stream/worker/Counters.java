package io.readlens.stream.worker;

import java.time.Duration;

/**
 * What a device has done since its start.
 *
 * @param batches batches that it answered
 * @param reads reads that it answered
 * @param busy time that its threads spent in the model, added up
 */
public record Counters(long batches, long reads, Duration busy) {}
