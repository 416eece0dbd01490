package io.readlens.stream.cli;

import io.readlens.avro.Call;
import io.readlens.avro.DeadLetter;
import io.readlens.avro.Explanation;
import io.readlens.avro.Rank;
import io.readlens.stream.ledger.Counts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What has come out so far: the ledger, and the taxa found beside the truth where it is known.
 *
 * <p>Threading: guarded by itself; one thread counts, another draws.
 */
final class DemoTally {
  private static final int LEAST_BASES = 600;
  private static final int MOST_BASES = 1_500;
  private static final double CERTAIN = 0.9;

  private static final Comparator<Explanation> CLEARER =
      Comparator.comparing((Explanation explanation) -> !tested(explanation))
          .thenComparing(DemoTally::spans);

  private final Map<String, Map<Rank, String>> truth;
  private final Map<Rank, Map<String, Found>> taxa = new HashMap<>();
  private final Counts ledgerBefore;
  private Counts ledger;
  private long received;
  private long outcomes;
  private Explanation best;

  /** How often a taxon was there, was called, and was called right. */
  static final class Found {
    private final String name;
    private int present;
    private int called;
    private int right;

    private Found(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    int present() {
      return present;
    }

    int called() {
      return called;
    }

    int right() {
      return right;
    }
  }

  /**
   * @param truth the taxa of each read by its name; empty where nothing is known
   * @param ledgerBefore what the ledger held before these reads came
   */
  DemoTally(Map<String, Map<Rank, String>> truth, Counts ledgerBefore) {
    this.truth = truth;
    this.ledgerBefore = ledgerBefore;
    this.ledger = ledgerBefore;
  }

  /** Whether it is known what reads are of, so that calls are right or wrong. */
  boolean knowsTruth() {
    return !truth.isEmpty();
  }

  /** The reads that the reads topic holds. */
  synchronized void received(long reads) {
    received = reads;
  }

  synchronized long received() {
    return received;
  }

  synchronized void count(Explanation explanation) {
    outcomes++;
    Map<Rank, String> known = truth.getOrDefault(explanation.getReadId(), Map.of());
    known.forEach((rank, name) -> found(rank, name).present++);
    for (Call call : explanation.getCalls()) {
      Found found = found(call.getRank(), call.getName());
      found.called++;
      if (call.getName().equals(known.get(call.getRank()))) {
        found.right++;
      }
    }
    if (showsMore(explanation)) {
      best = explanation;
    }
  }

  private Found found(Rank rank, String name) {
    return taxa.computeIfAbsent(rank, r -> new HashMap<>()).computeIfAbsent(name, Found::new);
  }

  /**
   * A short read called for certain at every rank, put to the test if any was, with few spans: the
   * best to look at.
   */
  private boolean showsMore(Explanation explanation) {
    boolean clear =
        explanation.getCalls().size() == 3
            && explanation.getSequence() != null
            && explanation.getLength() >= LEAST_BASES
            && explanation.getLength() <= MOST_BASES
            && explanation.getCalls().stream()
                .allMatch(call -> call.getProbability() > CERTAIN && !call.getSpans().isEmpty());
    return clear && (best == null || CLEARER.compare(explanation, best) < 0);
  }

  private static boolean tested(Explanation explanation) {
    return explanation.getCalls().get(0).getSufficiency() != null;
  }

  private static int spans(Explanation explanation) {
    return explanation.getCalls().stream().mapToInt(call -> call.getSpans().size()).sum();
  }

  synchronized void count(DeadLetter letter) {
    if (letter != null) {
      outcomes++;
    }
  }

  /** Reads that have an outcome. */
  synchronized long outcomes() {
    return outcomes;
  }

  /** What the ledger holds by now. */
  synchronized void ledger(Counts counts) {
    ledger = counts;
  }

  /** Whether every read that was received has its outcome, and the ledger says so too. */
  synchronized boolean sums() {
    return outcomes == received
        && ledger.received() - ledgerBefore.received() == received
        && ledger.balance();
  }

  synchronized String ledger() {
    return String.format(
        Locale.ROOT,
        "ledger received=%d classified=%d unclassified=%d too_short=%d dead_lettered=%d expired=%d",
        ledger.received(),
        ledger.classified(),
        ledger.unclassified(),
        ledger.tooShort(),
        ledger.deadLettered(),
        ledger.expired());
  }

  /** The taxa of a rank, the most frequent first. */
  synchronized List<Found> taxa(Rank rank, int most) {
    List<Found> found = new ArrayList<>(taxa.getOrDefault(rank, Map.of()).values());
    found.sort(
        Comparator.comparingInt((Found taxon) -> -Math.max(taxon.present, taxon.called))
            .thenComparing(Found::name));
    return found.subList(0, Math.min(most, found.size()));
  }

  /** The clearest read so far. */
  synchronized Optional<Explanation> bestRead() {
    return Optional.ofNullable(best);
  }
}
