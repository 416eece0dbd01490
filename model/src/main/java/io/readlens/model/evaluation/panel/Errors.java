package io.readlens.model.evaluation.panel;

import java.util.Random;

/** What a sequencer gets wrong. */
public interface Errors {
  /** What is read of a stretch of bases; the length may change. */
  String in(String bases, Random random);
}
