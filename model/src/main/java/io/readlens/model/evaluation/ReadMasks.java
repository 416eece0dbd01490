package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The masks of one read: at every rank that of the predicted taxon, of the true one, and of a
 * random one that is neither.
 */
final class ReadMasks {
  private final LabelledRead read;
  private final Map<Rank, Taxon> predicted = new EnumMap<>(Rank.class);
  private final Map<Rank, Taxon> truth = new EnumMap<>(Rank.class);
  private final Map<Rank, Taxon> wrong = new EnumMap<>(Rank.class);
  private final Map<Taxon, Mask> masks = new HashMap<>();
  private final boolean joint;

  private ReadMasks(
      Taxonomy taxonomy,
      LabelledRead read,
      TaxonProbabilities whole,
      Random random,
      boolean joint) {
    this.read = read;
    this.joint = joint;
    for (Rank rank : Rank.values()) {
      Taxon best = whole.best(rank);
      predicted.put(rank, best);
      if (read.label(rank) >= 0) {
        truth.put(rank, taxonomy.taxon(rank, read.label(rank)));
      }
      List<Taxon> others =
          taxonomy.taxa(rank).stream()
              .filter(taxon -> !taxon.equals(best) && !taxon.equals(truth.get(rank)))
              .toList();
      if (!others.isEmpty()) {
        wrong.put(rank, others.get(random.nextInt(others.size())));
      }
    }
  }

  /**
   * Asks for the masks of all reads, each read once.
   *
   * @param whole what the model says of each whole read
   * @param random chooses the wrong taxa
   * @param joint whether all ranks share one mask, the largest of theirs at each token
   */
  static List<ReadMasks> of(
      ExplainedClassifier model,
      List<LabelledRead> reads,
      List<TaxonProbabilities> whole,
      Random random,
      boolean joint) {
    List<ReadMasks> all = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      all.add(new ReadMasks(model.taxonomy(), reads.get(i), whole.get(i), random, joint));
    }
    return Batches.ask(model, all, batch -> fill(model, batch));
  }

  private static List<ReadMasks> fill(ExplainedClassifier model, List<ReadMasks> batch) {
    List<List<Taxon>> taxa = batch.stream().map(ReadMasks::taxa).toList();
    List<List<Mask>> masks =
        model.masks(batch.stream().map(each -> each.read.tokens()).toList(), taxa);
    for (int i = 0; i < batch.size(); i++) {
      for (int t = 0; t < taxa.get(i).size(); t++) {
        batch.get(i).masks.put(taxa.get(i).get(t), masks.get(i).get(t));
      }
    }
    return batch;
  }

  private List<Taxon> taxa() {
    return Stream.of(predicted, truth, wrong)
        .flatMap(taxa -> taxa.values().stream())
        .distinct()
        .toList();
  }

  LabelledRead read() {
    return read;
  }

  /** The most probable taxon. */
  Taxon predicted(Rank rank) {
    return predicted.get(rank);
  }

  Mask ofPredicted(Rank rank) {
    return mask(predicted, rank);
  }

  /** Whether the true taxon of a rank is known, and one of the labels. */
  boolean isKnown(Rank rank) {
    return truth.containsKey(rank);
  }

  Mask ofTruth(Rank rank) {
    return mask(truth, rank);
  }

  /** A random taxon that is neither; empty where the rank has no other. */
  Optional<Taxon> wrong(Rank rank) {
    return Optional.ofNullable(wrong.get(rank));
  }

  Mask ofWrong(Rank rank) {
    return mask(wrong, rank);
  }

  private Mask mask(Map<Rank, Taxon> taxa, Rank rank) {
    return joint
        ? taxa.values().stream().map(masks::get).reduce(Mask::max).orElseThrow()
        : masks.get(taxa.get(rank));
  }
}
