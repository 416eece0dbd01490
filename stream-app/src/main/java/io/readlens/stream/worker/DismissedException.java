package io.readlens.stream.worker;

/**
 * A model that was replaced by the one before, because it failed on reads which that one answers.
 */
public final class DismissedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DismissedException(RuntimeException fault) {
    super(
        "it failed on %d of its last reads, which the model before answers: %s"
            .formatted(Tenure.TOO_MANY, fault.getMessage() == null ? fault : fault.getMessage()),
        fault);
  }
}
