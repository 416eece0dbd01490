package io.readlens.model.network;

import ai.djl.pytorch.jni.JniUtils;

/** Settings that the engine keeps per thread. */
public final class TorchThread {
  private TorchThread() {}

  /**
   * Prepares the calling thread for inference: no gradients, and the script is run as it is written
   * instead of being specialised for the shapes of the first calls.
   *
   * @param threads cores that one operator may use
   */
  public static void forInference(int threads) {
    prepare(threads, false);
  }

  /** Prepares the calling thread for training: as for inference, with gradients. */
  public static void forTraining(int threads) {
    prepare(threads, true);
  }

  private static void prepare(int threads, boolean gradients) {
    TorchProcess.requireEngine();
    JniUtils.setNumThreads(threads);
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(gradients);
  }
}
