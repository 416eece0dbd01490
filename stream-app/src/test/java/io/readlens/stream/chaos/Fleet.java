package io.readlens.stream.chaos;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The instances of one application.
 *
 * <p>Threading: one thread, but for the supervisors that report endings.
 */
final class Fleet implements AutoCloseable {
  private static final Duration END_LIMIT = Duration.ofMinutes(10);

  private final Class<?> main;
  private final Path properties;
  private final List<Instance> instances = new ArrayList<>();
  private final List<Instance> dismissed = new ArrayList<>();
  private final List<Instance.Ending> endings = new ArrayList<>();

  /**
   * @param main see {@link Instance}
   * @param properties which all of them take
   */
  Fleet(Class<?> main, Path properties) {
    this.main = main;
    this.properties = properties;
  }

  /** Starts an instance more, and does not wait. */
  void add() {
    int number = instances.size() + dismissed.size() + 1;
    instances.add(new Instance("app-" + number, main, properties, this::note));
  }

  private void note(Instance.Ending ending) {
    synchronized (endings) {
      endings.add(ending);
    }
  }

  /** How many are there, or being started again. */
  int size() {
    return instances.size();
  }

  Instance any(Random random) {
    return instances.get(random.nextInt(instances.size()));
  }

  /** Has an instance not started again; its process is the caller's to end. */
  void dismiss(Instance instance) {
    instance.dismiss();
    instances.remove(instance);
    dismissed.add(instance);
  }

  /** Whether every instance that is there has said something, in any of its processes. */
  boolean allSaid(String text) {
    return instances.stream().allMatch(instance -> instance.said().contains(text));
  }

  /** Whether any instance, one that is gone as well, has said something. */
  boolean anySaid(String text) {
    return Stream.concat(instances.stream(), dismissed.stream())
        .anyMatch(instance -> instance.said().contains(text));
  }

  /** The processes that have ended so far, in order. */
  List<Instance.Ending> endings() {
    synchronized (endings) {
      return List.copyOf(endings);
    }
  }

  /** Ends all in order. */
  void end() {
    List.copyOf(instances).forEach(this::dismiss);
    dismissed.forEach(Instance::terminate);
    await().atMost(END_LIMIT).until(() -> dismissed.stream().noneMatch(Instance::isAlive));
  }

  /** Leaves nothing behind, whatever happened. */
  @Override
  public void close() {
    instances.forEach(Instance::close);
    dismissed.forEach(Instance::close);
  }
}
