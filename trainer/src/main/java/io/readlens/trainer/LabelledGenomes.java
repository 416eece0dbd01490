package io.readlens.trainer;

import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads cut at random from the genomes of a pack. */
final class LabelledGenomes implements TrainingSet {
  private final GenomePack pack;
  private final List<Genome> genomes;

  LabelledGenomes(GenomePack pack) throws IOException {
    this.pack = pack;
    genomes = pack.genomes(GenomePack.Use.TRAIN);
  }

  @Override
  public Taxonomy taxonomy() {
    return pack.taxonomy();
  }

  @Override
  public TrainingReads reads(Taxonomy labels, Showing showing) {
    ReadSampler sampler = new ReadSampler(genomes, labels, new Random(showing.seed()));
    return (seen, random) -> draw(sampler.with(random), random, showing);
  }

  private static TrainingReads.Draw draw(ReadSampler sampler, Random random, Showing showing) {
    List<Integer> lengths = showing.lengths();
    Supplier<Integer> any = () -> lengths.get(random.nextInt(lengths.size()));
    int all = showing.mixed() ? lengths.stream().max(Integer::compare).orElseThrow() : any.get();
    Supplier<Integer> next = showing.mixed() ? any : () -> all;
    Iterator<LabelledRead> reads =
        Stream.generate(() -> sampler.sample(next.get() * Vocabulary.K)).iterator();
    return new TrainingReads.Draw(reads, Math.min(all, showing.windowTokens()));
  }

  @Override
  public List<LabelledRead> validation(Taxonomy labels, int bases, int perGenome, long seed)
      throws IOException {
    return new ReadSampler(pack.genomes(GenomePack.Use.VALIDATION), labels, new Random(seed))
        .sampleEvenly(bases, perGenome);
  }

  @Override
  public String digest() {
    String digests = genomes.stream().map(Genome::digest).collect(Collectors.joining());
    return Sha256.of(digests.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void writeSeen(Path directory) throws IOException {
    Provenance.write(directory.resolve("genomes-seen.tsv"), genomes);
  }

  @Override
  public String toString() {
    return "%d genomes, %,d bases"
        .formatted(genomes.size(), genomes.stream().mapToLong(Genome::bases).sum());
  }
}
