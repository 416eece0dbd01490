package io.readlens.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.readlens.model.ExplainedClassifier;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Profile;
import io.readlens.model.checkpoint.ThresholdChoice;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.ReadSample;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.Tokenizer;
import io.readlens.model.read.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On random weights, with labels made of what they call. */
class ProfileCallsTest {
  private final Random random = new Random(5);
  private final Checkpoint checkpoint = Checkpoint.random(Toy.CONFIG, Toy.taxonomy(), 1);

  @ParameterizedTest
  @CsvSource({"0,0,100", "99,0,100", "100,100,200", "399,200,400", "1500,800,1600"})
  void shouldPutReadsOfLikeLengthTogether(int bases, int from, int to) {
    // When
    Lengths lengths = Lengths.of(bases);

    // Then
    assertThat(lengths).isEqualTo(new Lengths(from, to));
  }

  @Test
  void shouldCountWhatEachProfileCallsOfEachLength() {
    // Given: every third read is of the taxa that are most probable, every third of others, every
    // third of none
    List<LabelledRead> reads = new ArrayList<>();
    try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", 0)) {
      for (int i = 0; i < 12; i++) {
        Read bases = read(i < 6 ? 120 : 300);
        TaxonProbabilities all = model.probabilities(List.of(Tokenizer.tokenize(bases))).get(0);
        int kind = i % 3;
        reads.add(
            new LabelledRead(
                bases,
                Tokenizer.tokenize(bases),
                "genome",
                label(all, Rank.SUPERKINGDOM, kind),
                label(all, Rank.PHYLUM, kind),
                label(all, Rank.GENUS, kind)));
      }

      // When: the sensitive profile of random weights calls everything that the tree allows
      List<ProfileCalls> calls = ProfileCalls.of(model, checkpoint.decision(), reads);

      // Then
      assertThat(calls)
          .extracting(ProfileCalls::profile, ProfileCalls::lengths)
          .containsExactly(
              tuple(Profile.SENSITIVE, new Lengths(100, 200)),
              tuple(Profile.BALANCED, new Lengths(100, 200)),
              tuple(Profile.STRICT, new Lengths(100, 200)),
              tuple(Profile.SENSITIVE, new Lengths(200, 400)),
              tuple(Profile.BALANCED, new Lengths(200, 400)),
              tuple(Profile.STRICT, new Lengths(200, 400)));
      assertThat(calls.get(1).counts().get(Rank.SUPERKINGDOM))
          .isEqualTo(new ProfileCalls.Counts(4, 4, 2, 2, 2));
      assertThat(calls.get(1).counts().get(Rank.SUPERKINGDOM).precision()).isEqualTo(0.5);
      assertThat(calls.get(1).counts().get(Rank.SUPERKINGDOM).shareCalled()).isEqualTo(1);
    }
    for (Profile profile : Profile.values()) {
      ExplainedClassifier.Options options =
          new ExplainedClassifier.Options(
              0, ReadSample.NONE, Views.ONE, new ThresholdChoice(profile, Map.of()), 64);
      try (ExplainedClassifier model = ExplainedClassifier.load(checkpoint, "cpu", options)) {
        ProfileCalls calls =
            ProfileCalls.of(model, checkpoint.decision(), reads).stream()
                .filter(each -> each.profile() == profile)
                .findFirst()
                .orElseThrow();
        for (Rank rank : Rank.values()) {
          long called =
              reads.subList(0, 6).stream()
                  .filter(read -> read.label(rank) >= 0)
                  .filter(
                      read ->
                          model.explain(List.of(read.tokens())).get(0).calls().stream()
                              .anyMatch(call -> call.rank() == rank))
                  .count();
          assertThat(calls.counts().get(rank).called()).isEqualTo((int) called);
        }
      }
    }
  }

  /** The most probable taxon, another one, or none. */
  private static int label(TaxonProbabilities all, Rank rank, int kind) {
    Taxon best = all.best(rank);
    int other = (best.index() + 1) % Toy.taxonomy().size(rank);
    return kind == 0 ? best.index() : kind == 1 ? other : -1;
  }

  private Read read(int bases) {
    StringBuilder letters = new StringBuilder();
    random.ints(bases, 0, 4).forEach(digit -> letters.append("ACGT".charAt(digit)));
    return Read.of("r", letters);
  }
}
