package io.readlens.model.network;

import io.readlens.model.read.Vocabulary;
import java.util.Arrays;

/** The classifier's forward pass written out in loops and doubles, straight from its equations. */
final class SlowEncoder {
  /** The standard genetic code, as a textbook lists it. */
  private static final String[] CODONS = {
    "A GCT GCC GCA GCG", "R CGT CGC CGA CGG AGA AGG", "N AAT AAC", "D GAT GAC", "C TGT TGC",
    "Q CAA CAG", "E GAA GAG", "G GGT GGC GGA GGG", "H CAT CAC", "I ATT ATC ATA",
    "L TTA TTG CTT CTC CTA CTG", "K AAA AAG", "M ATG", "F TTT TTC", "P CCT CCC CCA CCG",
    "S TCT TCC TCA TCG AGT AGC", "T ACT ACC ACA ACG", "W TGG", "Y TAT TAC", "V GTT GTC GTA GTG",
    "* TAA TAG TGA"
  };

  private final ModelConfig config;
  private final Toy weights;

  SlowEncoder(ModelConfig config, Toy weights) {
    this.config = config;
    this.weights = weights;
  }

  /**
   * Logits of one read without padding behind it; what is hidden of it is padding between, gate 0.
   */
  double[] logits(long[] ids, double[] gate, int... sizes) {
    int e = config.hiddenSize();
    double[] pooled = new double[e];
    double[][] hidden = hidden(ids, gate);
    double shown = config.poolingPrior() + shown(ids, gate);
    long tokens = Arrays.stream(ids).filter(id -> id != Vocabulary.PAD).count();
    double divisor = config.poolingPrior() == 0 ? tokens : shown;
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < e; i++) {
        pooled[i] += gate[t] * hidden[t][i] / divisor;
      }
    }
    double[] logits = new double[Arrays.stream(sizes).sum()];
    String[] names = {"superkingdom", "phylum", "genus", "background"};
    int at = 0;
    for (int i = 0; i < sizes.length; i++) {
      double[] head = linear(pooled, "classifier." + names[i], sizes[i]);
      System.arraycopy(head, 0, logits, at, head.length);
      at += head.length;
    }
    return logits;
  }

  /** Tokens, or sixths of the 6-mers that can be read off them; what is no 6-mer counts as one. */
  private double shown(long[] ids, double... gate) {
    double tokens = Arrays.stream(gate).sum();
    if (!config.aminoAcids()) {
      return tokens;
    }
    double kmers = tokens;
    for (int t = 0; t + 1 < ids.length; t++) {
      boolean across = isKmer(ids[t]) && isKmer(ids[t + 1]);
      kmers += across ? 5 * gate[t] * gate[t + 1] : 0;
    }
    return kmers / 6;
  }

  /** Hidden states [T][E] after the last norm, if there is one. */
  double[][] hidden(long[] ids, double... gate) {
    double[][] x = new double[ids.length][config.hiddenSize()];
    for (int t = 0; t < ids.length; t++) {
      addWord(x[t], (int) ids[t], gate[t]);
      if (config.overlapping() && t + 1 < ids.length && isKmer(ids[t]) && isKmer(ids[t + 1])) {
        String both = spell(ids[t]) + spell(ids[t + 1]);
        for (int shift = 1; shift < 6; shift++) {
          addWord(x[t], number(both.substring(shift, shift + 6)), gate[t] * gate[t + 1]);
        }
      }
    }
    if (config.aminoAcids()) {
      for (int t = 0; t < ids.length; t++) {
        addAminoAcids(x[t], t, ids, gate);
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      x = layer(x, ids, "esm.encoder.layer." + layer + ".");
    }
    return Arrays.stream(x)
        .map(row -> config.finalNorm() ? norm(row, "esm.encoder.emb_layer_norm_after") : row)
        .toArray(double[][]::new);
  }

  private void addWord(double[] x, int id, double gate) {
    float[] words = weights.values("esm.embeddings.word_embeddings.weight");
    for (int i = 0; i < x.length; i++) {
      x[i] += gate * words[id * x.length + i];
      if (config.overlapping()) {
        x[i] += gate * words[otherStrand(id) * x.length + i];
      }
    }
  }

  /** The triples that begin within token t, of both strands. */
  private void addAminoAcids(double[] x, int t, long[] ids, double... gate) {
    for (int shift = 0; shift < 6; shift++) {
      StringBuilder bases = new StringBuilder();
      double open = 1;
      for (int token = t; token <= t + (shift + 8) / 6; token++) {
        if (token >= ids.length || !isKmer(ids[token])) {
          open = 0;
          break;
        }
        bases.append(spell(ids[token]));
        open *= gate[token];
      }
      if (open > 0) {
        String nine = bases.substring(shift, shift + 9);
        addTriple(x, nine, open);
        addTriple(x, otherStrand(nine), open);
      }
    }
  }

  private void addTriple(double[] x, String nine, double gate) {
    String symbols = "*ACDEFGHIKLMNPQRSTVWY";
    int triple = 0;
    for (int from = 0; from < 9; from += 3) {
      triple = 21 * triple + symbols.indexOf(translate(nine.substring(from, from + 3)));
    }
    float[] acids = weights.values(TaxonClassifier.TRIPLES);
    for (int i = 0; i < x.length; i++) {
      x[i] += gate * acids[triple * x.length + i];
    }
  }

  private static char translate(String codon) {
    for (String acid : CODONS) {
      if (acid.indexOf(codon, 2) >= 0) {
        return acid.charAt(0);
      }
    }
    throw new IllegalArgumentException(codon);
  }

  private static String otherStrand(String bases) {
    StringBuilder other = new StringBuilder();
    for (char base : new StringBuilder(bases).reverse().toString().toCharArray()) {
      other.append("TAGC".charAt("ATCG".indexOf(base)));
    }
    return other.toString();
  }

  private static int otherStrand(int id) {
    if (!isKmer(id)) {
      int base = "ATCG".indexOf("TAGC".charAt(Math.floorMod(id - 4102, 4)));
      return id < 4102 || id > 4105 ? id : 4102 + base;
    }
    return number(otherStrand(spell(id)));
  }

  private static boolean isKmer(long id) {
    return id >= 6 && id < 4102;
  }

  private static String spell(long id) {
    StringBuilder bases = new StringBuilder();
    for (long rest = id - 6; bases.length() < 6; rest /= 4) {
      bases.insert(0, "ATCG".charAt((int) (rest % 4)));
    }
    return bases.toString();
  }

  private static int number(String kmer) {
    return 6
        + Integer.parseInt(
            kmer.replace('A', '0').replace('T', '1').replace('C', '2').replace('G', '3'), 4);
  }

  private double[][] layer(double[][] x, long[] ids, String name) {
    int e = config.hiddenSize();
    int size = config.headSize();
    int length = x.length;
    double[][] q = new double[length][];
    double[][] k = new double[length][];
    double[][] v = new double[length][];
    for (int t = 0; t < length; t++) {
      double[] h = norm(x[t], name + "attention.LayerNorm");
      q[t] = linear(h, name + "attention.self.query", e);
      k[t] = linear(h, name + "attention.self.key", e);
      v[t] = linear(h, name + "attention.self.value", e);
      for (int head = 0; head < config.heads(); head++) {
        rotate(q[t], head * size, size, t);
        rotate(k[t], head * size, size, t);
      }
    }
    double[][] y = new double[length][];
    for (int t = 0; t < length; t++) {
      double[] context = new double[e];
      for (int head = 0; head < config.heads(); head++) {
        double[] p = new double[length];
        double sum = 0;
        for (int s = 0; s < length; s++) {
          double dot = 0;
          for (int i = head * size; i < (head + 1) * size; i++) {
            dot += q[t][i] * k[s][i];
          }
          p[s] = ids[s] == Vocabulary.PAD ? 0 : Math.exp(dot / Math.sqrt(size));
          sum += p[s];
        }
        for (int s = 0; s < length; s++) {
          for (int i = head * size; i < (head + 1) * size; i++) {
            context[i] += p[s] / sum * v[s][i];
          }
        }
      }
      y[t] = add(x[t], linear(context, name + "attention.output.dense", e));
      double[] h = norm(y[t], name + "LayerNorm");
      int f = config.intermediateSize();
      double[] both = linear(h, name + "intermediate.dense", 2 * f);
      double[] gated = new double[f];
      for (int i = 0; i < f; i++) {
        gated[i] = both[i] / (1 + Math.exp(-both[i])) * both[f + i];
      }
      y[t] = add(y[t], linear(gated, name + "output.dense", e));
    }
    return y;
  }

  private static void rotate(double[] x, int from, int size, int position) {
    double[] old = Arrays.copyOfRange(x, from, from + size);
    for (int j = 0; j < size / 2; j++) {
      double angle = position * Math.pow(10_000, -2.0 * j / size);
      x[from + j] = old[j] * Math.cos(angle) - old[j + size / 2] * Math.sin(angle);
      x[from + j + size / 2] = old[j + size / 2] * Math.cos(angle) + old[j] * Math.sin(angle);
    }
  }

  private double[] norm(double[] x, String name) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] =
          (x[i] - mean)
                  / Math.sqrt(variance + config.layerNormEps())
                  * weights.values(name + ".weight")[i]
              + weights.values(name + ".bias")[i];
    }
    return y;
  }

  private double[] linear(double[] x, String name, int outputs) {
    float[] weight = weights.values(name + ".weight");
    float[] bias = weights.values(name + ".bias");
    double[] y = new double[outputs];
    for (int o = 0; o < outputs; o++) {
      y[o] = bias == null ? 0 : bias[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += weight[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[] add(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }
}
