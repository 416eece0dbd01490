package io.readlens.stream.worker;

import io.readlens.model.Call;
import io.readlens.model.Candidate;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Span;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TokenizedRead;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * Answers each read by its own name in place of a checkpoint's, so that answers cannot be mixed up
 * unseen. Can be made to fail and to hang.
 */
public final class FakeModel implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  /** What a test made the model throw. */
  public static final class InjectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  public final List<List<String>> batches = new CopyOnWriteArrayList<>();
  public final Set<String> threads = ConcurrentHashMap.newKeySet();
  public final CountDownLatch entered = new CountDownLatch(1);
  private final Set<String> poisoned = new HashSet<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** Itself, as a device worker drives it. */
  public DeviceModel<ExplainedRead> onDevice() {
    return DeviceModel.ofReads(this);
  }

  /** Makes every batch fail that holds this read. */
  public FakeModel poisonedBy(String id) {
    poisoned.add(id);
    return this;
  }

  /** Makes every call wait until the returned latch is counted down. */
  public CountDownLatch shut() {
    gate = new CountDownLatch(1);
    return gate;
  }

  /** Lets all calls go on, those that come later too. */
  public void open() {
    gate.countDown();
  }

  @Override
  public List<ExplainedRead> apply(List<TokenizedRead> reads) {
    batches.add(reads.stream().map(TokenizedRead::id).toList());
    threads.add(Thread.currentThread().getName());
    entered.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (reads.stream().map(TokenizedRead::id).anyMatch(poisoned::contains)) {
      throw new InjectedException();
    }
    return reads.stream().map(FakeModel::answer).toList();
  }

  /**
   * Reads of an odd number of tokens are Bacteria (0.75, Archaea 0.25), because of their first
   * token; the others are unclassified.
   */
  public static ExplainedRead answer(TokenizedRead read) {
    String checkpoint = "answer to " + read.id();
    if (read.tokens() % 2 == 0) {
      return new ExplainedRead(List.of(), checkpoint);
    }
    float[] mask = new float[read.tokens()];
    mask[0] = 1;
    Taxon bacteria = new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.of(2), "Bacteria", -1);
    Taxon unknown = new Taxon(Rank.SUPERKINGDOM, 1, OptionalInt.empty(), "Unheard of", -1);
    return new ExplainedRead(
        List.of(
            new Call(
                bacteria,
                0.75,
                List.of(new Candidate(unknown, 0.25)),
                Mask.of(mask),
                List.of(new Span(read.start(0), read.end(0), 1)))),
        checkpoint);
  }
}
