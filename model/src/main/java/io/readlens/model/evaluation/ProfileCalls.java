package io.readlens.model.evaluation;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.Thresholds;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a profile of a checkpoint calls of reads of like length, and how right that is: what one
 * chooses a profile by.
 *
 * @param profile the profile
 * @param lengths how long the reads are
 * @param thresholds what the profile calls by
 * @param counts what became of the reads, by rank
 */
public record ProfileCalls(
    Profile profile, Lengths lengths, Thresholds thresholds, Map<Rank, Counts> counts) {

  /**
   * What became of reads at a rank.
   *
   * @param known reads whose taxon is a label
   * @param called those of them that are called at the rank
   * @param right those of the called that are called their taxon
   * @param strangers reads whose taxon is no label
   * @param strangersCalled those of them that are called at the rank all the same
   */
  public record Counts(int known, int called, int right, int strangers, int strangersCalled) {
    private static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    /** Share of the known reads that are called; NaN without any. */
    public double shareCalled() {
      return (double) called / known;
    }

    /** Share of the calls of known reads that are right; NaN without any. */
    public double precision() {
      return (double) right / called;
    }

    private Counts with(int label, int call) {
      boolean isKnown = label >= 0;
      boolean isCalled = call >= 0;
      return new Counts(
          known + (isKnown ? 1 : 0),
          called + (isKnown && isCalled ? 1 : 0),
          right + (isKnown && call == label ? 1 : 0),
          strangers + (isKnown ? 0 : 1),
          strangersCalled + (!isKnown && isCalled ? 1 : 0));
    }
  }

  /** Of every profile on every length that the reads have, the shortest first. */
  public static List<ProfileCalls> of(
      ExplainedClassifier model, Decision decision, List<LabelledRead> reads) {
    List<TokenizedRead> tokens = reads.stream().map(LabelledRead::tokens).toList();
    List<TaxonProbabilities> probabilities = Batches.ask(model, tokens, model::probabilities);
    Map<Lengths, List<Integer>> byLength = new TreeMap<>();
    for (int i = 0; i < reads.size(); i++) {
      byLength
          .computeIfAbsent(Lengths.of(reads.get(i).bases().length()), any -> new ArrayList<>())
          .add(i);
    }
    List<ProfileCalls> all = new ArrayList<>();
    byLength.forEach(
        (lengths, places) -> {
          for (Profile profile : Profile.values()) {
            Thresholds thresholds = decision.thresholds(profile);
            Map<Rank, Counts> counts = new EnumMap<>(Rank.class);
            for (int place : places) {
              List<Taxon> called =
                  model.called(tokens.get(place), probabilities.get(place), thresholds);
              add(counts, reads.get(place), called);
            }
            all.add(new ProfileCalls(profile, lengths, thresholds, counts));
          }
        });
    return all;
  }

  private static void add(Map<Rank, Counts> counts, LabelledRead read, List<Taxon> called) {
    for (Rank rank : Rank.values()) {
      int call =
          called.stream()
              .filter(taxon -> taxon.rank() == rank)
              .mapToInt(Taxon::index)
              .findFirst()
              .orElse(-1);
      Counts before = counts.getOrDefault(rank, Counts.NONE);
      counts.put(rank, before.with(read.label(rank), call));
    }
  }
}
