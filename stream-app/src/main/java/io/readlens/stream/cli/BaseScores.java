package io.readlens.stream.cli;

import io.readlens.avro.Explanation;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.nio.ByteBuffer;

/** The mask spread over the bases: every base has its token's score. */
final class BaseScores {
  private BaseScores() {}

  /** One score in [0, 1] a base; zeros where the read was not called. */
  static float[] of(Explanation explanation) {
    String sequence = explanation.getSequence();
    float[] scores = new float[sequence.length()];
    ByteBuffer mask = explanation.getMask();
    if (mask != null) {
      TokenizedRead tokens = Tokenizer.tokenize(Read.of(explanation.getReadId(), sequence));
      for (int token = 0; token < tokens.tokens(); token++) {
        float score = (mask.get(mask.position() + token) & 0xFF) / 255f;
        for (int base = tokens.start(token); base < tokens.end(token); base++) {
          scores[base] = score;
        }
      }
    }
    return scores;
  }
}
