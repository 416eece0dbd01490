/**
 * The device and the queue before it. Knows reads and their answers; neither Kafka nor Avro.
 *
 * <p>Three ways that a read's answer can fail to come, each its own type:
 *
 * <ol>
 *   <li>{@link io.readlens.stream.worker.ReadFailedException}: the read's own fault; other reads
 *       are answered.
 *   <li>{@link io.readlens.stream.worker.DeviceFailedError}: the device's fault; nothing will be
 *       answered again. It is an {@code Error} so that no handler which skips bad records ever
 *       takes it for one.
 *   <li>{@link java.util.concurrent.CancellationException}: nobody wanted the answer any more.
 * </ol>
 */
package io.readlens.stream.worker;
