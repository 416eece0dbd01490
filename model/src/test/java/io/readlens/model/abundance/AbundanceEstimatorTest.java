package io.readlens.model.abundance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.readlens.model.abundance.AbundanceEstimate.Amount;
import io.readlens.model.abundance.AbundanceEstimate.Interval;
import io.readlens.model.abundance.AbundanceEstimate.Share;
import io.readlens.model.abundance.SimulatedWorld.Part;
import io.readlens.model.read.Rank;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** On simulated samples whose truth is known. */
class AbundanceEstimatorTest {
  private static final int SEEDS = 12;
  private static final int READS = 5_000;
  private static final Amount NONE = new Amount(new Interval(0, 0, 0), new Interval(0, 0, 0));

  private static AbundanceEstimate plain(SimulatedWorld world, SampleCalls calls) {
    return new AbundanceEstimator(world.labels(), Optional.empty()).estimate(calls, 1);
  }

  private static AbundanceEstimate corrected(
      SimulatedWorld world, CallConfusion confusion, SampleCalls calls) {
    return new AbundanceEstimator(world.labels(), Optional.of(confusion)).estimate(calls, 1);
  }

  /** All genera, and one unknown genus of each phylum, what is unknown altogether, and vectors. */
  private static CallConfusion measured(SimulatedWorld world, int reads, double ofGenera) {
    List<Origin> others = new ArrayList<>(List.of(Origin.unknown(), SimulatedWorld.vector()));
    world.labels().taxa(Rank.PHYLUM).forEach(phylum -> others.add(Origin.of(phylum)));
    return world.measure(reads, ofGenera, others.toArray(new Origin[0]));
  }

  private static Amount amount(AbundanceEstimate estimate, Origin origin) {
    return estimate.shares().stream()
        .filter(share -> share.origin().equals(origin))
        .map(Share::amount)
        .findFirst()
        .orElse(NONE);
  }

  private static boolean holds(Interval interval, double share) {
    return interval.low() <= share && share <= interval.high();
  }

  /** What estimates of several samples are like, against what the samples are. */
  private static final class Score {
    private double corrected;
    private double counted;
    private double unknown;
    private double background;
    private int intervals;
    private int covered;
    private int falseGenera;
    private int samples;

    void add(AbundanceEstimate estimate, AbundanceEstimate plain, List<Part> parts) {
      assertThat(estimate.corrected()).isTrue();
      assertThat(estimate.settled()).isTrue();
      assertThat(estimate.shares().stream().mapToDouble(s -> s.amount().reads().value()).sum())
          .isCloseTo(1, within(1e-6));
      samples++;
      corrected += SimulatedWorld.distance(estimate, parts);
      counted += SimulatedWorld.distance(plain, parts);
      unknown += estimate.unknown().reads().value();
      background += estimate.background().reads().value();
      for (Part part : parts) {
        if (part.origin().isGenus()) {
          intervals++;
          covered += holds(amount(estimate, part.origin()).reads(), part.share()) ? 1 : 0;
        }
      }
      falseGenera +=
          (int)
              estimate.shares().stream()
                  .filter(share -> share.origin().isGenus())
                  .filter(share -> share.amount().reads().low() > 0.0005)
                  .filter(s -> parts.stream().noneMatch(p -> p.origin().equals(s.origin())))
                  .count();
    }

    /** The figures of docs/abundance.md. */
    void print(String what) {
      System.out.printf(
          Locale.ROOT,
          "%s: L1 %.2f, of counting %.2f; unknown %.3f, background %.3f;"
              + " intervals that hold the share %d of %d; false genera a sample %.1f%n",
          what,
          corrected / samples,
          counted / samples,
          unknown / samples,
          background / samples,
          covered,
          intervals,
          (double) falseGenera / samples);
    }
  }

