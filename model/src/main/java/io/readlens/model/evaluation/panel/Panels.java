package io.readlens.model.evaluation.panel;

import io.readlens.model.evaluation.panel.Panel.Row;
import io.readlens.model.evaluation.panel.Panel.Scoring;
import io.readlens.model.read.Rank;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Makes the panels. The same sources, number and seed make the same reads; each panel draws for
 * itself, so that one does not change where another does.
 */
public final class Panels {
  private static final int BASES = 1_500;
  private static final List<Integer> ARTEFACT_BASES = List.of(150, 250, 1_500, 10_000);
  private static final List<Double> ERRORS = List.of(0.0, 0.02, 0.05);
  private static final int LONGEST_UNIT = 6;
  private static final int CONCATEMER_BASES = 500;
  private static final List<Double> GC = List.of(0.2, 0.35, 0.5, 0.65, 0.8);
  private static final List<Double> TAILS = List.of(0.2, 0.45, 0.7);
  private static final List<Double> UNKNOWN = List.of(0.01, 0.02, 0.05, 0.1, 0.2);
  private static final List<Integer> LENGTHS =
      List.of(100, 150, 250, 500, 1_000, 1_500, 5_000, 10_000, 100_000);

  /** Reads longer than this are fewer, so that a row of them has as many bases. */
  private static final int FULL_ROW_BASES = 10_000;

  /** Reads of the panel of novel genera, and of a mixture, for one of another row. */
  private static final int NOVEL_FACTOR = 5;

  private static final int MIXTURE_FACTOR = 20;
  private static final int TRIES = 20;
  private static final String BASE_LETTERS = "ACGT";

  private static final List<Measure> SILENCE =
      List.of(Measure.CALLED, Measure.TOO_LITTLE, Measure.UNLIKE, Measure.BACKGROUND);
  private static final List<Measure> CALLS =
      List.of(Measure.CALLED, Measure.RIGHT_OF_CALLED, Measure.MOST_PROBABLE, Measure.TOO_LITTLE);

  private final Sources sources;
  private final int reads;
  private final long seed;

  /**
   * @param reads of a row, where it does not follow from what the row holds; 1 or more
   */
  public Panels(Sources sources, int reads, long seed) {
    if (reads < 1) {
      throw new IllegalArgumentException("rows of " + reads + " reads");
    }
    this.sources = sources;
    this.reads = reads;
    this.seed = seed;
  }

  /** All panels; those that lack their sources are left out and say so. */
  public List<Panel> all() {
    return List.of(
        artefacts(),
        attached(),
        invariances(),
        background(),
        novel(),
        errors(),
        lengths(),
        mixtures());
  }

  /** Rows in the making. */
  private final class Rows {
    private final String panel;
    private final List<Row> rows = new ArrayList<>();
    private final Random random;

    Rows(String panel) {
      this.panel = panel;
      this.random = new Random(31 * seed + panel.hashCode());
    }

    /** The name of the next row's read of a number. */
    String id(int number) {
      return panel + "." + rows.size() + "." + number;
    }

    void add(String name, List<PanelRead> ofRow) {
      rows.add(new Row(name, ofRow));
    }

    void addNothing(String name, Stream<String> letters) {
      List<PanelRead> ofRow = new ArrayList<>();
      letters.forEach(each -> ofRow.add(PanelRead.of(id(ofRow.size()), each, name, Truth.NOTHING)));
      add(name, ofRow);
    }

    void addReal(String name, List<Drawn> drawn) {
      List<PanelRead> ofRow = new ArrayList<>();
      for (Drawn each : drawn) {
        ofRow.add(
            PanelRead.of(id(ofRow.size()), each.letters, each.origin.id(), each.origin.truth()));
      }
      add(name, ofRow);
    }

    Panel panel(String title, String note, Scoring scoring, List<Measure> measures) {
      return new Panel(panel, title, note, scoring, measures, rows, "");
    }
  }

  private static Panel leftOut(String name, String title, String why) {
    return new Panel(name, title, "", Scoring.MEASURES, List.of(), List.of(), why);
  }

  /** A stretch of an origin. */
  private record Drawn(Origin origin, String letters) {}

  /**
   * Reads of origins, of every group as many, as far as they have room.
   *
   * @param count the most
   */
  private static List<Drawn> draw(List<Origin> origins, int count, int bases, Random random) {
    Map<String, List<Origin>> groups = new LinkedHashMap<>();
    for (Origin origin : origins) {
      groups.computeIfAbsent(origin.group(), g -> new ArrayList<>()).add(origin);
    }
    List<List<Origin>> left = new ArrayList<>(groups.values());
    Collections.shuffle(left, random);
    List<Drawn> drawn = new ArrayList<>();
    while (!left.isEmpty() && drawn.size() < count) {
      List<List<Origin>> fruitful = new ArrayList<>();
      for (List<Origin> group : left) {
        Optional<Drawn> one = drawn.size() < count ? draw(group, bases, random) : Optional.empty();
        if (one.isPresent()) {
          drawn.add(one.get());
          fruitful.add(group);
        }
      }
      left = fruitful;
    }
    return drawn;
  }

