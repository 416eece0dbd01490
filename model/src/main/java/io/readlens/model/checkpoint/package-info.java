/**
 * Checkpoints: a directory that holds a trained model and all that is needed to trust it. Knows DJL
 * and {@code network}.
 *
 * <p>A checkpoint is immutable and named by a digest of its content. Loading verifies every file's
 * digest, the configuration and the labels; building a network from it verifies every tensor's
 * name, shape and type.
 */
package io.readlens.model.checkpoint;
