package io.readlens.stream.bench;

import java.util.Locale;

/**
 * What a figure should be.
 *
 * @param sign {@code >=} or {@code <=}, or {@code <}
 * @param bound what it is compared with
 * @param pattern how the bound is printed, by {@link String#format}
 */
record Target(String sign, double bound, String pattern) {
  Target {
    if (!sign.equals(">=") && !sign.equals("<=") && !sign.equals("<")) {
      throw new IllegalArgumentException("no comparison: " + sign);
    }
  }

  static Target atLeast(double bound, String pattern) {
    return new Target(">=", bound, pattern);
  }

  static Target atMost(double bound, String pattern) {
    return new Target("<=", bound, pattern);
  }

  static Target below(double bound, String pattern) {
    return new Target("<", bound, pattern);
  }

  boolean isMet(double value) {
    return switch (sign) {
      case ">=" -> value >= bound;
      case "<=" -> value <= bound;
      default -> value < bound;
    };
  }

  @Override
  public String toString() {
    return sign + " " + String.format(Locale.ROOT, pattern, bound);
  }
}
