package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * The masks of one read: at every rank that of the predicted taxon, of the true one, and of a
 * random one that is neither.
 */
final class ReadMasks {
  private final Taxonomy taxonomy;
  private final LabelledRead read;
  private final TaxonProbabilities whole;
  private final Map<Rank, Taxon> wrong;
  private final Map<Taxon, Mask> masks = new LinkedHashMap<>();

  private ReadMasks(
      Taxonomy taxonomy, LabelledRead read, TaxonProbabilities whole, Map<Rank, Taxon> wrong) {
    this.taxonomy = taxonomy;
    this.read = read;
    this.whole = whole;
    this.wrong = wrong;
  }

  /**
   * Asks for the masks of all reads, each read once.
   *
   * @param whole what the model says of each whole read
   * @param random chooses the wrong taxa
   */
  static List<ReadMasks> of(
      ExplainedClassifier model,
      List<LabelledRead> reads,
      List<TaxonProbabilities> whole,
      Random random) {
    List<ReadMasks> all = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      Map<Rank, Taxon> wrong = wrong(model.taxonomy(), reads.get(i), whole.get(i), random);
      all.add(new ReadMasks(model.taxonomy(), reads.get(i), whole.get(i), wrong));
    }
    return Batches.ask(model, all, batch -> fill(model, batch));
  }

  private static Map<Rank, Taxon> wrong(
      Taxonomy taxonomy, LabelledRead read, TaxonProbabilities whole, Random random) {
    Map<Rank, Taxon> wrong = new LinkedHashMap<>();
    for (Rank rank : Rank.values()) {
      List<Taxon> others =
          taxonomy.taxa(rank).stream()
              .filter(taxon -> !taxon.equals(whole.best(rank)))
              .filter(taxon -> taxon.index() != read.label(rank))
              .toList();
      if (!others.isEmpty()) {
        wrong.put(rank, others.get(random.nextInt(others.size())));
      }
    }
    return wrong;
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
    List<Taxon> taxa = new ArrayList<>(wrong.values());
    for (Rank rank : Rank.values()) {
      taxa.add(predicted(rank));
      truth(rank).ifPresent(taxa::add);
    }
    return taxa.stream().distinct().toList();
  }

  LabelledRead read() {
    return read;
  }

  /** The most probable taxon. */
  Taxon predicted(Rank rank) {
    return whole.best(rank);
  }

  /** The true taxon; empty where it is not known, or no label. */
  Optional<Taxon> truth(Rank rank) {
    return read.label(rank) < 0
        ? Optional.empty()
        : Optional.of(taxonomy.taxon(rank, read.label(rank)));
  }

  /** A random taxon that is neither; empty where the rank has no other. */
  Optional<Taxon> wrong(Rank rank) {
    return Optional.ofNullable(wrong.get(rank));
  }

  /** The mask of one of these taxa. */
  Mask mask(Taxon taxon) {
    return masks.get(taxon);
  }
}
