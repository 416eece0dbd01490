package io.readlens.trainer;

import io.readlens.model.checkpoint.Sha256;
import io.readlens.model.evaluation.LabelledRead;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.io.ReadFile;
import io.readlens.model.io.SequenceRecord;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Sequence that is no organism of interest, by kind: {@code background.tsv} (id, kind) and {@code
 * background/KIND.fa.gz} beside the genomes. A label is of one kind or of several. Immutable.
 *
 * <p>Every tenth sequence, by the digest of its id, is held out for validation.
 */
final class Background {
  private static final int TENTHS = 10;

  /** A longer sequence is drawn no more often than one of so many bases. */
  private static final int ENOUGH_BASES = 5_000;

  private static final int TRIES = 100;

  /** A sequence and its label. */
  private record Source(String id, int label, String bases) {}

  private final List<String> labels;
  private final List<List<Source>> train;
  private final List<List<Source>> heldOut;
  private final String digest;

  /** No background. */
  Background() {
    this(List.of(), List.of(), List.of(), "");
  }

  private Background(
      List<String> labels, List<List<Source>> train, List<List<Source>> heldOut, String digest) {
    this.labels = labels;
    this.train = train;
    this.heldOut = heldOut;
    this.digest = digest;
  }

  /**
   * @param directory of the genome pack
   * @param kinds the kinds that each label is of, in the labels' order
   * @throws IOException naming the file that cannot be read, or a kind of which it holds nothing
   */
  Background(Path directory, Map<String, List<String>> kinds) throws IOException {
    train = new ArrayList<>();
    heldOut = new ArrayList<>();
    Map<String, Integer> labelOf = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(kinds.keySet());
    for (int label = 0; label < names.size(); label++) {
      for (String kind : kinds.get(names.get(label))) {
        labelOf.put(kind, label);
      }
      train.add(new ArrayList<>());
      heldOut.add(new ArrayList<>());
    }
    Map<String, String> kindOf = new HashMap<>();
    for (Map<String, String> row : Table.read(directory.resolve("background.tsv"))) {
      kindOf.put(row.get("id"), row.get("kind"));
    }
    StringBuilder digests = new StringBuilder(kinds.toString());
    for (String kind : labelOf.keySet()) {
      Path file = directory.resolve("background").resolve(kind + ".fa.gz");
      digests.append(Sha256.of(file));
      int label = labelOf.get(kind);
      int found = 0;
      try (ReadFile in = ReadFile.openContigs(file)) {
        while (in.hasNext()) {
          SequenceRecord record = in.next();
          if (kind.equals(kindOf.get(record.id()))) {
            String bases = LabelledReads.read(record).sequence();
            add(new Source(record.id(), label, bases));
            found++;
          }
        }
      }
      if (found == 0) {
        throw new IOException(file + " holds no sequence that background.tsv calls a " + kind);
      }
    }
    names.add(Taxonomy.NOTHING);
    labels = List.copyOf(names);
    digest = Sha256.of(digests.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void add(Source source) {
    (isHeldOut(source.id) ? heldOut : train).get(source.label).add(source);
  }

  /** Whether a sequence of a name is never learned. */
  static boolean isHeldOut(String id) {
    String hash = Sha256.of(id.getBytes(StandardCharsets.UTF_8));
    return Integer.parseInt(hash.substring(0, 4), 16) % TENTHS == 0;
  }

  /** The labels, the last that of nothing; empty where there is no background. */
  List<String> labels() {
    return labels;
  }

  /** The sequences to learn of each label but nothing, in the labels' order. */
  List<List<String>> sequences() {
    return train.stream().map(of -> of.stream().map(Source::bases).toList()).toList();
  }

  /** The sequences that are held out, to draw reads of those. */
  Background heldOut() {
    return new Background(labels, heldOut, List.of(), digest);
  }

  /** SHA-256 digest of all that its reads follow from; empty where there is no background. */
  String digest() {
    return digest;
  }

  /**
   * A random read of a stretch of a sequence of a random label but nothing; the whole sequence
   * where it is shorter.
   *
   * @param bases the most
   */
  LabelledRead sample(int bases, SequencingErrors errors, InputFilter filter, Random random) {
    for (int i = 0; i < TRIES; i++) {
      List<Source> sources = train.get(random.nextInt(train.size()));
      LabelledRead labelled = cut(pick(sources, random), bases, errors, filter, random);
      if (labelled.tokens().isInformative()) {
        return labelled;
      }
    }
    throw new IllegalStateException("no background sequence shows anything to the model");
  }

  /**
   * As many reads of each label but nothing of which there are sequences; fewer where they show
   * nothing to the model.
   *
   * @param bases see {@link #sample}
   */
  List<LabelledRead> sampleEvenly(
      int bases, int perLabel, SequencingErrors errors, InputFilter filter, Random random) {
    List<LabelledRead> reads = new ArrayList<>();
    for (List<Source> sources : train) {
      for (int i = 0; i < perLabel && !sources.isEmpty(); i++) {
        LabelledRead labelled = cut(pick(sources, random), bases, errors, filter, random);
        if (labelled.tokens().isInformative()) {
          reads.add(labelled);
        }
      }
    }
    return reads;
  }

  private static LabelledRead cut(
      Source source, int bases, SequencingErrors errors, InputFilter filter, Random random) {
    int length = Math.min(bases, source.bases.length());
    int from = random.nextInt(source.bases.length() - length + 1);
    String cut = source.bases.substring(from, from + length);
    String strand = random.nextBoolean() ? cut : ReadSampler.reverseComplement(cut);
    Read read = Read.of("background", errors.in(strand, random));
    return LabelledRead.ofBackground(read, filter.tokenize(read), source.id, source.label);
  }

  private static Source pick(List<Source> sources, Random random) {
    while (true) {
      Source source = sources.get(random.nextInt(sources.size()));
      double weight = Math.min(1, (double) source.bases.length() / ENOUGH_BASES);
      if (random.nextDouble() < weight) {
        return source;
      }
    }
  }

  /**
   * What looks like a read and is none: random bases of some share of G and C; the bases, or the
   * codons, of a read in random order; a read backwards, not complemented.
   *
   * @param like a read of a genome
   */
  LabelledRead nothing(LabelledRead like, InputFilter filter, Random random) {
    char[] bases = like.bases().sequence().toCharArray();
    switch (random.nextInt(4)) {
      case 0 -> {
        double gc = 0.2 + 0.6 * random.nextDouble();
        for (int i = 0; i < bases.length; i++) {
          boolean strong = random.nextDouble() < gc;
          bases[i] = (strong ? "GC" : "AT").charAt(random.nextInt(2));
        }
      }
      case 1 -> shuffle(bases, 1, random);
      case 2 -> shuffle(bases, 3, random);
      default -> {
        for (int i = 0, j = bases.length - 1; i < j; i++, j--) {
          char other = bases[i];
          bases[i] = bases[j];
          bases[j] = other;
        }
      }
    }
    Read read = Read.of("nothing", new String(bases));
    return LabelledRead.ofBackground(read, filter.tokenize(read), like.genome(), labels.size() - 1);
  }

  /** Puts runs of {@code size} bases in random order (Fisher and Yates). */
  private static void shuffle(char[] bases, int size, Random random) {
    for (int i = bases.length / size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      for (int k = 0; k < size; k++) {
        char other = bases[i * size + k];
        bases[i * size + k] = bases[j * size + k];
        bases[j * size + k] = other;
      }
    }
  }
}
