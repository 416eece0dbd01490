package io.readlens.model.evaluation.panel;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/**
 * What panels are made of. A list or map without elements leaves out the panels that need it.
 *
 * @param known parts that were not trained on, of genomes of genera that the model knows
 * @param unseen genomes of species that were not trained on, of genera that it knows
 * @param host the group among the known that a sample's host belongs to; mixtures have none where
 *     there is no such group
 * @param novel genomes of genera that it does not know; the truth of their genus is {@link
 *     Truth#NONE}
 * @param background sequence that is no organism of interest, by kind
 * @param adapters adapters and barcodes, in upper case
 * @param even by a rate: a substitution, an insertion or a deletion at that share of the bases
 * @param platforms by its name what a sequencer gets wrong, and how long its reads are
 */
public record Sources(
    List<Origin> known,
    List<Origin> unseen,
    String host,
    List<Origin> novel,
    Map<String, List<Origin>> background,
    List<String> adapters,
    DoubleFunction<Errors> even,
    Map<String, Platform> platforms) {
  /**
   * A sequencer.
   *
   * @param bases length of its reads
   * @param errors what it gets wrong
   */
  public record Platform(int bases, Errors errors) {}
}
