package io.readlens.model.evaluation.panel;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.evaluation.Hits.Interval;
import io.readlens.model.evaluation.Reliability;
import io.readlens.model.evaluation.panel.Panel.Row;
import io.readlens.model.evaluation.panel.Panel.Scoring;
import io.readlens.model.evaluation.panel.PanelReport.Line;
import io.readlens.model.evaluation.panel.PanelReport.Tradeoff;
import io.readlens.model.filter.InputFilter;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Span;
import io.readlens.model.read.TaxonProbabilities;
import io.readlens.model.read.TokenizedRead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Shows panels to a model and scores what it says.
 *
 * <p>Threading: one thread, which may ask the naive Bayes on others.
 */
public final class PanelRun {
  /** Asked at a time, so that progress shows and memory stays small. */
  private static final int CHUNK_READS = 512;

  private static final int CHUNK_BASES = 1_000_000;

  /** The share of novel reads that may be called where the known ones are counted. */
  private static final double NOVEL_CALLED = 0.1;

  /** Panels that the naive Bayes, which is never silent, can be held to. */
  private static final Set<Scoring> COMPARED =
      Set.of(Scoring.COMPARED, Scoring.NOVELTY, Scoring.MIXTURE);

  private final Function<List<TokenizedRead>, List<ExplainedRead>> explain;
  private final Function<List<TokenizedRead>, List<TaxonProbabilities>> probabilities;
  private final InputFilter filter;
  private final Optional<Function<Read, Truth>> bayes;
  private final IntConsumer percentDone;
  private long bases;
  private long basesDone;

  /**
   * @param explain the model's answers to reads, one each
   * @param probabilities the model's probabilities of reads, one each
   * @param filter what it is shown of them
   * @param bayes what the naive Bayes calls a read; on any thread
   * @param percentDone is told how much is done, from 0 to 100
   */
  public PanelRun(
      Function<List<TokenizedRead>, List<ExplainedRead>> explain,
      Function<List<TokenizedRead>, List<TaxonProbabilities>> probabilities,
      InputFilter filter,
      Optional<Function<Read, Truth>> bayes,
      IntConsumer percentDone) {
    this.explain = explain;
    this.probabilities = probabilities;
    this.filter = filter;
    this.bayes = bayes;
    this.percentDone = percentDone;
  }

  /** Scores panels, in their order. */
  public List<PanelReport> run(List<Panel> panels) {
    bases =
        panels.stream()
            .flatMap(panel -> panel.rows().stream())
            .flatMap(row -> row.reads().stream())
            .mapToLong(read -> read.read().length())
            .sum();
    basesDone = 0;
    List<PanelReport> reports = new ArrayList<>();
    for (Panel panel : panels) {
      reports.add(
          panel.leftOut().isEmpty()
              ? new Scored(panel).report()
              : new PanelReport(
                  panel.name(),
                  panel.title(),
                  "Left out: " + panel.leftOut(),
                  List.of(),
                  List.of()));
    }
    percentDone.accept(100);
    return reports;
  }

  /** A panel being scored. */
  private final class Scored {
    private final Panel panel;
    private final Map<Read, ExplainedRead> answers = new HashMap<>();
    private final Map<Read, TaxonProbabilities> asked = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private List<Tradeoff> tradeoffs = List.of();

    Scored(Panel panel) {
      this.panel = panel;
    }

    PanelReport report() {
      boolean needsProbabilities =
          panel.measures().contains(Measure.MOST_PROBABLE) || panel.scoring() == Scoring.NOVELTY;
      for (Row row : panel.rows()) {
        score(row, needsProbabilities);
      }
      if (panel.scoring() == Scoring.SPANS) {
        spansAlone().forEach(row -> score(row, false));
      } else if (panel.scoring() == Scoring.NOVELTY) {
        novelty();
      }
      return new PanelReport(panel.name(), panel.title(), panel.note(), lines, tradeoffs);
    }

    private void score(Row row, boolean needsProbabilities) {
      ask(reads(row), needsProbabilities);
      Tally tally = new Tally(row.reads(), answers, asked);
      for (Measure measure : panel.measures()) {
        add(row, Line.MODEL, measure.toString(), tally.of(measure));
      }
      if (panel.scoring() == Scoring.MIXTURE) {
        mixture(row, Line.MODEL, read -> calls(answers.get(read.read())));
        add(row, Line.MODEL, "calibration error of the calls", calibration(row));
      }
      if (panel.scoring() == Scoring.BACKGROUND) {
        tally
            .named()
            .forEach((kind, share) -> add(row, Line.MODEL, "named " + kind, List.of(share)));
      }
      if (bayes.isPresent()) {
        compare(row, bayes.get());
      }
    }

