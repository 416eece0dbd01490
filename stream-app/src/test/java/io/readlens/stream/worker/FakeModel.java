package io.readlens.stream.worker;

import io.readlens.model.ExplainedRead;
import io.readlens.model.read.TokenizedRead;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * Answers each read by its own name in place of a checkpoint's, so that answers cannot be mixed up
 * unseen. Can be made to fail and to hang.
 */
final class FakeModel implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  /** What a test made the model throw. */
  static final class InjectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final List<List<String>> batches = new CopyOnWriteArrayList<>();
  final Set<String> threads = ConcurrentHashMap.newKeySet();
  final CountDownLatch entered = new CountDownLatch(1);
  private final Set<String> poisoned = new HashSet<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** Makes every batch fail that holds this read. */
  FakeModel poisonedBy(String id) {
    poisoned.add(id);
    return this;
  }

  /** Makes every call wait until the returned latch is counted down. */
  CountDownLatch shut() {
    gate = new CountDownLatch(1);
    return gate;
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

  static ExplainedRead answer(TokenizedRead read) {
    return new ExplainedRead(List.of(), "answer to " + read.id());
  }
}
