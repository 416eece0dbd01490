package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import io.readlens.trainer.TrainingSet.Balance;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadSamplerTest {
  private static final int READS = 20_000;

  private final ToyPack pack = new ToyPack();
  private final Taxonomy taxonomy = pack.taxonomy();
  private final ReadSampler sampler = sampler(pack.genomes(), Balance.BY_BASES);

  private ReadSampler sampler(List<Genome> genomes, Balance balance) {
    return new ReadSampler(
        genomes, taxonomy, SequencingErrors.NONE, InputFilter.NONE, balance, new Random(1));
  }

  @Test
  void shouldSayHowUnevenlyItDraws() {
    // Given
    float[] imbalance = sampler.imbalance(taxonomy);

    // When
    List<LabelledRead> reads = IntStream.range(0, READS).mapToObj(i -> sampler.sample(60)).toList();

    // Then
    for (Rank rank : Rank.values()) {
      for (int label = 0; label < taxonomy.size(rank); label++) {
        int index = label;
        long drawn = reads.stream().filter(read -> read.label(rank) == index).count();
        double even = (double) READS / taxonomy.size(rank);
        assertThat(Math.exp(imbalance[taxonomy.offset(rank) + label]))
            .as("%s %d", rank, label)
            .isCloseTo(drawn / even, offset(0.05));
      }
    }
  }

  @Test
  void shouldDrawATaxonOfLittleSequenceLess() {
    // Given one genome of some 80,000 bases and two of 20,000, each the only one of its phylum
    float[] imbalance = sampler.imbalance(taxonomy);

    // When
    int long80 = taxonomy.find(Rank.PHYLUM, "Pseudomonadota").orElseThrow().index();
    int short20 = taxonomy.find(Rank.PHYLUM, "Bacillota").orElseThrow().index();
    int from = taxonomy.offset(Rank.PHYLUM);

    // Then
    assertThat(Math.exp(imbalance[from + long80] - imbalance[from + short20]))
        .isCloseTo(Math.pow(76.0 / 20, 0.7), offset(1e-4));
    float[] even = sampler(pack.genomes(), Balance.EVEN).imbalance(taxonomy);
    assertThat(even[from + long80]).isEqualTo(even[from + short20], offset(1e-6f));
  }

  @Test
  void shouldSayNothingOfTaxaThatItDoesNotDraw() {
    // Given a sampler of two of three genomes
    ReadSampler fewer = sampler(pack.genomes().subList(0, 2), Balance.BY_BASES);

    // When
    float[] imbalance = fewer.imbalance(taxonomy);

    // Then
    int archaea = taxonomy.find(Rank.SUPERKINGDOM, "Archaea").orElseThrow().index();
    assertThat(imbalance[taxonomy.offset(Rank.SUPERKINGDOM) + archaea]).isZero();
  }
}
