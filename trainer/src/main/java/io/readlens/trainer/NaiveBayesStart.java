package io.readlens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.readlens.model.network.AminoAcidTriples;
import io.readlens.model.network.LowRank;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Where a new bag of overlapping k-mers begins: as a naive Bayes of the genomes that it is to
 * learn, as well as its width can be one. A taxon's profile is how often its genomes have each
 * 6-mer, and each triple of amino acids; a genus of which there is little takes after its phylum,
 * that after its superkingdom, and a kind of background after all of them. What is nothing has all
 * 6-mers alike. The logarithms of all profiles make a matrix, whose approximation by two of lower
 * rank, {@link LowRank}, gives heads and embeddings.
 *
 * <p>From random weights a training of some minutes ends below the naive Bayes that this begins
 * with.
 */
final class NaiveBayesStart {
  /** Counts a k-mer that a genus' profile takes from its phylum's. */
  private static final double FROM_PHYLUM = 1.5;

  /** Counts a k-mer that a phylum's profile takes from its superkingdom's. */
  private static final double FROM_SUPERKINGDOM = 0.5;

  /** The share of a superkingdom's profile that is that of all. */
  private static final double FROM_ALL = 0.02;

  /** More k-mers of a genus count no more for its phylum's profile. */
  private static final double ENOUGH = 50_000;

  /**
   * What a triple of amino acids says, beside a 6-mer: it is one of more, and they overlap more.
   */
  private static final double TRIPLES = 0.5;

  /**
   * By what the sum over a token's k-mers is to be multiplied, so that the probabilities of a long
   * read are neither nearly even nor nearly certain: overlapping k-mers tell one thing several
   * times.
   */
  private static final double SCALE = 20;

  private static final int WORDS = 1 << (2 * Vocabulary.K);

  private final Taxonomy labels;
  private final List<Genome> genomes;
  private final List<List<String>> background;

  /**
   * @param background sequences of each of the labels' kinds of background but nothing
   */
  NaiveBayesStart(Taxonomy labels, List<Genome> genomes, List<List<String>> background) {
    this.labels = labels;
    this.genomes = genomes;
    this.background = background;
  }

  /**
   * Sets a classifier's embeddings and heads. Both have the same root mean square, so that one
   * learning rate suits both.
   *
   * @return that root mean square
   */
  float set(ModelConfig config, TaxonClassifier classifier, NDManager manager) {
    double[][] words = logProfiles(WORDS, NaiveBayesStart::countWords);
    double[][] triples =
        config.aminoAcids()
            ? logProfiles(AminoAcidTriples.COUNT, countTriples())
            : new double[labels.classes()][0];
    int columns = WORDS + triples[0].length;
    float[] matrix = new float[labels.classes() * columns];
    for (int taxon = 0; taxon < labels.classes(); taxon++) {
      for (int i = 0; i < columns; i++) {
        double value = i < WORDS ? words[taxon][i] : TRIPLES * triples[taxon][i - WORDS];
        matrix[taxon * columns + i] = (float) value;
      }
    }
    int width = config.hiddenSize();
    LowRank factors = LowRank.of(manager, matrix, columns, width);
    float size = (float) Math.sqrt(SCALE * rms(factors.left()) * rms(factors.right()));
    setHeads(classifier, scaled(factors.left(), size / rms(factors.left())), width);
    float[] embeddings = scaled(factors.right(), size / rms(factors.right()));
    NDArray word = classifier.tensors().get("esm.embeddings.word_embeddings.weight");
    float[] values = new float[Vocabulary.SIZE * width];
    // The network adds both strands' rows.
    for (int i = 0; i < WORDS * width; i++) {
      values[Vocabulary.FIRST_KMER * width + i] = embeddings[i] / 2;
    }
    word.set(values);
    if (config.aminoAcids()) {
      classifier
          .tensors()
          .get(TaxonClassifier.TRIPLES)
          .set(Arrays.copyOfRange(embeddings, WORDS * width, embeddings.length));
    }
    return size;
  }

  private static void setHeads(TaxonClassifier classifier, float[] rows, int width) {
    int from = 0;
    for (NDArray head : classifier.heads()) {
      int to = from + (int) head.size();
      head.set(Arrays.copyOfRange(rows, from, to));
      from = to;
    }
    if (from != rows.length) {
      throw new IllegalStateException(rows.length / width + " taxa for heads of " + from / width);
    }
  }

  private static double rms(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private static float[] scaled(float[] values, double factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = (float) (values[i] * factor);
    }
    return scaled;
  }

  /** Adds what a segment has of each k-mer, on both strands. */
  private interface Counter {
    void count(String segment, double[] counts);
  }

