package io.readlens.stream.topology;

import io.readlens.model.ExplainedRead;
import java.util.concurrent.CompletableFuture;

/** A read that the device has been asked about. */
record PendingRead(IncomingRead read, CompletableFuture<ExplainedRead> answer) {}
