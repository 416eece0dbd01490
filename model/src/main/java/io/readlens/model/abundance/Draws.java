package io.readlens.model.abundance;

import java.util.SplittableRandom;

/** Random numbers of the distributions that a bootstrap draws from. */
final class Draws {
  /** A Poisson variable of a larger mean is drawn as a normal one of the same mean and variance. */
  private static final double LARGE = 200;

  private Draws() {}

  /** A Poisson variable (Knuth's product of uniforms; normal where the mean is large). */
  static long poisson(double mean, SplittableRandom random) {
    if (mean > LARGE) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    long count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  /**
   * A gamma variable of scale 1 (Marsaglia and Tsang, "A Simple Method for Generating Gamma
   * Variables", 2000; below a shape of 1 by their boost U^(1/shape)).
   *
   * @param shape 0 gives 0
   */
  static double gamma(double shape, SplittableRandom random) {
    if (shape <= 0) {
      return 0;
    }
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
        return d * v;
      }
    }
  }
}
