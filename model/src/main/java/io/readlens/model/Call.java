package io.readlens.model;

import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Span;
import io.readlens.model.read.Taxon;
import java.util.List;
import java.util.Optional;

/**
 * What a read was called at one rank, and which bases say so.
 *
 * @param taxon the called taxon
 * @param probability its probability, in [0, 1]
 * @param alternatives the next best taxa of the rank, best first
 * @param mask the Explainer's mask for the called taxon, one score per token
 * @param spans the runs of tokens that the published rule keeps: sorted, disjoint, possibly none
 * @param spansLeftOut how many runs more there are, of lower scores, than may be published
 * @param faithfulness whether the spans carry the call, where that was asked
 */
public record Call(
    Taxon taxon,
    double probability,
    List<Candidate> alternatives,
    Mask mask,
    List<Span> spans,
    int spansLeftOut,
    Optional<Faithfulness> faithfulness) {
  public Call {
    alternatives = List.copyOf(alternatives);
    spans = List.copyOf(spans);
  }

  /** A call all of whose spans are published, and that nobody has put to the test. */
  public Call(
      Taxon taxon, double probability, List<Candidate> alternatives, Mask mask, List<Span> spans) {
    this(taxon, probability, alternatives, mask, spans, 0, Optional.empty());
  }

  public Rank rank() {
    return taxon.rank();
  }
}