  /**
   * The logarithms of all taxa's profiles [C][n], less their mean over the genera, which no softmax
   * sees.
   */
  private double[][] logProfiles(int n, Counter counter) {
    int genera = labels.size(Rank.GENUS);
    int phyla = labels.size(Rank.PHYLUM);
    // Genera, and behind them what each phylum has of no known genus.
    double[][] counts = new double[genera + phyla][n];
    for (Genome genome : genomes) {
      int genus = labels.find(Rank.GENUS, genome.genus()).map(Taxon::index).orElse(-1);
      int phylum = labels.find(Rank.PHYLUM, genome.phylum()).map(Taxon::index).orElse(-1);
      if (genus >= 0 || phylum >= 0) {
        double[] of = counts[genus >= 0 ? genus : genera + phylum];
        genome.segments().forEach(segment -> counter.count(segment, of));
      }
    }
    double[][] ofPhyla = new double[phyla][n];
    for (int i = 0; i < counts.length; i++) {
      int phylum = i < genera ? labels.taxon(Rank.GENUS, i).parent() : i - genera;
      double total = Arrays.stream(counts[i]).sum();
      if (total > 0) {
        add(counts[i], Math.min(1, ENOUGH / total), ofPhyla[phylum]);
      }
    }
    double[][] ofSuperkingdoms = superkingdoms(ofPhyla, n);
    for (int phylum = 0; phylum < phyla; phylum++) {
      int parent = labels.taxon(Rank.PHYLUM, phylum).parent();
      ofPhyla[phylum] = profile(ofPhyla[phylum], FROM_SUPERKINGDOM, ofSuperkingdoms[parent]);
    }
    double[] all = all(ofSuperkingdoms, n);
    double[][] profiles = new double[labels.classes()][];
    Arrays.fill(profiles, labels.size(), labels.classes(), n == WORDS ? even(n) : all);
    for (int kind = 0; kind < background.size(); kind++) {
      double[] of = new double[n];
      background.get(kind).forEach(sequence -> counter.count(sequence, of));
      profiles[labels.size() + kind] = profile(of, FROM_SUPERKINGDOM, all);
    }
    System.arraycopy(
        ofSuperkingdoms, 0, profiles, labels.offset(Rank.SUPERKINGDOM), ofSuperkingdoms.length);
    System.arraycopy(ofPhyla, 0, profiles, labels.offset(Rank.PHYLUM), phyla);
    for (int genus = 0; genus < genera; genus++) {
      int parent = labels.taxon(Rank.GENUS, genus).parent();
      profiles[labels.offset(Rank.GENUS) + genus] =
          profile(counts[genus], FROM_PHYLUM, ofPhyla[parent]);
    }
    return centredLogs(profiles, n);
  }

  /** The profiles of superkingdoms: the means of their phyla's, with a little of all. */
  private double[][] superkingdoms(double[][] ofPhyla, int n) {
    double[][] means = new double[labels.size(Rank.SUPERKINGDOM)][n];
    for (int phylum = 0; phylum < ofPhyla.length; phylum++) {
      double total = Arrays.stream(ofPhyla[phylum]).sum();
      if (total > 0) {
        add(ofPhyla[phylum], 1 / total, means[labels.taxon(Rank.PHYLUM, phylum).parent()]);
      }
    }
    double[] all = new double[n];
    for (double[] mean : means) {
      add(mean, 1 / Math.max(1, Arrays.stream(mean).sum()), all);
    }
    Arrays.setAll(all, i -> all[i] + 1.0 / n / WORDS); // no k-mer is impossible
    double ofAll = Arrays.stream(all).sum();
    for (double[] mean : means) {
      double total = Math.max(1, Arrays.stream(mean).sum());
      for (int i = 0; i < n; i++) {
        mean[i] = (1 - FROM_ALL) * mean[i] / total + FROM_ALL * all[i] / ofAll;
      }
    }
    return means;
  }

  /** The mean of the superkingdoms' profiles. */
  private static double[] all(double[][] ofSuperkingdoms, int n) {
    double[] all = new double[n];
    for (double[] profile : ofSuperkingdoms) {
      add(profile, 1.0 / ofSuperkingdoms.length, all);
    }
    return all;
  }

  private static double[] even(int n) {
    double[] even = new double[n];
    Arrays.fill(even, 1.0 / n);
    return even;
  }

  private static void add(double[] values, double factor, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * values[i];
    }
  }

  /** Shares of k-mers, of counts and of so many a k-mer besides that are shared as above. */
  private static double[] profile(double[] counts, double each, double[] above) {
    double more = each * counts.length;
    double total = Arrays.stream(counts).sum() + more;
    double[] profile = new double[counts.length];
    Arrays.setAll(profile, i -> (counts[i] + more * above[i]) / total);
    return profile;
  }

  private double[][] centredLogs(double[][] profiles, int n) {
    double[] mean = new double[n];
    int genera = labels.size(Rank.GENUS);
    for (int taxon = 0; taxon < profiles.length; taxon++) {
      double[] profile = profiles[taxon].clone();
      profiles[taxon] = profile;
      Arrays.setAll(profile, i -> Math.log(profile[i]));
      if (taxon >= labels.offset(Rank.GENUS) && taxon < labels.size()) {
        add(profile, 1.0 / genera, mean);
      }
    }
    for (double[] profile : profiles) {
      add(mean, -1, profile);
    }
    return profiles;
  }

  private static void countWords(String segment, double[] counts) {
    forEach(
        segment,
        Vocabulary.K,
        word -> {
          counts[word]++;
          int id = Vocabulary.FIRST_KMER + word;
          counts[Vocabulary.reverseComplement(id) - Vocabulary.FIRST_KMER]++;
        });
  }

  private static Counter countTriples() {
    long[] table = AminoAcidTriples.table();
    int nines = table.length / 2;
    return (segment, counts) ->
        forEach(
            segment,
            AminoAcidTriples.BASES,
            nine -> {
              counts[(int) table[nine]]++;
              counts[(int) table[nines + nine]]++;
            });
  }

  /**
   * The numbers, by the vocabulary's digits, of all overlapping k-mers that have no other letter.
   */
  private static void forEach(String segment, int k, IntConsumer consumer) {
    int all = (1 << (2 * k)) - 1;
    int kmer = 0;
    int known = 0;
    for (int i = 0; i < segment.length(); i++) {
      int digit = Vocabulary.digit(segment.charAt(i));
      known = digit < 0 ? 0 : known + 1;
      kmer = (kmer << 2 | Math.max(0, digit)) & all;
      if (known >= k) {
        consumer.accept(kmer);
      }
    }
  }
}
