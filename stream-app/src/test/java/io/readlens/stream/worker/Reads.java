package io.readlens.stream.worker;

import io.readlens.model.read.Read;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Tokenizer;

/** Reads for tests. */
public final class Reads {
  public static final TokenizedRead CANARY = read("canary", 120);

  private Reads() {}

  /** A read of so many bases, all A. */
  public static TokenizedRead read(String id, int bases) {
    return Tokenizer.tokenize(Read.of(id, "A".repeat(bases)));
  }
}
