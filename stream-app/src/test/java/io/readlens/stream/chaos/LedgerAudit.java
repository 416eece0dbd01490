package io.readlens.stream.chaos;

import io.readlens.avro.LedgerEntry;
import io.readlens.schemas.Registry;
import io.readlens.schemas.Topic;
import io.readlens.stream.ledger.Account;
import io.readlens.stream.ledger.Counts;
import io.readlens.stream.ledger.LedgerView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Watches the ledger while it is written, as whoever reads committed records sees it.
 *
 * <p>Threading: one thread.
 */
final class LedgerAudit implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Supplier<LedgerView> views;
  private LedgerView view;
  private final Map<Account, Counts> last = new HashMap<>();
  private final Set<String> faults = new LinkedHashSet<>();

  LedgerAudit(Map<String, String> client, Topic<LedgerEntry> topic, Registry registry) {
    views = () -> LedgerView.of(client, topic, registry);
    view = views.get();
  }

  /** The ledger has more partitions now. */
  void widen() {
    view.close();
    view = views.get();
    view.catchUp(PATIENCE); // What it held before is no fall.
  }

  /** Every account must be in balance at every moment, and none may lose what it had. */
  void look() {
    view.poll(Duration.ZERO);
    for (Account account : view.entries().keySet()) {
      Counts now = view.counts(account);
      Counts before = last.put(account, now);
      if (!now.balance()) {
        faults.add(account + " is out of balance: " + now);
      }
      if (before != null && now.received() < before.received()) {
        faults.add(account + " fell from " + before + " to " + now);
      }
    }
  }

  /**
   * What was wrong meanwhile, and where the ledger differs now from what was sent; empty if all is
   * well.
   *
   * @param sent those that must have an outcome
   * @param expired those that must be counted as such
   */
  List<String> faults(List<SentRead> sent, List<SentRead> expired) {
    if (!view.catchUp(PATIENCE)) {
      faults.add("the ledger cannot be read to its end");
    }
    look();
    Map<Account, Counts> due = new HashMap<>();
    sent.forEach(
        read ->
            due.merge(
                new Account(read.partition().partition(), read.sample()),
                read.counts(),
                Counts::plus));
    expired.forEach(
        read ->
            due.merge(
                new Account(read.partition().partition(), ""), Counts.expired(1), Counts::plus));
    List<String> all = new ArrayList<>(faults);
    Set<Account> accounts = new HashSet<>(due.keySet());
    accounts.addAll(view.entries().keySet());
    for (Account account : accounts) {
      Counts wanted = due.getOrDefault(account, Counts.NONE);
      if (!view.counts(account).equals(wanted)) {
        all.add(account + " has " + view.counts(account) + ", sent were " + wanted);
      }
    }
    return all;
  }

  @Override
  public void close() {
    view.close();
  }
}
