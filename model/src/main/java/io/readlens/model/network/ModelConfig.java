package io.readlens.model.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.Vocabulary;

/**
 * The sizes of a model, saved beside its weights. The first eight carry Hugging Face's names.
 *
 * @param hiddenSize E, the encoder's width
 * @param layers encoder layers, 0 for a bag of tokens
 * @param heads attention heads; E / heads must be even
 * @param intermediateSize width of the feed-forward part
 * @param layerNormEps added to the variance in every layer norm
 * @param finalNorm whether a layer norm follows the last layer. Without it a token that says much
 *     counts for more than one that says little, and a bag of tokens is linear in their counts
 * @param vocabularySize rows of the embedding: those of the tokenizer's vocabulary
 * @param maxPositions longest input in tokens, {@code <cls>} included
 * @param poolingPrior what the pooling divides the sum of the shown hidden states by is their
 *     number, or with {@code aminoAcids} a sixth of the 6-mers that they show, and this one:
 *     evidence of so many tokens that say nothing stands beside what a read shows, so that a short
 *     read, or a few spans, is less certain than a long one, and nothing shown says nothing. 0
 *     divides by the number of all tokens, shown or not, as the paper does
 * @param headBias whether the taxon heads have biases; without them a fully masked read is exactly
 *     uniform over the taxa
 * @param windowTokens longest window of a read in tokens, {@code <cls>} not counted
 * @param overlapping whether a token's embedding is the sum over the six 6-mers that begin within
 *     it, and their reverse complements: then neither frame nor strand of a read changes what the
 *     model sees of it, but for its ends. A 6-mer that reaches into the next token is there only
 *     where both are
 * @param aminoAcids whether a token's embedding also has, of both strands, the amino acids that the
 *     nine bases from each of its bases on would encode, see {@link AminoAcidTriples}; there only
 *     where all tokens that the nine reach into are
 * @param explainerKind what the Explainer reads
 * @param explainerEmbedding width of an LSTM Explainer's own embedding
 * @param explainerHidden H: an Explainer has 4H numbers a token; one of EVIDENCE has none of its
 *     own
 * @param explainerReach tokens on either side of a token from which on hidden states count nothing
 *     for its mask, but for an LSTM
 */
