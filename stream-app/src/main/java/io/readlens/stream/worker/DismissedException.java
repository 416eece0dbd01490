package io.readlens.stream.worker;

/** A model that was replaced by the one before, because that one answers where it does not. */
public final class DismissedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private DismissedException(String message, Throwable fault) {
    super(message, fault);
  }

  /** It fails on reads that the one before answers. */
  static DismissedException failing(RuntimeException fault) {
    return new DismissedException(
        "it failed on %d of its last reads, which the model before answers: %s"
            .formatted(Tenure.TOO_MANY, fault.getMessage() == null ? fault : fault.getMessage()),
        fault);
  }

  /** It answers nothing any more. */
  static DismissedException brokenDown(DeviceFailedError failure) {
    return new DismissedException(failure.getMessage(), failure);
  }
}
