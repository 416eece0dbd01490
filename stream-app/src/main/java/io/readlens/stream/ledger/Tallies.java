package io.readlens.stream.ledger;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * What one stream thread has counted in the partitions that it owns: the ledger's counts and those
 * since the last commit.
 *
 * <p>Threading: one stream thread only.
 */
public final class Tallies {
  private final IntFunction<Map<String, Counts>> stored;
  private final Map<Integer, Map<String, Counts>> partitions = new HashMap<>();
  private final Set<Account> changed = new LinkedHashSet<>();

  /**
   * @param stored what the ledger holds of a partition, by sample
   */
  Tallies(IntFunction<Map<String, Counts>> stored) {
    this.stored = stored;
  }

  /** Begins to count in a partition, from what the ledger holds of it. */
  public void open(int partition) {
    close(partition);
    partitions.put(partition, new HashMap<>(stored.apply(partition)));
  }

  /** Counts. The partition must be open. */
  public void add(int partition, String sampleId, Counts more) {
    partitions.get(partition).merge(sampleId, more, Counts::plus);
    changed.add(new Account(partition, sampleId));
  }

  /**
   * Forgets a partition. What was counted since the last commit is taken back: its transaction
   * aborts too, or it would have been committed before.
   */
  public void close(int partition) {
    partitions.remove(partition);
    changed.removeIf(account -> account.partition() == partition);
  }

  /** An account and how it stands. */
  record Balance(Account account, Counts counts) {}

  /**
   * The accounts that have changed since this was last asked.
   *
   * @throws IllegalStateException if a read was received and has no outcome: a transaction must not
   *     be committed between the two
   */
  List<Balance> takeChanges() {
    List<Balance> changes =
        changed.stream().map(account -> new Balance(account, counts(account))).toList();
    changes.stream()
        .filter(change -> !change.counts().balance())
        .findFirst()
        .ifPresent(
            change -> {
              throw new IllegalStateException("received is not the sum of the outcomes: " + change);
            });
    changed.clear();
    return changes;
  }

  /** How an account stands; none if its partition is not open or the sample was never seen. */
  public Counts counts(Account account) {
    return partitions
        .getOrDefault(account.partition(), Map.of())
        .getOrDefault(account.sampleId(), Counts.NONE);
  }
}
