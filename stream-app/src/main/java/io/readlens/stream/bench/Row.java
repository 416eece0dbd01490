package io.readlens.stream.bench;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be measured; its name in lower case is what a user asks for. */
public enum Row {
  /** Reads in memory through the device worker and the model, without Kafka. */
  RAW(false, true),
  /** The whole pipeline, topic to topic, with the model. */
  PIPELINE(true, true),
  /** Kafka Streams alone: decodes the same reads, encodes explanations of the same size. */
  IDENTITY(true, true),
  /** The whole pipeline with a model that costs nothing. */
  ZERO(true, true),
  /** The whole pipeline with simulated devices, at 1, 2 and 4 instances. */
  SIMULATED(true, true),
  /** From the sending of a read to the receipt of its explanation. */
  LATENCY(true, true),
  /** How near the classifier comes to what the cores can multiply. */
  GEMM(false, true),
  /** What the mask costs beside the classification. */
  MASK(false, true),
  /** What it costs to put the spans of some reads or all to the test. */
  FAITHFULNESS(false, false),
  /** What it costs to classify reads in several views. */
  VIEWS(false, false),
  /** What it costs to look for what the model is not to be shown. */
  FILTERS(false, false),
  /** A large model on long reads: does anything time out? */
  LONG(true, false),
  /** The resident memory of the application over many reads. */
  MEMORY(true, false);

  private final boolean onBroker;
  private final boolean standard;

  Row(boolean onBroker, boolean standard) {
    this.onBroker = onBroker;
    this.standard = standard;
  }

  /** Whether it needs a broker. */
  public boolean onBroker() {
    return onBroker;
  }

  /** Whether it runs unless others are asked for. */
  public boolean standard() {
    return standard;
  }

  /** Its name on the command line and in the table. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The rows that run when none is asked for. */
  public static Set<Row> standardOnes() {
    return Arrays.stream(values())
        .filter(Row::standard)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Row.class)));
  }
}
