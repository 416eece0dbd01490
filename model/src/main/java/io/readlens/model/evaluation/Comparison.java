package io.readlens.model.evaluation;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Span;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What two checkpoints, a and b, say of the same reads. Taxa are the same if they have one name, so
 * that the checkpoints' labels may differ.
 *
 * <p>Threading: one thread.
 */
public final class Comparison {
  private static final int EXAMPLES = 3;

  private final Map<Rank, OfRank> byRank = new EnumMap<>(Rank.class);
  private int reads;

  public Comparison() {
    for (Rank rank : Rank.values()) {
      byRank.put(rank, new OfRank());
    }
  }

  /**
   * A read that is not called the same.
   *
   * @param a what a calls it; empty for nothing
   * @param b what b calls it
   * @param truth its true taxon's name, where that is known
   */
  public record Example(
      String readId, Optional<Call> a, Optional<Call> b, Optional<String> truth) {}

  /** The calls of one rank. */
  public static final class OfRank {
    private final Accuracy ofA = new Accuracy();
    private final Accuracy ofB = new Accuracy();
    private final List<Example> examples = new ArrayList<>();
    private final List<Double> overlaps = new ArrayList<>();
    private int same;
    private int cut;
    private int other;
    private int onlyA;
    private int onlyB;
    private int neither;
    private int corrected;
    private int spoiled;

    private void add(String readId, Optional<Call> a, Optional<Call> b, Optional<String> truth) {
      Optional<String> nameA = a.map(call -> call.taxon().name());
      Optional<String> nameB = b.map(call -> call.taxon().name());
      if (a.isEmpty() && b.isEmpty()) {
        neither++;
      } else if (a.isEmpty()) {
        onlyB++;
      } else if (b.isEmpty()) {
        onlyA++;
      } else if (nameA.equals(nameB)) {
        same++;
        cut += a.get().spansLeftOut() + b.get().spansLeftOut() > 0 ? 1 : 0;
        overlap(a.get(), b.get());
      } else {
        other++;
      }
      if (!nameA.equals(nameB) && examples.size() < EXAMPLES) {
        examples.add(new Example(readId, a, b, truth));
      }
      if (truth.isPresent()) {
        ofA.add(truth.get(), nameA);
        ofB.add(truth.get(), nameB);
        corrected += !nameA.equals(truth) && nameB.equals(truth) ? 1 : 0;
        spoiled += nameA.equals(truth) && !nameB.equals(truth) ? 1 : 0;
      }
    }

    private void overlap(Call a, Call b) {
      BitSet both = bases(a);
      BitSet either = bases(a);
      both.and(bases(b));
      either.or(bases(b));
      if (!either.isEmpty()) {
        overlaps.add((double) both.cardinality() / either.cardinality());
      }
    }

    private static BitSet bases(Call call) {
      BitSet bases = new BitSet();
      for (Span span : call.spans()) {
        bases.set(span.start(), span.end());
      }
      return bases;
    }

    /** Reads that both call the same taxon. */
    public int same() {
      return same;
    }

    /** Reads that both call, another taxon each. */
    public int other() {
      return other;
    }

    /** Reads that a alone calls. */
    public int onlyA() {
      return onlyA;
    }

    /** Reads that b alone calls. */
    public int onlyB() {
      return onlyB;
    }

    /** Reads that neither calls. */
    public int neither() {
      return neither;
    }

    /** Reads whose call changes or comes or goes. */
    public int changed() {
      return other + onlyA + onlyB;
    }

    /** The first reads whose calls differ. */
    public List<Example> examples() {
      return List.copyOf(examples);
    }

    /**
     * How far the spans lie in the same place: intersection over union of the bases in spans, one
     * number for each read that both call the same and that has a span by either; sorted.
     */
    public List<Double> overlaps() {
      return overlaps.stream().sorted().toList();
    }

    /** Reads that both call the same and of which a or b has more spans than are compared. */
    public int cut() {
      return cut;
    }

    /** How right a's calls are, of the reads whose taxon is known. */
    public Accuracy ofA() {
      return ofA;
    }

    /** How right b's calls are, of the same reads. */
    public Accuracy ofB() {
      return ofB;
    }

    /** Reads of known taxon that b calls right and a does not. */
    public int corrected() {
      return corrected;
    }

    /** Reads of known taxon that a calls right and b does not. */
    public int spoiled() {
      return spoiled;
    }
  }

  /** How right published calls are; a read that is not called counts as missed. */
  public static final class Accuracy {
    private final BalancedAccuracy balanced = new BalancedAccuracy();
    private final Map<String, Integer> names = new HashMap<>();
    private int called;
    private int right;

    private void add(String truth, Optional<String> call) {
      balanced.add(number(truth), call.map(this::number).orElse(-1));
      called += call.isPresent() ? 1 : 0;
      right += call.filter(truth::equals).isPresent() ? 1 : 0;
    }

    private int number(String name) {
      return names.computeIfAbsent(name, n -> names.size());
    }

    /** Reads whose taxon is known. */
    public int reads() {
      return balanced.reads();
    }

    /** Mean over the taxa of the share of their reads that is called right; NaN without a read. */
    public double balanced() {
      return balanced.value();
    }

    /** Share of the calls that are right; NaN without a call. */
    public double precision() {
      return (double) right / called;
    }
  }

  /**
   * Takes one read.
   *
   * @param truth the names of its true taxa; empty or partly so where they are not known
   */
  public void add(String readId, ExplainedRead a, ExplainedRead b, Map<Rank, String> truth) {
    reads++;
    byRank.forEach(
        (rank, ofRank) ->
            ofRank.add(readId, call(a, rank), call(b, rank), Optional.ofNullable(truth.get(rank))));
  }

  private static Optional<Call> call(ExplainedRead read, Rank rank) {
    return read.calls().stream().filter(call -> call.rank() == rank).findFirst();
  }

  /** The reads taken. */
  public int reads() {
    return reads;
  }

  public OfRank of(Rank rank) {
    return byRank.get(rank);
  }
}