  @Test
  void shouldComeNearerToTheTruthThanCounting() {
    // Given
    Score score = new Score();
    for (int seed = 0; seed < SEEDS; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed);
      List<Part> parts = world.community(0.3, 0.05);
      CallConfusion confusion = measured(world, 200, 1);
      SampleCalls calls = world.call(parts, READS);

      // When
      score.add(corrected(world, confusion, calls), plain(world, calls), parts);
    }

    // Then
    score.print("measured on 200 reads of each genus and length");
    assertThat(score.corrected / SEEDS).isLessThan(0.1).isLessThan(score.counted / SEEDS / 4);
    assertThat(score.unknown / SEEDS).isCloseTo(0.3, within(0.03));
    assertThat(score.background / SEEDS).isCloseTo(0.05, within(0.01));
    assertThat((double) score.covered / score.intervals).isBetween(0.85, 1.0);
    assertThat(score.falseGenera).isLessThanOrEqualTo(SEEDS);
  }

  @Test
  void shouldComeNearerWithFewReadsMeasured() {
    // Given: a third of the genera was not measured at all
    Score score = new Score();
    for (int seed = 100; seed < 100 + SEEDS; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed);
      List<Part> parts = world.community(0.3, 0.05);
      CallConfusion confusion = measured(world, 40, 0.67);
      SampleCalls calls = world.call(parts, READS);

      // When
      score.add(corrected(world, confusion, calls), plain(world, calls), parts);
    }

    // Then
    score.print("on 40 reads of two thirds of the genera");
    assertThat(score.corrected).isLessThan(0.5 * score.counted);
    assertThat((double) score.covered / score.intervals).isBetween(0.7, 1.0);
  }

  @Test
  void shouldTellAnUnknownShareThatWasNeverMeasured() {
    // Given: the confusion is of known genera alone
    Score score = new Score();
    for (int seed = 200; seed < 200 + SEEDS; seed++) {
      SimulatedWorld world = new SimulatedWorld(seed);
      List<Part> parts = world.community(0.3, 0.05);
      CallConfusion confusion = world.measure(200, 1);
      SampleCalls calls = world.call(parts, READS);

      // When
      score.add(corrected(world, confusion, calls), plain(world, calls), parts);
    }

    // Then
    score.print("on 200 reads, none of them unknown or background");
    assertThat(score.corrected).isLessThan(0.5 * score.counted);
    assertThat(score.unknown / SEEDS).isBetween(0.2, 0.35);
  }

  @Test
  void shouldFindNothingUnknownWhereNothingIs() {
    // Given
    SimulatedWorld world = new SimulatedWorld(3);
    CallConfusion confusion = measured(world, 400, 1);
    SampleCalls calls = world.call(world.community(0, 0), READS);

    // When
    AbundanceEstimate estimate = corrected(world, confusion, calls);

    // Then
    assertThat(plain(world, calls).unknown().reads().value()).isGreaterThan(0.25);
    assertThat(estimate.unknown().reads().value()).isLessThan(0.06);
    assertThat(estimate.background().reads().value()).isZero();
  }

  @Test
  void shouldTellSharesOfReadsFromSharesOfBases() {
    // Given: as many reads of both, of one all long, of the other all short
    SimulatedWorld world = new SimulatedWorld(4);
    List<Part> parts = List.of(new Part(world.genus(0), 0.5, 1), new Part(world.genus(1), 0.5, 0));
    CallConfusion confusion = measured(world, 400, 1);
    SampleCalls calls = world.call(parts, READS);

    // When
    AbundanceEstimate estimate = corrected(world, confusion, calls);

    // Then
    Amount ofLong = amount(estimate, world.genus(0));
    Amount ofShort = amount(estimate, world.genus(1));
    assertThat(ofLong.reads().value()).isCloseTo(0.5, within(0.06));
    assertThat(ofShort.reads().value()).isCloseTo(0.5, within(0.06));
    assertThat(ofLong.bases().value()).isCloseTo(10 / 11.0, within(0.05));
    assertThat(amount(plain(world, calls), world.genus(1)).reads().value())
        .as("short reads are called seldom")
        .isLessThan(0.25);
  }

  @Test
  void shouldCountCallsWhereThereIsNoConfusion() {
    // Given
    SimulatedWorld world = new SimulatedWorld(5);
    SampleCalls calls = new SampleCalls();
    for (int i = 0; i < 60; i++) {
      calls.add(Outcome.called(world.genus(0).taxon().orElseThrow()), 100, 100);
    }
    for (int i = 0; i < 30; i++) {
      calls.add(Outcome.called(world.unknownOf(1).taxon().orElseThrow()), 300, 200);
    }
    for (int i = 0; i < 5; i++) {
      calls.add(Outcome.none(SimulatedWorld.NOTHING), 100, 100);
      calls.add(Outcome.background(SimulatedWorld.VECTOR), 100, 100);
    }
    calls.addNotAsked("TOO_SHORT");

    // When
    AbundanceEstimate estimate = plain(world, calls);

    // Then
    assertThat(estimate.corrected()).isFalse();
    assertThat(estimate.shares()).extracting(Share::called).containsExactly(60L, 30L, 5L, 5L);
    assertThat(amount(estimate, world.genus(0)).reads().value()).isCloseTo(0.6, within(1e-6));
    assertThat(amount(estimate, world.unknownOf(1)).bases().value())
        .isCloseTo(9 / 16.0, within(1e-6));
    assertThat(estimate.unknown().reads().value()).isCloseTo(0.35, within(1e-6));
    assertThat(estimate.background().reads().value()).isCloseTo(0.05, within(1e-6));
    Interval ofGenus = amount(estimate, world.genus(0)).reads();
    // A share of 0.6 of 100 reads has a standard error of 0.049.
    assertThat(ofGenus.low()).isCloseTo(0.6 - 1.96 * 0.049, within(0.03));
    assertThat(ofGenus.high()).isCloseTo(0.6 + 1.96 * 0.049, within(0.03));
    assertThat(calls.notAsked()).containsEntry("TOO_SHORT", 1L);
  }

  @Test
  void shouldCountBackgroundThatWasNeverMeasuredAsItIsCalled() {
    // Given
    SimulatedWorld world = new SimulatedWorld(6);
    CallConfusion confusion = world.measure(100, 1);
    SampleCalls calls = world.call(world.community(0, 0.2), READS);

    // When
    AbundanceEstimate estimate = corrected(world, confusion, calls);

    // Then
    assertThat(estimate.background().reads().value())
        .isCloseTo(plain(world, calls).background().reads().value(), within(0.01));
  }

  @Test
  void shouldSayNothingOfNoReads() {
    // Given
    SimulatedWorld world = new SimulatedWorld(7);
    SampleCalls calls = new SampleCalls();
    calls.addNotAsked("TOO_SHORT");

    // When
    AbundanceEstimate counted = plain(world, calls);
    AbundanceEstimate estimate = corrected(world, world.measure(10, 1), calls);

    // Then
    for (AbundanceEstimate each : List.of(counted, estimate)) {
      assertThat(each.shares()).isEmpty();
      assertThat(each.settled()).isTrue();
      assertThat(each.unknown().reads().value()).isZero();
    }
  }

  @Test
  void shouldGiveTheSameForASeed() {
    // Given
    SimulatedWorld world = new SimulatedWorld(8);
    CallConfusion confusion = measured(world, 40, 1);
    SampleCalls calls = world.call(world.community(0.1, 0.05), 1_000);
    AbundanceEstimator estimator = new AbundanceEstimator(world.labels(), Optional.of(confusion));

    // When
    AbundanceEstimate one = estimator.estimate(calls, 1);
    AbundanceEstimate again = estimator.estimate(calls, 1);
    AbundanceEstimate other = estimator.estimate(calls, 2);

    // Then
    assertThat(again).isEqualTo(one);
    assertThat(other.shares().get(0).amount().reads().value())
        .isEqualTo(one.shares().get(0).amount().reads().value());
    assertThat(other).isNotEqualTo(one);
  }
}
