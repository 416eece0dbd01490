package io.readlens.model.filter;

import io.readlens.model.io.ReadFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The backbones of cloning vectors in a read, by words of 20 bases that only vectors have.
 *
 * <p>Such words that are less than {@value #BETWEEN_BASES} bases apart make a stretch, if they are
 * {@value #LEAST_WORDS} at least. A sequencing error breaks 20 words: of those that are left at
 * errors in 5 % of bases, the gap to the next is longer than that in one of 2,000 (it grows by
 * about nine bases with each run of right bases that is too short, of which there are 64 %). A
 * natural sequence that shares one difference from the known genomes with a vector has 20 such
 * words, with two differences 40: hence 41.
 *
 * <p>Vectors hold words of natural genomes, too. They make no stretch, but lengthen one on either
 * side by up to its own length, as far as they go on without a longer gap. Less than {@value
 * #END_BASES} bases between a stretch and an end of the read are the vector's, as VecScreen of NCBI
 * has it ("segment of suspect origin").
 *
 * <p>The order of the words does not count: UniVec holds of each vector only what others lack. A
 * vector that is not in it is found as far as its parts are those of others.
 */
final class Vectors {
  private static final String BUNDLED = "vectors.fa.gz";
  private static final int BETWEEN_BASES = 150;
  private static final int END_BASES = 50;
  private static final int LEAST_WORDS = 2 * VectorWords.K + 1;

  private final VectorWords words;
  private final byte[] digits;
  private final Stretches.Finding found;

  /** The words of any kind that go on without a gap. */
  private Run any;

  /** Those of them that only vectors have, in runs without a gap, the last still growing. */
  private final List<Run> own = new ArrayList<>();

  /** Words one behind the other: their first base, one past their last, how many they are. */
  private static final class Run {
    private final int start;
    private int end;
    private int count;

    Run(int start) {
      this.start = start;
    }

    boolean reaches(int from) {
      return from - end < BETWEEN_BASES;
    }

    void add(int to) {
      end = to;
      count++;
    }
  }

  private Vectors(VectorWords words, byte[] digits, Stretches.Finding found) {
    this.words = words;
    this.digits = digits;
    this.found = found;
  }

  private static final class Bundled {
    static final VectorWords WORDS = read();

    private static VectorWords read() {
      List<String> sequences = new ArrayList<>();
      try (InputStream in = Vectors.class.getResourceAsStream(BUNDLED);
          ReadFile file = ReadFile.of(Path.of(BUNDLED), in)) {
        while (file.hasNext()) {
          sequences.add(file.next().sequence());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return VectorWords.of(sequences);
    }
  }

  /** The words that come with ReadLens. */
  static VectorWords bundled() {
    return Bundled.WORDS;
  }

  /**
   * Finds the vectors of a read.
   *
   * @param digits 0 to 3 for A, C, G, T; 4 for every other letter
   */
  static void find(VectorWords words, byte[] digits, Stretches.Finding found) {
    new Vectors(words, digits, found).find();
  }

  private void find() {
    VectorWords.Roll roll = new VectorWords.Roll();
    for (int base = 0; base < digits.length; base++) {
      int kind = roll.add(digits[base]) ? words.kind(roll.word()) : VectorWords.NONE;
      if (kind != VectorWords.NONE) {
        add(base - VectorWords.K + 1, base + 1, kind == VectorWords.OWN);
      }
    }
    settle();
  }

  private void add(int start, int end, boolean isOwn) {
    if (any == null || !any.reaches(start)) {
      settle();
      any = new Run(start);
    }
    any.add(end);
    if (isOwn) {
      if (own.isEmpty() || !own.get(own.size() - 1).reaches(start)) {
        own.add(new Run(start));
      }
      own.get(own.size() - 1).add(end);
    }
  }

  /** Takes over the stretches of the run that ends here. */
  private void settle() {
    for (Run run : own) {
      if (run.count >= LEAST_WORDS) {
        int length = run.end - run.start;
        int start = Math.max(any.start, run.start - length);
        int end = Math.min(any.end, run.end + length);
        found.add(
            start < END_BASES ? 0 : start, digits.length - end < END_BASES ? digits.length : end);
      }
    }
    own.clear();
  }
}