public record ModelConfig(
    @JsonProperty("hidden_size") int hiddenSize,
    @JsonProperty("num_hidden_layers") int layers,
    @JsonProperty("num_attention_heads") int heads,
    @JsonProperty("intermediate_size") int intermediateSize,
    @JsonProperty("layer_norm_eps") double layerNormEps,
    @JsonProperty("final_norm") boolean finalNorm,
    @JsonProperty("vocab_size") int vocabularySize,
    @JsonProperty("max_position_embeddings") int maxPositions,
    @JsonProperty("pooling_prior_tokens") int poolingPrior,
    @JsonProperty("head_bias") boolean headBias,
    @JsonProperty("window_tokens") int windowTokens,
    @JsonProperty("overlapping_kmers") boolean overlapping,
    @JsonProperty("amino_acid_triples") boolean aminoAcids,
    @JsonProperty("explainer") Kind explainerKind,
    @JsonProperty("explainer_embedding_size") int explainerEmbedding,
    @JsonProperty("explainer_hidden_size") int explainerHidden,
    @JsonProperty("explainer_reach") int explainerReach) {

  // Bounds far beyond any model that is of use here, so that no sum or product of sizes overflows
  // and nothing that is allocated for one is absurd.
  private static final int MOST_SIZE = 1 << 16;
  private static final int MOST_LAYERS = 1_000;
  private static final int MOST_TOKENS = 1 << 13;

  // Numbers of one window, four bytes each. Weights do not bound them: they grow with the window.
  /** What a window leaves behind for its read, on the heap too: [T,4H] or [T,E]. */
  private static final long MOST_STATES = 1L << 24;

  /** The widest layer: [T,I]. */
  private static final long MOST_WIDE = 1L << 26;

  /** Attention: [N,T,T]. */
  private static final long MOST_ATTENDED = 1L << 27;

  /** What an Explainer reads. */
  public enum Kind {
    /** The tokens, by an embedding and a two-layer BiLSTM of its own: the paper's. */
    LSTM,
    /**
     * The classifier's hidden states: those around a token, and those of the whole read. It costs
     * little, since the classifier has them.
     */
    SHARED,
    /**
     * The classifier's hidden states by its own heads, and how probable it finds a taxon. It costs
     * next to nothing and has next to no weights, however many labels there are; the classifier is
     * to have one softmax over all its classes.
     */
    EVIDENCE
  }

  public ModelConfig {
    requireSize(hiddenSize, "hidden_size");
    require(layers >= 0 && layers <= MOST_LAYERS, "num_hidden_layers", layers);
    require(heads > 0 && hiddenSize % (2L * heads) == 0, "num_attention_heads", heads);
    requireSize(intermediateSize, "intermediate_size");
    require(layerNormEps > 0 && layerNormEps < 1, "layer_norm_eps", layerNormEps);
    require((float) layerNormEps > 0, "layer_norm_eps", layerNormEps);
    require(vocabularySize == Vocabulary.SIZE, "vocab_size", vocabularySize);
    require(poolingPrior >= 0 && poolingPrior <= MOST_TOKENS, "pooling_prior_tokens", poolingPrior);
    require(windowTokens > 0, "window_tokens", windowTokens);
    require(
        maxPositions > windowTokens && maxPositions <= MOST_TOKENS,
        "max_position_embeddings",
        maxPositions);
    require(overlapping || !aminoAcids, "amino_acid_triples without overlapping_kmers", aminoAcids);
    if (explainerKind != Kind.EVIDENCE) {
      requireSize(explainerHidden, "explainer_hidden_size");
    }
    if (explainerKind == Kind.LSTM) {
      requireSize(explainerEmbedding, "explainer_embedding_size");
    } else {
      require(
          explainerReach > 0 && explainerReach <= MOST_TOKENS, "explainer_reach", explainerReach);
    }
    long places = windowTokens + 1L;
    if (explainerKind == Kind.EVIDENCE) {
      requireRoom("hidden_size", hiddenSize, windowTokens, 1, places, MOST_STATES);
    } else {
      requireRoom("explainer_hidden_size", explainerHidden, windowTokens, 4, places, MOST_STATES);
    }
    requireRoom("hidden_size", hiddenSize, windowTokens, 1, places, MOST_WIDE);
    if (layers > 0) {
      requireRoom("intermediate_size", intermediateSize, windowTokens, 1, places, MOST_WIDE);
      requireRoom("num_attention_heads", heads, windowTokens, places, places, MOST_ATTENDED);
    }
    if (explainerKind == Kind.LSTM) {
      requireRoom(
          "explainer_embedding_size", explainerEmbedding, windowTokens, 1, places, MOST_WIDE);
    }
  }

  /** Requires that a window's numbers, so many for each unit of a size and token, have room. */
  private static void requireRoom(
      String name, int size, int windowTokens, long each, long tokens, long most) {
    long numbers = size * each * tokens;
    if (numbers > most) {
      throw new IllegalArgumentException(
          "%s cannot be %d with window_tokens %d: one window would take %d MiB, %d at most"
              .formatted(name, size, windowTokens, mebibytes(numbers), mebibytes(most)));
    }
  }

  private static long mebibytes(long numbers) {
    return numbers * Float.BYTES / (1 << 20);
  }

  /** A configuration of single tokens and an LSTM Explainer, as in the paper. */
  public static ModelConfig ofPaper(
      int hiddenSize,
      int layers,
      int heads,
      int intermediateSize,
      double layerNormEps,
      int maxPositions,
      boolean headBias,
      int windowTokens,
      int explainerEmbedding,
      int explainerHidden) {
    return new ModelConfig(
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        layerNormEps,
        true,
        Vocabulary.SIZE,
        maxPositions,
        0,
        headBias,
        windowTokens,
        false,
        false,
        Kind.LSTM,
        explainerEmbedding,
        explainerHidden,
        0);
  }

  /** The same classifier with another Explainer. */
  public ModelConfig withExplainer(Kind kind, int embedding, int hidden, int reach) {
    return new ModelConfig(
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        layerNormEps,
        finalNorm,
        vocabularySize,
        maxPositions,
        poolingPrior,
        headBias,
        windowTokens,
        overlapping,
        aminoAcids,
        kind,
        embedding,
        hidden,
        reach);
  }

  /**
   * Requires labels that the Explainer can work with.
   *
   * @throws IllegalArgumentException if it is one of EVIDENCE and each rank has a softmax of its
   *     own
   */
  public void requireFits(Taxonomy taxonomy) {
    if (explainerKind == Kind.EVIDENCE && taxonomy.background().isEmpty()) {
      throw new IllegalArgumentException(
          "an Explainer of EVIDENCE needs labels of background, and there are none");
    }
  }

  /** D, the width of one attention head. */
  int headSize() {
    return hiddenSize / heads;
  }

  /**
   * Floating-point operations, a multiply-add being two, of the matrix products that classify one
   * window: projections, attention, feed-forward and heads.
   *
   * @param tokens the window's tokens, {@code <cls>} not counted
   * @param taxa C, the labels of all ranks
   */
  public double classifyFlops(int tokens, int taxa) {
    double places = tokens + 1.0;
    double e = hiddenSize;
    double projections = 4 * e * e + 3 * e * intermediateSize;
    double attention = 2 * places * e;
    return 2 * (layers * places * (projections + attention) + e * taxa);
  }

  /**
   * Floating-point operations of the matrix products that explain one window as the Explainer is
   * defined: both directions of both LSTM layers, or what is read of the hidden states; and the
   * masks of some taxa. What is done once a read is not counted.
   *
   * @param tokens the window's tokens, {@code <cls>} not counted
   * @param taxa whose masks are asked for
   */
  public double explainFlops(int tokens, int taxa) {
    double places = tokens + 1.0;
    double h = explainerHidden;
    if (explainerKind == Kind.EVIDENCE) {
      return 2 * places * (hiddenSize + places) * taxa;
    }
    double layers =
        explainerKind == Kind.LSTM
            ? 2 * 4 * h * (explainerEmbedding + h) + 2 * 4 * h * (2 * h + h)
            : 2 * h * (hiddenSize + places);
    return 2 * places * (layers + 4 * h * taxa);
  }

  private static void requireSize(int size, String name) {
    require(size > 0 && size <= MOST_SIZE, name, size);
  }

  private static void require(boolean holds, String name, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " cannot be " + value);
    }
  }
}
