package io.readlens.stream.checkpoints;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.WindowAnswer;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.stream.worker.DeviceModel;

/**
 * A checkpoint's model on its device.
 *
 * @param checkpointId digest of the checkpoint
 * @param labelsDigest digest of its labels
 * @param model how a device worker drives it
 * @param onGpu whether the time that it takes is not its caller's thread's own
 * @param free frees it; called at most once, when no thread is in it
 * @param <A> the model's answer to one window
 */
public record ServedModel<A>(
    String checkpointId, String labelsDigest, DeviceModel<A> model, boolean onGpu, Runnable free) {

  /** A model that is never replaced and is freed by somebody else. */
  public static <A> ServedModel<A> forGood(String checkpointId, DeviceModel<A> model) {
    return new ServedModel<>(checkpointId, "", model, false, () -> {});
  }

  /** The model that was loaded from a checkpoint; freed with it. */
  public static ServedModel<WindowAnswer> of(Checkpoint checkpoint, ExplainedClassifier model) {
    return new ServedModel<>(
        checkpoint.id(),
        checkpoint.labelsDigest(),
        DeviceModel.of(model),
        model.onGpu(),
        model::close);
  }
}
