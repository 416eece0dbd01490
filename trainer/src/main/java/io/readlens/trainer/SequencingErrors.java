package io.readlens.trainer;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a sequencer gets wrong.
 *
 * @param rate the share of bases with an error, from 0 to below 1; the mean over a read
 * @param platform what errors are like, and where they are
 */
record SequencingErrors(double rate, Platform platform) {
  static final SequencingErrors NONE = new SequencingErrors(0);

  private static final String BASES = "ACGT";

  /** As many equal bases are a run, whose length a sequencer may lose count of. */
  private static final int RUN = 4;

  /**
   * What errors are like: which kind prevails, in rough shares that are fitted to no run of a
   * sequencer.
   */
  enum Platform {
    /** Substitutions, insertions and deletions, one as likely as the other, anywhere. */
    EVEN(1),
    /** Substitutions, from a fifth of the mean at a read's first base to 1.8 times at its last. */
    ILLUMINA(1),
    /** 45 % deletions, 35 % substitutions, 20 % insertions; more in runs of one base. */
    NANOPORE(3),
    /** 45 % deletions, 45 % bases read twice, 10 % substitutions; most in runs of one base. */
    HIFI(30),
    /**
     * Each read as another platform has it, at a rate of its own, from none to twice the mean and a
     * tenth of that of HIFI; in a tenth of the reads up to a fifth of the letters are unknown.
     */
    MIXED(1);

    private final double inRuns;

    /**
     * @param inRuns errors of a base in a run for one of another base
     */
    Platform(double inRuns) {
      this.inRuns = inRuns;
    }
  }

  /** Of MIXED, what HIFI has of the others' errors. */
  private static final double OF_HIFI = 0.1;

  /** Of MIXED, the share of reads with unknown letters, and their greatest share of a read. */
  private static final double READS_WITH_UNKNOWN = 0.1;

  private static final double MOST_UNKNOWN = 0.2;
  private static final char UNKNOWN = 'N';

  private enum Fault {
    SUBSTITUTION,
    INSERTION,
    REPETITION,
    DELETION
  }

  SequencingErrors {
    double most = platform == Platform.MIXED ? 2 * rate : rate;
    if (!(most >= 0 && most < 1)) {
      throw new IllegalArgumentException("an error rate of " + rate);
    }
  }

  /** Those of {@link Platform#EVEN}. */
  SequencingErrors(double rate) {
    this(rate, Platform.EVEN);
  }

  /** What tells them from others in a digest; empty where there are none. */
  String fingerprint() {
    String kind = platform == Platform.EVEN ? "" : " " + platform;
    return rate == 0 ? "" : rate + kind;
  }

  /** What is read of a stretch of bases; its length changes with insertions and deletions. */
  String in(String bases, Random random) {
    if (rate == 0) {
      return bases;
    }
    if (platform == Platform.MIXED) {
      return mixed(bases, random);
    }
    double[] rates = rates(bases);
    StringBuilder read = new StringBuilder(bases.length() + 16);
    for (int i = 0; i < bases.length(); i++) {
      char base = bases.charAt(i);
      if (random.nextDouble() >= rates[i]) {
        read.append(base);
        continue;
      }
      switch (fault(random)) {
        case SUBSTITUTION -> read.append(other(base, random));
        case INSERTION -> read.append(base).append(BASES.charAt(random.nextInt(BASES.length())));
        case REPETITION -> read.append(base).append(base);
        case DELETION -> {
          // The base is not read.
        }
      }
    }
    return read.toString();
  }

  private String mixed(String bases, Random random) {
    Platform[] platforms = Platform.values();
    Platform drawn = platforms[random.nextInt(platforms.length - 1)];
    double its = 2 * rate * random.nextDouble() * (drawn == Platform.HIFI ? OF_HIFI : 1);
    String read = new SequencingErrors(its, drawn).in(bases, random);
    if (random.nextDouble() >= READS_WITH_UNKNOWN) {
      return read;
    }
    double unknown = MOST_UNKNOWN * random.nextDouble();
    StringBuilder letters = new StringBuilder(read);
    for (int i = 0; i < letters.length(); i++) {
      if (random.nextDouble() < unknown) {
        letters.setCharAt(i, UNKNOWN);
      }
    }
    return letters.toString();
  }

  private Fault fault(Random random) {
    switch (platform) {
      case ILLUMINA -> {
        return Fault.SUBSTITUTION;
      }
      case NANOPORE -> {
        double which = random.nextDouble();
        return which < 0.45 ? Fault.DELETION : which < 0.8 ? Fault.SUBSTITUTION : Fault.INSERTION;
      }
      case HIFI -> {
        double which = random.nextDouble();
        return which < 0.45 ? Fault.DELETION : which < 0.9 ? Fault.REPETITION : Fault.SUBSTITUTION;
      }
      default -> {
        return List.of(Fault.SUBSTITUTION, Fault.INSERTION, Fault.DELETION).get(random.nextInt(3));
      }
    }
  }

  /** The rate at each base. */
  private double[] rates(String bases) {
    double[] rates = new double[bases.length()];
    int run = 0;
    while (run < rates.length) {
      int end = run + 1;
      while (end < rates.length && bases.charAt(end) == bases.charAt(run)) {
        end++;
      }
      Arrays.fill(rates, run, end, end - run < RUN ? 1 : platform.inRuns);
      run = end;
    }
    for (int i = 0; platform == Platform.ILLUMINA && i < rates.length; i++) {
      rates[i] = 0.2 + 1.6 * (i + 0.5) / rates.length;
    }
    double all = Arrays.stream(rates).sum();
    for (int i = 0; i < rates.length; i++) {
      rates[i] = Math.min(1, rate * rates[i] / all * rates.length);
    }
    return rates;
  }

  private static char other(char base, Random random) {
    int at = Math.max(0, BASES.indexOf(base));
    return BASES.charAt((at + 1 + random.nextInt(BASES.length() - 1)) % BASES.length());
  }
}
