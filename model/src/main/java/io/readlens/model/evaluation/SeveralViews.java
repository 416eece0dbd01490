package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.Rank;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import io.readlens.model.read.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What it gives to classify reads in several views, and what it costs.
 *
 * @param count how many views
 * @param hits the most probable taxa over the views
 * @param readsPerSecond classified, without masks
 */
public record SeveralViews(int count, Map<Rank, Hits> hits, double readsPerSecond) {
  private static final int[] COUNTS = {1, 2, 4, 12};
  private static final int WARM_UP_READS = 64;

  /** Measures every number of views that there is; on the CPU it uses all cores. */
  public static List<SeveralViews> of(
      Checkpoint checkpoint, String device, List<LabelledRead> reads) {
    List<TokenizedRead> tokens = reads.stream().map(LabelledRead::tokens).toList();
    List<SeveralViews> measured = new ArrayList<>();
    for (int count : COUNTS) {
      ExplainedClassifier.Options options =
          new ExplainedClassifier.Options(0, ReadSample.NONE, new Views(count));
      try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, device, options)) {
        List<TokenizedRead> first = tokens.subList(0, Math.min(WARM_UP_READS, tokens.size()));
        model.probabilities(first);
        long start = System.nanoTime();
        List<TaxonProbabilities> of = Batches.ask(model, tokens, model::probabilities);
        double seconds = (System.nanoTime() - start) / 1e9;
        measured.add(new SeveralViews(count, Hits.byRank(reads, of), tokens.size() / seconds));
      }
    }
    return measured;
  }
}