    /** Nothing is said of what could not be counted, but of rows without reads. */
    private void add(Row row, String by, String measure, List<Interval> values) {
      boolean isFirst = lines.isEmpty() || !lines.get(lines.size() - 1).row().equals(row.name());
      boolean isCounted = values.stream().anyMatch(interval -> !Double.isNaN(interval.value()));
      if (isCounted || (row.reads().isEmpty() && isFirst)) {
        lines.add(new Line(row.name(), by, measure, row.reads().size(), values));
      }
    }

    /** The reads of a row and their originals, each once. */
    private List<Read> reads(Row row) {
      Set<Read> all = new LinkedHashSet<>();
      for (PanelRead read : row.reads()) {
        all.add(read.read());
        read.original().ifPresent(original -> all.add(original.read()));
      }
      return List.copyOf(all);
    }

    private void ask(List<Read> reads, boolean needsProbabilities) {
      List<Read> left = reads.stream().filter(read -> !answers.containsKey(read)).toList();
      int from = 0;
      while (from < left.size()) {
        int to = from;
        long chunk = 0;
        while (to < left.size() && to - from < CHUNK_READS && chunk < CHUNK_BASES) {
          chunk += left.get(to).length();
          to++;
        }
        askAtOnce(left.subList(from, to), needsProbabilities);
        from = to;
        basesDone += chunk;
        percentDone.accept((int) Math.min(99, 100 * basesDone / Math.max(1, bases)));
      }
    }

    private void askAtOnce(List<Read> reads, boolean needsProbabilities) {
      Map<Read, TokenizedRead> shown = new LinkedHashMap<>();
      for (Read read : reads) {
        TokenizedRead tokens = filter.tokenize(read);
        if (tokens.isInformative()) {
          shown.put(read, tokens);
        } else {
          answers.put(read, ExplainedRead.ofTooLittle("", tokens));
        }
      }
      List<Read> informative = List.copyOf(shown.keySet());
      put(informative, explain.apply(List.copyOf(shown.values())), answers);
      if (needsProbabilities) {
        put(informative, probabilities.apply(List.copyOf(shown.values())), asked);
      }
    }

    private static <A> void put(List<Read> reads, List<A> some, Map<Read, A> all) {
      for (int i = 0; i < reads.size(); i++) {
        all.put(reads.get(i), some.get(i));
      }
    }

    /** What the naive Bayes, which calls every read at every rank, makes of a row. */
    private void compare(Row row, Function<Read, Truth> caller) {
      if (!COMPARED.contains(panel.scoring())) {
        return;
      }
      Map<Read, Truth> called = new HashMap<>();
      List<Truth> each = row.reads().parallelStream().map(r -> caller.apply(r.read())).toList();
      put(row.reads().stream().map(PanelRead::read).toList(), each, called);
      List<Interval> right = new ArrayList<>();
      List<Interval> wrong = new ArrayList<>();
      for (Rank rank : Rank.values()) {
        List<PanelRead> labelled =
            row.reads().stream().filter(read -> read.truth().isLabel(rank)).toList();
        List<PanelRead> judged =
            row.reads().stream().filter(read -> read.truth().judges(rank)).toList();
        long hits = labelled.stream().filter(read -> isRight(read, called, rank)).count();
        right.add(Intervals.ofShare(hits, labelled.size()));
        wrong.add(Intervals.ofShare(judged.size() - hits, judged.size()));
      }
      if (panel.scoring() == Scoring.COMPARED) {
        add(row, Line.NAIVE_BAYES, Measure.MOST_PROBABLE.toString(), right);
      } else {
        add(row, Line.NAIVE_BAYES, Measure.WRONG.toString(), wrong);
      }
      if (panel.scoring() == Scoring.MIXTURE) {
        mixture(row, Line.NAIVE_BAYES, read -> Map.of(Rank.GENUS, called.get(read.read()).genus()));
      }
    }

    private static boolean isRight(PanelRead read, Map<Read, Truth> called, Rank rank) {
      return called.get(read.read()).name(rank).equals(read.truth().name(rank));
    }

    private Map<Rank, String> calls(ExplainedRead answer) {
      Map<Rank, String> names = new HashMap<>();
      answer.calls().forEach(call -> names.put(call.rank(), call.taxon().name()));
      return names;
    }

