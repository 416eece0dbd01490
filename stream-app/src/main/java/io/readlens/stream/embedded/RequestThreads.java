package io.readlens.stream.embedded;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of the registry's server, which clients that keep it waiting cannot use up.
 *
 * <p>The JDK's server reads a request on the thread that answers it, so a client that sends half a
 * request, or does not read its answer, holds a thread. There are many, made when they are needed;
 * each client gets a limited time; and where all threads are held, those that have waited longest
 * for their clients are freed for the requests in the queue. A thread is freed by interrupting it,
 * which closes the connection that it waits for. While a request is worked on, nobody waits for its
 * client: between {@link #arrived} and {@link #answering} it is let be.
 *
 * <p>Threading: any thread; has one of its own beside those that it lends.
 */
final class RequestThreads implements Executor {
  private static final int MOST_THREADS = 256;
  private static final Duration CLIENT_LIMIT = Duration.ofSeconds(15);
  private static final Duration CROWDED_LIMIT = Duration.ofSeconds(1);
  private static final long TICK_MILLIS = 100;
  private static final long IDLE_SECONDS = 10;

  private final long clientLimitNanos;
  private final long crowdedLimitNanos;
  private final ThreadPoolExecutor threads;
  private final ScheduledExecutorService watch;
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final Set<Request> waitingForClient = ConcurrentHashMap.newKeySet();
  private final Map<Thread, Request> current = new ConcurrentHashMap<>();

  RequestThreads() {
    this(MOST_THREADS, CLIENT_LIMIT, CROWDED_LIMIT);
  }

  /**
   * @param most threads at a time
   * @param clientLimit how long a client may keep a thread waiting
   * @param crowdedLimit how long it may while others find no thread
   */
  RequestThreads(int most, Duration clientLimit, Duration crowdedLimit) {
    this.clientLimitNanos = clientLimit.toNanos();
    this.crowdedLimitNanos = crowdedLimit.toNanos();
    AtomicInteger number = new AtomicInteger();
    ThreadFactory named = task -> new Thread(task, "readlens-registry-" + number.incrementAndGet());
    this.threads =
        new ThreadPoolExecutor(
            0, most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), named);
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            task -> new Thread(task, "readlens-registry-watch"));
    Future<?> unused =
        watch.scheduleWithFixedDelay(this::look, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void execute(Runnable task) {
    queue.add(task);
    lend();
  }

  /** Said by the request's thread when it has the whole request. */
  void arrived() {
    Request request = current.get(Thread.currentThread());
    if (request != null) {
      request.letBe();
    }
  }

  /** Said by the request's thread when it begins to send the answer. */
  void answering() {
    Request request = current.get(Thread.currentThread());
    if (request != null) {
      request.waitForClient();
    }
  }

  /**
   * Interrupts every request.
   *
   * @return whether all have ended within the limit
   */
  boolean close(Duration limit) throws InterruptedException {
    watch.shutdownNow();
    queue.clear();
    threads.shutdownNow();
    return threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A thread takes one request after another; where none can be had, the next to end will. */
  private void lend() {
    try {
      threads.execute(this::takeFromQueue);
    } catch (RejectedExecutionException e) {
      // All are busy, or this is closed.
    }
  }

  private void takeFromQueue() {
    Runnable task = queue.poll();
    while (task != null && !threads.isShutdown()) {
      Request request = new Request();
      current.put(Thread.currentThread(), request);
      request.waitForClient();
      try {
        task.run();
      } finally {
        request.letBe();
        current.remove(Thread.currentThread());
      }
      task = queue.poll();
    }
  }

  private void look() {
    // A request that came just when the last thread found the queue empty.
    if (!queue.isEmpty()) {
      lend();
    }
    long now = System.nanoTime();
    waitingForClient.stream()
        .filter(request -> request.waited(now) > clientLimitNanos)
        .forEach(Request::cutOff);
    waitingForClient.stream()
        .filter(request -> request.waited(now) > crowdedLimitNanos)
        .sorted(Comparator.comparingLong((Request request) -> request.waited(now)).reversed())
        .limit(queue.size())
        .forEach(Request::cutOff);
  }

  /** A request on its thread. */
  private final class Request {
    private final Thread thread = Thread.currentThread();
    private volatile long since;

    /** Guarded by this. */
    private boolean waiting;

    /** Guarded by this. */
    private boolean cut;

    synchronized void waitForClient() {
      since = System.nanoTime();
      waiting = true;
      waitingForClient.add(this);
    }

    /** An interrupt that came too late would strike what the thread does next. */
    synchronized void letBe() {
      waitingForClient.remove(this);
      waiting = false;
      if (cut) {
        cut = false;
        boolean unused = Thread.interrupted();
      }
    }

    long waited(long now) {
      return now - since;
    }

    synchronized void cutOff() {
      if (waiting && !cut) {
        cut = true;
        thread.interrupt();
      }
    }
  }
}
