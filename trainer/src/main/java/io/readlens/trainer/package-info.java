/**
 * Makes and updates checkpoints: labelled reads, cut from genomes or streamed from files, the
 * classifier, the Explainer by the paper's loss, and their evaluation. Knows {@code model} and DJL;
 * never Kafka.
 */
package io.readlens.trainer;
