/**
 * Makes and updates checkpoints: reads cut from labelled genomes, the classifier, the Explainer by
 * the paper's loss, and their evaluation. Knows {@code model} and DJL; never Kafka.
 */
package io.readlens.trainer;
