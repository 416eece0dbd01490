package io.readlens.trainer;

import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads cut at random from the genomes of a pack. */
final class GenomeSet implements TrainingSet {
  private final GenomePack pack;

  /** The share of reads that are background of a kind, and of those that are nothing. */
  private static final double OF_BACKGROUND = 0.08;

  private static final double OF_NOTHING = 0.07;

  private final Background background;
  private final SequencingErrors errors;
  private final InputFilter filter;
  private final List<Genome> genomes;

  /**
   * @param errors of all reads
   * @param filter what the model is shown of them
   */
  GenomeSet(GenomePack pack, SequencingErrors errors, InputFilter filter) throws IOException {
    this(pack, new Background(), errors, filter);
  }

  /**
   * @param background what else there is to learn
   * @param errors of all reads
   * @param filter what the model is shown of them
   */
  GenomeSet(GenomePack pack, Background background, SequencingErrors errors, InputFilter filter)
      throws IOException {
    this.pack = pack;
    this.background = background;
    this.errors = errors;
    this.filter = filter;
    genomes = pack.genomes(GenomePack.Use.TRAIN);
  }

  @Override
  public InputFilter filter() {
    return filter;
  }

  @Override
  public Taxonomy taxonomy() {
    List<Taxon> taxa =
        Arrays.stream(Rank.values()).flatMap(r -> pack.taxonomy().taxa(r).stream()).toList();
    return Taxonomy.of(taxa, background.labels());
  }

  /** A start with what the genomes have of each k-mer. */
  NaiveBayesStart startAt(Taxonomy labels) {
    return new NaiveBayesStart(labels, genomes, background.sequences());
  }

  @Override
  public TrainingReads reads(Taxonomy labels, Showing showing) {
    ReadSampler sampler =
        new ReadSampler(
            genomes, labels, errors, filter, showing.balance(), new Random(showing.seed()));
    return new TrainingReads() {
      @Override
      public Draw draw(long seen, Random random) {
        return GenomeSet.this.draw(sampler.with(random), random, showing);
      }

      @Override
      public double[] shares(Taxonomy of) {
        double[] shares = sampler.shares(of);
        for (int i = 0; i < of.size(); i++) {
          shares[i] *= 1 - OF_BACKGROUND - OF_NOTHING;
        }
        int kinds = of.background().size() - 1;
        Arrays.fill(shares, of.size(), of.size() + kinds, OF_BACKGROUND / kinds);
        shares[of.size() + kinds] = OF_NOTHING;
        return shares;
      }

      @Override
      public float[] imbalance() {
        return sampler.imbalance(labels);
      }
    };
  }

  private TrainingReads.Draw draw(ReadSampler sampler, Random random, Showing showing) {
    // Of a read that no window holds, a window's length is cut: any stretch of it is as good.
    int most = showing.windowTokens() * Vocabulary.K;
    IntSupplier any = () -> Math.min(most, showing.lengths().draw(random));
    int all = showing.mixed() ? Math.min(most, showing.lengths().longest()) : any.getAsInt();
    IntSupplier next = showing.mixed() ? any : () -> all;
    Iterator<LabelledRead> reads =
        Stream.generate(() -> next(sampler, next.getAsInt(), random)).iterator();
    return new TrainingReads.Draw(reads, tokens(all));
  }

  private LabelledRead next(ReadSampler sampler, int bases, Random random) {
    double which = background.labels().isEmpty() ? 1 : random.nextDouble();
    if (which < OF_BACKGROUND) {
      return background.sample(bases, errors, filter, random);
    }
    LabelledRead read = sampler.sample(bases);
    return which < OF_BACKGROUND + OF_NOTHING ? background.nothing(read, filter, random) : read;
  }

  /** Tokens of a read without unknown bases. */
  private static int tokens(int bases) {
    return bases / Vocabulary.K + bases % Vocabulary.K;
  }

  @Override
  public List<LabelledRead> validation(
      Taxonomy labels, List<Integer> bases, int perGenome, long seed) throws IOException {
    ReadSampler sampler =
        new ReadSampler(
            pack.genomes(GenomePack.Use.VALIDATION),
            labels,
            errors,
            filter,
            Balance.EVEN,
            new Random(seed));
    return bases.stream()
        .flatMap(length -> sampler.sampleEvenly(length, perGenome).stream())
        .toList();
  }

  @Override
  public List<LabelledRead> background(List<Integer> bases, int perKind, long seed) {
    Random random = new Random(seed);
    Background held = background.heldOut();
    return bases.stream()
        .flatMap(length -> held.sampleEvenly(length, perKind, errors, filter, random).stream())
        .toList();
  }

  @Override
  public String digest() {
    String digests = genomes.stream().map(Genome::digest).collect(Collectors.joining());
    String changed = errors.fingerprint();
    return Sha256.of(
        (digests + changed + background.digest() + filter.fingerprint())
            .getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void writeSeen(Path directory) throws IOException {
    Provenance.ofGenomes(directory, genomes);
  }

  @Override
  public String toString() {
    return "%d genomes, %,d bases"
        .formatted(genomes.size(), genomes.stream().mapToLong(Genome::bases).sum());
  }
}
