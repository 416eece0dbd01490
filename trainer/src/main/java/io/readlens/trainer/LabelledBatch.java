package io.readlens.trainer;

import ai.djl.ndarray.NDManager;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.Vocabulary;
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

  /** [B,T] row-major, which places hold a token: not {@code <cls>}, padding, or what is hidden. */
  boolean[] tokenPlaces() {
    long[] ids = tokens.ids();
    boolean[] places = new boolean[ids.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i % width() != 0 && ids[i] != Vocabulary.PAD;
    }
    return places;
  }

  /** The terms over the tokens, of masks without the place of {@code <cls>}. */
  MaskLoss overTokens() {
    int width = width();
    boolean[] all = tokenPlaces();
    boolean[] places = new boolean[rows() * (width - 1)];
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(all, row * width + 1, places, row * (width - 1), width - 1);
    }
    return new MaskLoss(device.ids().getManager(), width - 1, places);
  }
}