  private static Optional<Drawn> draw(List<Origin> group, int bases, Random random) {
    for (int i = 0; i < TRIES; i++) {
      Origin origin = group.get(random.nextInt(group.size()));
      Optional<String> letters = origin.cut().of(bases, random);
      if (letters.isPresent()) {
        return letters.map(each -> new Drawn(origin, each));
      }
    }
    return Optional.empty();
  }

  private int readsOf(int bases) {
    return (int) Math.max(1, Math.min(reads, (long) reads * FULL_ROW_BASES / bases));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String bases(int count) {
    return String.format(Locale.ROOT, "%,d bases", count);
  }

  private Panel artefacts() {
    Rows rows = new Rows("artefacts");
    for (int bases : ARTEFACT_BASES) {
      for (double rate : ERRORS) {
        rows.addNothing(
            "repeats of 1 to 6 bases, " + bases(bases) + ", " + percent(rate) + " errors",
            Stream.iterate(1, unit -> unit <= LONGEST_UNIT, unit -> unit + 1)
                .flatMap(unit -> Repeats.units(unit).stream())
                .map(unit -> repeat(unit, bases, rate, rows.random)));
      }
    }
    for (double rate : ERRORS) {
      if (!sources.adapters().isEmpty()) {
        rows.addNothing(
            "adapters one after the other, " + percent(rate) + " errors",
            Stream.generate(
                    () ->
                        Fakes.concatenated(
                            sources.adapters(),
                            CONCATEMER_BASES,
                            sources.even().apply(rate),
                            rows.random))
                .limit(reads));
      }
    }
    for (double gc : GC) {
      rows.addNothing(
          "random bases, " + percent(gc) + " G and C",
          Stream.generate(() -> Fakes.random(BASES, gc, rows.random)).limit(reads));
    }
    if (!sources.known().isEmpty()) {
      List<String> real =
          draw(sources.known(), reads, BASES, rows.random).stream().map(Drawn::letters).toList();
      rows.addNothing(
          "bases of reads in random order", real.stream().map(r -> Fakes.shuffled(r, rows.random)));
      rows.addNothing(
          "codons of reads in random order", real.stream().map(r -> Fakes.codons(r, rows.random)));
      rows.addNothing("reads backwards, not complemented", real.stream().map(Fakes::reversed));
    }
    return rows.panel(
        "What is no organism",
        "Nothing of this should be called. Repeats are those of all units of one to six bases;"
            + " random, mixed and reversed reads have 1,500 bases, adapters in a row 500.",
        Scoring.MEASURES,
        SILENCE);
  }

  private String repeat(String unit, int bases, double rate, Random random) {
    // Twice the bases, since deletions take some away.
    String longer = Fakes.repeated(unit, 2 * bases + unit.length());
    return sources.even().apply(rate).in(longer, random).substring(0, bases);
  }

  private Panel attached() {
    String name = "attached";
    String title = "What is attached to a read";
    if (sources.known().isEmpty()) {
      return leftOut(name, title, "it needs --genomes");
    }
    Rows rows = new Rows(name);
    for (double rate : List.of(ERRORS.get(0), ERRORS.get(ERRORS.size() - 1))) {
      for (double share : TAILS) {
        for (boolean before : new boolean[] {true, false}) {
          rows.add(
              "a tail of "
                  + percent(share)
                  + (before ? " before, " : " after, ")
                  + percent(rate)
                  + " errors in it",
              tails(rows, share, before, sources.even().apply(rate)));
        }
      }
      if (!sources.adapters().isEmpty()) {
        rows.add(
            "an adapter before and one after, " + percent(rate) + " errors in them",
            adapters(rows, sources.even().apply(rate)));
      }
    }
    return rows.panel(
        title,
        "Reads of 1,500 bases, a share of which is one base over and over; and reads of 1,500"
            + " bases with adapters besides. Each should be called as its real part alone is, and"
            + " no span should reach more than a token, six bases, into what was added.",
        Scoring.MEASURES,
        List.of(Measure.SAME_CALLS, Measure.KEPT, Measure.WRONG, Measure.SPAN_OUTSIDE));
  }

  private List<PanelRead> tails(Rows rows, double share, boolean before, Errors errors) {
    int tail = (int) Math.round(share * BASES);
    List<PanelRead> made = new ArrayList<>();
    for (Drawn drawn : draw(sources.known(), reads, BASES - tail, rows.random)) {
      int number = made.size();
      String base = String.valueOf(BASE_LETTERS.charAt(number % BASE_LETTERS.length()));
      String bad = errors.in(base.repeat(2 * tail), rows.random).substring(0, tail);
      String real = drawn.letters;
      PanelRead part = PanelRead.of(rows.id(number) + ".real", real, "", Truth.NOTHING);
      made.add(
          PanelRead.made(
              rows.id(number),
              before ? bad + real : real + bad,
              drawn.origin.id(),
              drawn.origin.truth(),
              part.read(),
              before ? tail : 0,
              before ? BASES : BASES - tail));
    }
    return made;
  }

  private List<PanelRead> adapters(Rows rows, Errors errors) {
    List<PanelRead> made = new ArrayList<>();
    for (Drawn drawn : draw(sources.known(), reads, BASES, rows.random)) {
      int number = made.size();
      List<String> all = sources.adapters();
      String first = errors.in(all.get(rows.random.nextInt(all.size())), rows.random);
      String last = errors.in(all.get(rows.random.nextInt(all.size())), rows.random);
      PanelRead part = PanelRead.of(rows.id(number) + ".real", drawn.letters, "", Truth.NOTHING);
      made.add(
          PanelRead.made(
              rows.id(number),
              first + drawn.letters + last,
              drawn.origin.id(),
              drawn.origin.truth(),
              part.read(),
              first.length(),
              first.length() + drawn.letters.length()));
    }
    return made;
  }

  /** A read written in another way. */
  private interface Alteration {
    String of(String letters, Random random);
  }

  private Panel invariances() {
    String name = "invariances";
    String title = "The same read, written otherwise";
    if (sources.known().isEmpty()) {
      return leftOut(name, title, "it needs --genomes");
    }
    Rows rows = new Rows(name);
    List<Drawn> drawn = draw(sources.known(), reads, BASES, rows.random);
    rows.addReal("unaltered", drawn);
    List<PanelRead> originals = rows.rows.get(0).reads();
    Map<String, Alteration> alterations = new LinkedHashMap<>();
    alterations.put("U for T", (letters, random) -> letters.replace('T', 'U'));
    alterations.put("lower case", (letters, random) -> letters.toLowerCase(Locale.ROOT));
    for (double share : UNKNOWN) {
      alterations.put(
          "N at " + percent(share) + " of positions",
          (letters, random) -> Fakes.unknown(letters, share, random));
    }
    for (double share : UNKNOWN) {
      alterations.put(
          "ambiguous letters at " + percent(share),
          (letters, random) -> Fakes.ambiguous(letters, share, random));
    }
    alterations.forEach(
        (what, alteration) -> {
          List<PanelRead> altered = new ArrayList<>();
          for (PanelRead original : originals) {
            altered.add(
                PanelRead.made(
                    rows.id(altered.size()),
                    alteration.of(original.letters(), rows.random),
                    original.origin(),
                    original.truth(),
                    original.read(),
                    0,
                    original.read().length()));
          }
          rows.add(what, altered);
        });
    return rows.panel(
        title,
        "Reads of 1,500 bases of known genera. U and lower case should change nothing; unknown"
            + " letters should take calls away, not make others. At the end what the spans of a"
            + " call give alone, the rest N, or joined.",
        Scoring.SPANS,
        List.of(Measure.CALLED, Measure.WRONG, Measure.KEPT, Measure.CHANGED, Measure.SAME_RECORD));
  }

  private Panel background() {
    String name = "background";
    String title = "Background";
    if (sources.background().isEmpty()) {
      return leftOut(name, title, "it needs --background");
    }
    Rows rows = new Rows(name);
    sources
        .background()
        .forEach((kind, origins) -> rows.addReal(kind, draw(origins, reads, BASES, rows.random)));
    return rows.panel(
        title,
        "Stretches of at most 1,500 bases of what is no organism of interest. Wrong is any call of"
            + " what has no taxon, and one of a mitochondrion or chloroplast that is not of"
            + " Eukaryota; where nobody knows the taxon, no call is judged.",
        Scoring.BACKGROUND,
        List.of(
            Measure.CALLED, Measure.WRONG, Measure.BACKGROUND, Measure.UNLIKE, Measure.TOO_LITTLE));
  }

  private Panel novel() {
    String name = "novel_genera";
    String title = "Genera that the model does not know";
    if (sources.known().isEmpty() || sources.novel().isEmpty()) {
      return leftOut(name, title, "it needs --genomes and --novel");
    }
    Rows rows = new Rows(name);
    int count = NOVEL_FACTOR * reads;
    rows.addReal("known genera", draw(sources.known(), count, BASES, rows.random));
    rows.addReal("novel genera", draw(sources.novel(), count, BASES, rows.random));
    return rows.panel(
        title,
        "Reads of 1,500 bases, drawn evenly over genera. A novel genus should be called at the"
            + " phylum at most.",
        Scoring.NOVELTY,
        List.of(Measure.CALLED, Measure.WRONG, Measure.RIGHT_OF_CALLED));
  }

  private Panel errors() {
    String name = "errors";
    String title = "Errors by platform";
    if (sources.known().isEmpty() || sources.platforms().isEmpty()) {
      return leftOut(name, title, "it needs --genomes");
    }
    Rows rows = new Rows(name);
    Map<Integer, List<Drawn>> clean = new HashMap<>();
    sources
        .platforms()
        .forEach(
            (platform, of) -> {
              if (!clean.containsKey(of.bases())) {
                clean.put(
                    of.bases(),
                    draw(sources.known(), readsOf(of.bases()), of.bases(), rows.random));
                rows.addReal("no errors, " + bases(of.bases()), clean.get(of.bases()));
              }
              List<Drawn> wrong = new ArrayList<>();
              for (Drawn each : clean.get(of.bases())) {
                wrong.add(new Drawn(each.origin, of.errors().in(each.letters, rows.random)));
              }
              rows.addReal(platform + ", " + bases(of.bases()), wrong);
            });
    return rows.panel(
        title,
        "The same stretches of known genera without errors and with those of a platform.",
        Scoring.COMPARED,
        CALLS);
  }

  private Panel lengths() {
    String name = "lengths";
    String title = "Lengths";
    if (sources.known().isEmpty()) {
      return leftOut(name, title, "it needs --genomes");
    }
    Rows rows = new Rows(name);
    for (int length : LENGTHS) {
      int count = readsOf(length);
      rows.addReal(
          "test regions, " + bases(length), draw(sources.known(), count, length, rows.random));
    }
    for (int length : LENGTHS) {
      int count = readsOf(length);
      rows.addReal(
          "unseen species, " + bases(length), draw(sources.unseen(), count, length, rows.random));
    }
    return rows.panel(
        title,
        "Reads of known genera, drawn evenly over genera as far as these have room for the length:"
            + " the longer, the fewer genera.",
        Scoring.COMPARED,
        CALLS);
  }

  private Panel mixtures() {
    String name = "mixtures";
    String title = "Mock communities";
    if (sources.known().isEmpty() || sources.novel().isEmpty()) {
      return leftOut(name, title, "it needs --genomes and --novel");
    }
    Rows rows = new Rows(name);
    int count = MIXTURE_FACTOR * reads;
    addMixture(rows, new Community(10, 0.2, 0.09), count, BASES);
    addMixture(rows, new Community(20, 0.1, 0.3), count, BASES);
    addMixture(rows, new Community(20, 0.1, 0.1), count, FULL_ROW_BASES);
    return rows.panel(
        title,
        "Shares of genera are log-normal. A genus is reported where it has more than 0.1 % of the"
            + " calls to genus; missed is one of more than 0.5 % of the reads of known genera that"
            + " is not. L1 is the sum over genera of how far their shares of the calls are from"
            + " their shares of these reads, from 0 to 2. The bootstrapped intervals of these three"
            + " are somewhat high for L1, and low for counts of genera of few reads.",
        Scoring.MIXTURE,
        List.of(Measure.CALLED, Measure.RIGHT_OF_CALLED));
  }

  private void addMixture(Rows rows, Community community, int count, int length) {
    List<Drawn> drawn = new ArrayList<>();
    for (List<Origin> group : community.draw(sources, count, length, rows.random)) {
      draw(group, length, rows.random).ifPresent(drawn::add);
    }
    // What there was no room for is not in it, whatever was wanted.
    long ofHost = drawn.stream().filter(d -> d.origin.group().equals(sources.host())).count();
    long unknown = drawn.stream().filter(d -> !d.origin.truth().isLabel(Rank.GENUS)).count();
    long genera =
        drawn.stream()
            .filter(d -> d.origin.truth().isLabel(Rank.GENUS))
            .map(d -> d.origin.group())
            .filter(group -> !group.equals(sources.host()))
            .distinct()
            .count();
    double all = Math.max(1, drawn.size());
    rows.addReal(
        genera
            + " genera, "
            + percent(ofHost / all)
            + " host, "
            + percent(unknown / all)
            + " unknown, "
            + bases(length),
        drawn);
  }
}
