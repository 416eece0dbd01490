/**
 * Checkpoints: a directory that holds a trained model and all that is needed to trust it. Knows DJL
 * and {@code network}.
 *
 * <p>A checkpoint is immutable and named by a digest of its content. Loading verifies every file's
 * digest, the configuration, the labels, and every tensor's name, shape, type, place in its file
 * and numbers. Nothing is allocated for what a file merely says: small files are bounded, weights
 * by the configuration.
 */
package io.readlens.model.checkpoint;
