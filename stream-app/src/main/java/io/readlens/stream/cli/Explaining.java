package io.readlens.stream.cli;

import io.readlens.model.ExplainedClassifier;
import io.readlens.stream.topology.ExplainApp;

/**
 * An application and its model, closed in the one right order: a model that a stuck thread is still
 * in is left to the end of the process, which follows.
 */
record Explaining(ExplainApp app, ExplainedClassifier model) implements AutoCloseable {
  @Override
  public void close() {
    if (app.stop()) {
      model.close();
    }
  }
}
