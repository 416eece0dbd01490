package io.readlens.stream.bench;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The same reads through a model's forward passes, in batches of like length, on two threads at
 * once, with nothing around them.
 *
 * <p>Threading: one thread, and those that call the model.
 */
final class Forward {
  static final int THREADS = 2;

  private final List<TokenizedRead> reads;
  private final List<List<TokenizedRead>> batches;

  /**
   * @param batchTokens tokens in a batch at most, {@code <cls>} and padding counted
   */
  Forward(List<TokenizedRead> reads, int batchTokens) {
    this.reads = List.copyOf(reads);
    // The longest come first, so that at the end no thread waits long for the other.
    List<TokenizedRead> sorted = new ArrayList<>(reads);
    sorted.sort(Comparator.comparingInt(TokenizedRead::tokens).reversed());
    batches = new ArrayList<>();
    int width = 0;
    for (TokenizedRead read : sorted) {
      List<TokenizedRead> last = batches.isEmpty() ? List.of() : batches.get(batches.size() - 1);
      if (last.isEmpty() || (last.size() + 1L) * width > batchTokens) {
        last = new ArrayList<>();
        batches.add(last);
        width = read.tokens() + 1;
      }
      last.add(read);
    }
  }

  int batches() {
    return batches.size();
  }

  /** Floating-point operations that the classification of all reads is made of. */
  double classifyFlops(ExplainedClassifier model, ModelConfig config) {
    int classes = model.taxonomy().classes();
    return reads.stream()
        .flatMap(read -> model.windows(read).stream())
        .mapToDouble(window -> config.classifyFlops(window.places(), classes))
        .sum();
  }

  /** Seconds that all reads take. */
  double seconds(Consumer<List<TokenizedRead>> pass) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      long start = System.nanoTime();
      List<Callable<Object>> tasks =
          batches.stream().map(batch -> Executors.callable(() -> pass.accept(batch))).toList();
      for (Future<Object> done : threads.invokeAll(tasks)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the model failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
