package io.readlens.model.network;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The most that the machine's CPU gives through the engine: dense products of float32 matrices, the
 * only operation near the hardware's limit, by the better of the engine's two libraries. What a
 * forward pass reaches is a share of it.
 */
public final class GemmCeiling {
  private static final int SIZE = 2048;

  private GemmCeiling() {}

  /**
   * Multiplies 2048x2048 matrices on several threads at once, one core each.
   *
   * @param rounds how often by each library; the best counts
   * @return billions of floating-point operations a second of all threads together, a multiply-add
   *     being two
   * @throws InterruptedException if interrupted while it waits for its threads
   */
  public static double measure(int threads, int rounds) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      Callable<List<long[]>> task = () -> multiply(start, rounds);
      List<List<long[]>> times = new ArrayList<>();
      for (Future<List<long[]>> future : pool.invokeAll(Collections.nCopies(threads, task))) {
        times.add(future.get());
      }
      double best = 0;
      for (int round = 0; round < 2 * rounds; round++) {
        int r = round;
        long from = times.stream().mapToLong(of -> of.get(r)[0]).min().orElseThrow();
        long to = times.stream().mapToLong(of -> of.get(r)[1]).max().orElseThrow();
        best = Math.max(best, threads * 2.0 * SIZE * SIZE * SIZE / (to - from));
      }
      return best;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a matrix product failed", e.getCause());
    } finally {
      pool.shutdown();
    }
  }

  /** Start and end of each product, of {@link System#nanoTime}. */
  private static List<long[]> multiply(CyclicBarrier start, int rounds) throws Exception {
    TorchThread.forInference(1);
    List<long[]> times = new ArrayList<>();
    try (NDManager manager = TorchProcess.manager(Device.cpu())) {
      NDArray a = manager.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      NDArray b = manager.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      TorchScript script = new TorchScript(manager);
      NDList both = new NDList(a, b);
      List<Supplier<NDArray>> products =
          List.of(() -> a.matMul(b), () -> script.call("product", false, both).singletonOrThrow());
      products.forEach(product -> product.get().close());
      for (int round = 0; round < 2 * rounds; round++) {
        start.await();
        long from = System.nanoTime();
        NDArray product = products.get(round % 2).get();
        times.add(new long[] {from, System.nanoTime()});
        product.close();
      }
    }
    return times;
  }
}
