package io.readlens.model.network;

import io.readlens.model.read.Taxonomy;
import java.util.Arrays;

/**
 * The Explainer written out in loops and doubles: LSTM cells step by step, hidden states one by
 * one, each token's evidence for each class.
 */
final class SlowExplainer {
  private final ModelConfig config;
  private final Toy weights;

  SlowExplainer(ModelConfig config, Toy weights) {
    this.config = config;
    this.weights = weights;
  }

  /**
   * Masks [T][taxa] of one read without padding.
   *
   * @param hidden [T][E] the classifier's hidden states
   */
  double[][] masks(long[] ids, double[][] hidden, int taxa) {
    double[][] states =
        config.explainerKind() == ModelConfig.Kind.SHARED ? shared(hidden) : lstm(ids);
    int length = ids.length;
    int h = config.explainerHidden();
    double[][] masks = new double[length][taxa];
    for (int t = 0; t < length; t++) {
      double[] state = states[t];
      for (int taxon = 0; taxon < taxa; taxon++) {
        double z = value("output.bias", taxon);
        for (int i = 0; i < 4 * h; i++) {
          double normal =
              (state[i] - value("norm.running_mean", i))
                  / Math.sqrt(value("norm.running_var", i) + 1e-5);
          z +=
              (normal * value("norm.weight", i) + value("norm.bias", i))
                  * value("output.weight", taxon * 4 * h + i);
        }
        masks[t][taxon] = sigmoid(z);
      }
    }
    return masks;
  }

  /**
   * Masks [T][taxa] of one read by an Explainer of EVIDENCE.
   *
   * @param hidden [T][E], that of {@code <cls>} first
   * @param shown [T] whether there is anything at a place
   * @param logits [K] of the read
   * @param heads [K][E]
   */
  double[][] masks(
      double[][] hidden, boolean[] shown, double[] logits, double[][] heads, Taxonomy taxonomy) {
    double[][] masks = new double[hidden.length][taxonomy.size()];
    for (int taxon = 0; taxon < taxonomy.size(); taxon++) {
      double[] inside = new double[logits.length];
      double[] outside = new double[logits.length];
      double probability = 0;
      double all = 0;
      for (int k = 0; k < logits.length; k++) {
        double p = taxonomy.leafPrior()[k] * Math.exp(logits[k]);
        double half = taxonomy.leafPrior()[k] * Math.exp(logits[k] / 2);
        boolean of = isOf(k, taxon, taxonomy);
        (of ? inside : outside)[k] = half;
        probability += of ? p : 0;
        all += p;
      }
      double ofInside = Arrays.stream(inside).sum();
      double ofOutside = Arrays.stream(outside).sum();
      double[] evidence = new double[hidden.length];
      for (int t = 1; t < hidden.length; t++) {
        for (int k = 0; k < logits.length; k++) {
          double each = 0;
          for (int i = 0; i < hidden[t].length; i++) {
            each += hidden[t][i] * heads[k][i];
          }
          evidence[t] += each * (inside[k] / ofInside - outside[k] / ofOutside);
        }
      }
      double[] beyond = beyond(evidence, shown);
      double present = Math.max(0, 5 + Math.log(probability / all));
      for (int t = 0; t < hidden.length; t++) {
        masks[t][taxon] =
            sigmoid(
                value("output.scale.weight", taxon) * beyond[t]
                    + value("output.presence.weight", taxon) * present
                    + value("output.presence.bias", taxon));
      }
    }
    return masks;
  }

  private static boolean isOf(int leaf, int taxon, Taxonomy taxonomy) {
    return leaf < taxonomy.size()
        && taxonomy.lineage(taxonomy.ofClass(leaf)).contains(taxonomy.ofClass(taxon));
  }

  private double[] beyond(double[] evidence, boolean... shown) {
    double tokens = 0;
    double mean = 0;
    for (int t = 1; t < evidence.length; t++) {
      tokens += shown[t] ? 1 : 0;
      mean += shown[t] ? evidence[t] : 0;
    }
    mean /= tokens;
    double[] beyond = new double[evidence.length];
    double variance = 1e-6;
    for (int t = 1; t < evidence.length; t++) {
      double sum = 0;
      double count = 0;
      for (int s = 1; s < evidence.length; s++) {
        double share = 1 - Math.abs(s - t) / (double) config.explainerReach();
        sum += share > 0 && shown[s] ? share * evidence[s] : 0;
        count += share > 0 && shown[s] ? share : 0;
      }
      beyond[t] = shown[t] ? sum / count - mean : 0;
      variance += beyond[t] * beyond[t] / tokens;
    }
    double deviation = Math.sqrt(variance);
    return Arrays.stream(beyond).map(each -> each / deviation).toArray();
  }

