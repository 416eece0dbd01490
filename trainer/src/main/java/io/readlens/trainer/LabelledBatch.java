package io.readlens.trainer;

import ai.djl.ndarray.NDManager;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.read.TokenBatch;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled reads of any lengths as one padded batch.
 *
 * @param device the batch on the device
 * @param tokens its rows
 * @param reads what is known of each row
 */
record LabelledBatch(DeviceBatch device, TokenBatch tokens, List<LabelledRead> reads) {
  /**
   * Lays out the beginnings of reads.
   *
   * @param manager owner of the batch
   * @param mostTokens shown tokens of a read from which on the rest is cut off
   */
  static LabelledBatch of(NDManager manager, List<LabelledRead> reads, int mostTokens) {
    TokenBatch tokens =
        TokenBatch.of(
            reads.stream().map(read -> read.tokens().windows(mostTokens).get(0)).toList());
    return new LabelledBatch(DeviceBatch.of(manager, tokens), tokens, List.copyOf(reads));
  }

  /** Number of reads. */
  int rows() {
    return tokens.rows();
  }

  /** Places of the longest row, {@code <cls>} counted. */
  int width() {
    return tokens.width();
  }

  /** The terms over all places, {@code <cls>} counted. */
  MaskLoss overPlaces() {
    return new MaskLoss(device.ids().getManager(), width(), tokens.lengths());
  }

  /** The terms over the tokens alone. */
  MaskLoss overTokens() {
    int[] lengths = Arrays.stream(tokens.lengths()).map(length -> length - 1).toArray();
    return new MaskLoss(device.ids().getManager(), width() - 1, lengths);
  }
}
