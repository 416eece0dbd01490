package io.readlens.stream.cli;

import io.readlens.avro.Explanation;
import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;
import java.nio.ByteBuffer;

/**
 * The mask spread over the bases: every base has its token's score. Those of a second mate come
 * behind those of the first.
 */
final class BaseScores {
  private BaseScores() {}

  /** One score in [0, 1] a base; zeros where the read was not called. */
  static float[] of(Explanation explanation) {
    float[] scores = new float[explanation.getLength()];
    ByteBuffer mask = explanation.getMask();
    if (mask != null) {
      TokenizedRead tokens = tokens(explanation.getReadId(), explanation.getSequence());
      if (explanation.getMateSequence() != null) {
        TokenizedRead mate = tokens(explanation.getReadId(), explanation.getMateSequence());
        tokens = TokenizedRead.pair(tokens, mate, 0);
      }
      for (int token = 0; token < tokens.tokens(); token++) {
        float score = (mask.get(mask.position() + token) & 0xFF) / 255f;
        for (int base = tokens.start(token); base < tokens.end(token); base++) {
          scores[base] = score;
        }
      }
    }
    return scores;
  }

  private static TokenizedRead tokens(String readId, String sequence) {
    return Tokenizer.tokenize(Read.of(readId, sequence));
  }
}