  private double[][] lstm(long... ids) {
    int length = ids.length;
    int width = config.explainerEmbedding();
    double[][] x = new double[length][width];
    for (int t = 0; t < length; t++) {
      for (int i = 0; i < width; i++) {
        x[t][i] = value("embedding.weight", (int) ids[t] * width + i);
      }
    }
    double[][][] forward = direction(x, "_l0", false);
    double[][][] backward = direction(x, "_l0_reverse", true);
    double[][] y = new double[length][];
    for (int t = 0; t < length; t++) {
      y[t] = concat(forward[0][t], backward[0][t]);
    }
    forward = direction(y, "_l1", false);
    backward = direction(y, "_l1_reverse", true);
    double[][] states = new double[length][];
    for (int t = 0; t < length; t++) {
      states[t] =
          positive(
              concat(concat(forward[0][t], backward[0][t]), concat(forward[1][t], backward[1][t])));
    }
    return states;
  }

  private double[][] shared(double[][] hidden) {
    double[] mean = new double[hidden[0].length];
    for (double[] h : hidden) {
      for (int i = 0; i < h.length; i++) {
        mean[i] += h[i] / hidden.length;
      }
    }
    double[][] states = new double[hidden.length][];
    for (int t = 0; t < hidden.length; t++) {
      double[] near = new double[mean.length];
      double count = 0;
      for (int s = 0; s < hidden.length; s++) {
        double share = 1 - Math.abs(s - t) / (double) config.explainerReach();
        for (int i = 0; i < near.length && share > 0; i++) {
          near[i] += share * hidden[s][i];
        }
        count += Math.max(0, share);
      }
      for (int i = 0; i < near.length; i++) {
        near[i] /= count;
      }
      double[] beyond = new double[mean.length];
      for (int i = 0; i < mean.length; i++) {
        beyond[i] = near[i] - mean[i];
      }
      states[t] =
          concat(positive(linear(beyond, "near")), positive(logShares(linear(mean, "whole"))));
    }
    return states;
  }

  private static double[] positive(double... x) {
    return Arrays.stream(x).map(each -> Math.max(0, each)).toArray();
  }

  /** How far the logarithms of the shares lie above -5. */
  private static double[] logShares(double... x) {
    double sum = Arrays.stream(x).map(Math::exp).sum();
    return Arrays.stream(x).map(each -> 5 + each - Math.log(sum)).toArray();
  }

  private double[] linear(double[] x, String name) {
    double[] y = new double[2 * config.explainerHidden()];
    for (int o = 0; o < y.length; o++) {
      y[o] = value(name + ".bias", o);
      for (int i = 0; i < x.length; i++) {
        y[o] += value(name + ".weight", o * x.length + i) * x[i];
      }
    }
    return y;
  }

  /** Hidden states and cell states [2][T][H] of one direction. */
  private double[][][] direction(double[][] x, String suffix, boolean reverse) {
    int h = config.explainerHidden();
    int length = x.length;
    double[][][] states = new double[2][length][h];
    double[] hidden = new double[h];
    double[] cell = new double[h];
    for (int step = 0; step < length; step++) {
      int t = reverse ? length - 1 - step : step;
      double[] gates = new double[4 * h];
      for (int g = 0; g < gates.length; g++) {
        gates[g] = value("lstm.bias_ih" + suffix, g) + value("lstm.bias_hh" + suffix, g);
        for (int i = 0; i < x[t].length; i++) {
          gates[g] += value("lstm.weight_ih" + suffix, g * x[t].length + i) * x[t][i];
        }
        for (int i = 0; i < h; i++) {
          gates[g] += value("lstm.weight_hh" + suffix, g * h + i) * hidden[i];
        }
      }
      double[] next = new double[h];
      for (int i = 0; i < h; i++) {
        cell[i] = sigmoid(gates[h + i]) * cell[i] + sigmoid(gates[i]) * Math.tanh(gates[2 * h + i]);
        next[i] = sigmoid(gates[3 * h + i]) * Math.tanh(cell[i]);
      }
      hidden = next;
      states[0][t] = hidden.clone();
      states[1][t] = cell.clone();
    }
    return states;
  }

  private double value(String name, int index) {
    return weights.values("explainer." + name)[index];
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  private static double[] concat(double[] a, double[] b) {
    double[] both = new double[a.length + b.length];
    System.arraycopy(a, 0, both, 0, a.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
