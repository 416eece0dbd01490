/**
 * Checkpoints taken up while the application runs: announced on a compacted topic, fetched,
 * verified, tried and swapped in, or refused.
 *
 * <p>One checkpoint's way: {@link io.readlens.stream.checkpoints.CheckpointTopic} announces it;
 * {@code CheckpointFollower} of each instance sees that; {@link
 * io.readlens.stream.checkpoints.LiveModel} has it fetched from a place that is allowed, holds it
 * against what was announced and what is in service, loads and tries it beside the model at work,
 * and has the {@link io.readlens.stream.worker.DeviceWorker} answer the reads that come from then
 * on with it. What became of it is said on the same topic. The decision is ADR 7.
 *
 * <p>Knows the worker, the settings, Kafka and the checkpoint's class; nothing of the topology.
 *
 * <p>Trap: whoever may write to the topic chooses the model, among all checkpoints that lie in the
 * places allowed. So neither a location nor what lies there is believed.
 */
package io.readlens.stream.checkpoints;
