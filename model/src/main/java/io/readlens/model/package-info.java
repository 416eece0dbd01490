/**
 * The module's door: {@link io.readlens.model.ExplainedRead} and what it is made of. Knows DJL and
 * the packages below it; neither Kafka nor Avro.
 */
package io.readlens.model;
