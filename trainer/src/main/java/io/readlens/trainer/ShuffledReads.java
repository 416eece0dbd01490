package io.readlens.trainer;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import io.readlens.trainer.ReadSet.Labelled;
import io.readlens.trainer.ReadSet.Pass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * The reads of a file over and over, each once a pass. The order within a pass is drawn from a
 * buffer of so many bases: a small file is mixed through, a large one as far as the buffer reaches.
 * Where a training goes on in the middle, the reads before it are drawn again and passed over.
 *
 * <p>Threading: one thread.
 */
final class ShuffledReads implements TrainingReads {
  private static final long BUFFER_BASES = 1 << 25;

  /** Of short reads the objects weigh more than the bases. */
  private static final int BUFFER_READS = 1 << 17;

  private final ReadSet file;
  private final Taxonomy labels;
  private final int mostTokens;
  private final long seed;
  private final long bufferBases;
  private final List<Labelled> buffer = new ArrayList<>();
  private long buffered;
  private Pass pass;
  private boolean ended;
  private Random order;
  private long drawn;

  ShuffledReads(ReadSet file, Taxonomy labels, int mostTokens, long seed) {
    this(file, labels, mostTokens, seed, BUFFER_BASES);
  }

  /**
   * @param labels what the reads are labelled by
   * @param mostTokens a longer read is cut to this, at a place that is drawn
   * @param seed of the order
   * @param bufferBases about so many bases are in memory
   */
  ShuffledReads(ReadSet file, Taxonomy labels, int mostTokens, long seed, long bufferBases) {
    this.file = file;
    this.labels = labels;
    this.mostTokens = mostTokens;
    this.seed = seed;
    this.bufferBases = bufferBases;
    order = new Random(seed);
  }

  @Override
  public Draw draw(long seen, Random random) {
    try {
      if (drawn > seen) {
        startAgain();
      }
      while (drawn < seen) {
        nextInOrder();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return new Draw(shown(random), mostTokens);
  }

  @Override
  public float[] imbalance() {
    return new float[labels.size()];
  }

  private void startAgain() throws IOException {
    close();
    buffer.clear();
    buffered = 0;
    order = new Random(seed);
    drawn = 0;
  }

  private Iterator<LabelledRead> shown(Random random) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public LabelledRead next() {
        try {
          Labelled next = nextInOrder();
          return new Labelled(show(next.read(), random), next.truth()).under(labels, file.filter());
        } catch (IOException e) {
          throw new UncheckedIOException(e.getMessage(), e);
        }
      }
    };
  }

  /** Either strand, and of a long read a stretch that begins anywhere. */
  private Read show(Read read, Random random) {
    int most = mostTokens * Vocabulary.K;
    Read part = read;
    if (read.length() > most) {
      int from = random.nextInt(read.length() - most + 1);
      part = Read.of(read.id(), read.sequence().substring(from, from + most));
    }
    return random.nextBoolean() ? part : part.reverseComplement();
  }

  private Labelled nextInOrder() throws IOException {
    fill();
    if (buffer.isEmpty()) {
      close();
      fill();
    }
    if (buffer.isEmpty()) {
      throw new IOException("the reads to train on are gone: their file has changed");
    }
    int at = order.nextInt(buffer.size());
    Labelled next = buffer.get(at);
    Labelled last = buffer.remove(buffer.size() - 1);
    if (at < buffer.size()) {
      buffer.set(at, last);
    }
    buffered -= next.read().length();
    drawn++;
    return next;
  }

  private void fill() throws IOException {
    if (pass == null && !ended) {
      pass = file.new Pass();
    }
    while (pass != null && buffered < bufferBases && buffer.size() < BUFFER_READS) {
      Labelled next = pass.nextToTrainOn();
      if (next == null) {
        pass.close();
        pass = null;
        ended = true;
      } else {
        buffer.add(next);
        buffered += next.read().length();
      }
    }
  }

  @Override
  public void close() throws IOException {
    ended = false;
    if (pass != null) {
      pass.close();
      pass = null;
    }
  }
}