    private void mixture(Row row, String by, Function<PanelRead, Map<Rank, String>> calls) {
      Composition composition =
          new Composition(
              row.reads().stream().map(read -> read.truth().genus()).toList(),
              row.reads().stream()
                  .map(read -> calls.apply(read).getOrDefault(Rank.GENUS, Truth.NONE))
                  .toList());
      add(row, by, "L1 of the shares of genera", List.of(composition.distance()));
      add(row, by, "false genera reported", List.of(composition.falseGenera()));
      add(row, by, "genera missed", List.of(composition.missedGenera()));
    }

    private List<Interval> calibration(Row row) {
      return Arrays.stream(Rank.values()).map(rank -> calibration(row, rank)).toList();
    }

    private Interval calibration(Row row, Rank rank) {
      record Made(double probability, boolean right) {}
      List<Made> made = new ArrayList<>();
      for (PanelRead read : row.reads()) {
        for (Call call : answers.get(read.read()).calls()) {
          if (call.rank() == rank && read.truth().judges(rank)) {
            boolean right = call.taxon().name().equals(read.truth().name(rank));
            made.add(new Made(call.probability(), right));
          }
        }
      }
      ToDoubleFunction<int[]> error =
          places -> {
            Reliability reliability = new Reliability();
            for (int place : places) {
              reliability.add(made.get(place).probability, made.get(place).right);
            }
            return made.isEmpty() ? Double.NaN : reliability.error();
          };
      return Intervals.byBootstrap(made.size(), error);
    }

    /** The first row's reads without what is in no span of a call. */
    private List<Row> spansAlone() {
      List<PanelRead> hidden = new ArrayList<>();
      List<PanelRead> joined = new ArrayList<>();
      for (PanelRead whole : panel.rows().get(0).reads()) {
        for (Call call : answers.get(whole.read()).calls()) {
          if (!call.spans().isEmpty()) {
            String id = whole.read().id() + "." + call.rank().label();
            hidden.add(spans(id, whole, call.rank(), masked(whole.read(), call.spans())));
            joined.add(spans(id, whole, call.rank(), joined(whole.read(), call.spans())));
          }
        }
      }
      return List.of(
          new Row("the spans of a call, the rest N", hidden),
          new Row("the spans of a call, joined", joined));
    }

    private static PanelRead spans(String id, PanelRead whole, Rank rank, String letters) {
      return new PanelRead(
          letters,
          Read.of(id, letters),
          whole.origin(),
          whole.truth(),
          Optional.of(
              new PanelRead.Original(whole.read(), 0, letters.length(), Optional.of(rank))));
    }

    private static String masked(Read read, List<Span> spans) {
      StringBuilder letters = new StringBuilder("N".repeat(read.length()));
      String all = read.sequence();
      for (Span span : spans) {
        letters.replace(span.start(), span.end(), all.substring(span.start(), span.end()));
      }
      return letters.toString();
    }

    private static String joined(Read read, List<Span> spans) {
      String all = read.sequence();
      return String.join(
          "", spans.stream().map(span -> all.substring(span.start(), span.end())).toList());
    }

    private void novelty() {
      List<PanelRead> known = panel.rows().get(0).reads();
      List<PanelRead> novel = panel.rows().get(1).reads();
      boolean[] right = new boolean[known.size()];
      for (int i = 0; i < right.length; i++) {
        TaxonProbabilities all = asked.get(known.get(i).read());
        right[i] = all != null && all.best(Rank.GENUS).name().equals(known.get(i).truth().genus());
      }
      Novelty novelty = new Novelty(genus(known), right, genus(novel));
      tradeoffs = novelty.tradeoffs();
      Row both =
          new Row(
              "known against novel genera", Stream.of(known, novel).flatMap(List::stream).toList());
      add(
          both,
          Line.MODEL,
          "known called to genus where a tenth of the novel are",
          List.of(novelty.knownCalled(NOVEL_CALLED)));
      add(
          both,
          Line.MODEL,
          "area under the curve of the genus probability",
          List.of(novelty.area()));
    }

    /** The probability of each read's best genus; 0 where too little is shown. */
    private double[] genus(List<PanelRead> reads) {
      return reads.stream()
          .map(read -> Optional.ofNullable(asked.get(read.read())))
          .mapToDouble(all -> all.map(p -> p.of(p.best(Rank.GENUS))).orElse(0.0))
          .toArray();
    }
  }
}
