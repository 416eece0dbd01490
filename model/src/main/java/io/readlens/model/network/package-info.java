/**
 * The networks: the Nucleotide-Transformer-v2 encoder with three taxon heads, and the Explainer.
 * Knows DJL and {@code read}.
 *
 * <p>Shapes: B batch, T tokens with {@code <cls>} first, E embedding, C taxa over all ranks
 * (superkingdoms, then phyla, then genera), R ranks.
 *
 * <p>Traps: gradient mode is a setting of the thread, so {@link
 * io.readlens.model.network.TorchThread} must prepare every thread that calls a network; {@code
 * duplicate()}, {@code toType()} and {@code toDevice()} silently cut the gradient graph; results of
 * a call belong to the batch's manager and vanish with it.
 */
package io.readlens.model.network;
