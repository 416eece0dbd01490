package io.readlens.stream.topology;

/** What a record turns out to be: a read for the model, or one whose outcome is known without. */
sealed interface Decoded permits IncomingRead, Outcome {
  /** The sample, as the read says it; empty if it says nothing, or not legibly. */
  String sampleId();
}
