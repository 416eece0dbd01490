package io.readlens.stream.bench;

import io.readlens.model.Call;
import io.readlens.model.Candidate;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Mask;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Span;
import io.readlens.model.read.SpanFinder;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.TokenizedRead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A model that costs nothing: reads of one length have one answer, made up once. It is as large as
 * a real one of the bundled checkpoint: three ranks called, three alternatives and some spans each,
 * a mask that no compression takes for empty.
 *
 * <p>Threading: safe for use by many threads.
 */
final class CannedModel implements Function<List<TokenizedRead>, List<ExplainedRead>> {
  /** Where a checkpoint's digest would stand. */
  static final String CHECKPOINT_ID = "0".repeat(64);

  private static final int TOKENS_PER_SPAN = 60;
  private static final int SPAN_TOKENS = 20;
  private static final int BASES_PER_TOKEN = 6;
  private static final List<List<Taxon>> TAXA =
      List.of(
          taxa(Rank.SUPERKINGDOM, "Bacteria", "Archaea", "Viruses", "Eukaryota"),
          taxa(Rank.PHYLUM, "Pseudomonadota", "Bacillota", "Spirochaetota", "Chlamydiota"),
          taxa(Rank.GENUS, "Escherichia", "Salmonella", "Pseudomonas", "Treponema"));

  /** What an answer depends on. */
  private record Shape(int tokens, int bases) {}

  /**
   * An answer as Avro has it.
   *
   * @param calls the calls of an explanation
   * @param mask its mask
   */
  record Encodable(List<io.readlens.avro.Call> calls, ByteBuffer mask) {}

  private final Map<Shape, ExplainedRead> answers = new ConcurrentHashMap<>();
  private final Map<Integer, Encodable> encodables = new ConcurrentHashMap<>();

  private static List<Taxon> taxa(Rank rank, String... names) {
    List<Taxon> taxa = new ArrayList<>();
    for (String name : names) {
      int parent = rank == Rank.SUPERKINGDOM ? -1 : 0;
      taxa.add(new Taxon(rank, taxa.size(), OptionalInt.of(1_000 + taxa.size()), name, parent));
    }
    return taxa;
  }

  @Override
  public List<ExplainedRead> apply(List<TokenizedRead> reads) {
    List<ExplainedRead> all = new ArrayList<>(reads.size());
    for (TokenizedRead read : reads) {
      all.add(answer(read.tokens(), read.length()));
    }
    return all;
  }

  private ExplainedRead answer(int tokens, int bases) {
    return answers.computeIfAbsent(new Shape(tokens, bases), CannedModel::invent);
  }

  private static ExplainedRead invent(Shape shape) {
    Random random = new Random(shape.bases);
    List<Call> calls = new ArrayList<>();
    for (List<Taxon> taxa : TAXA) {
      float[] scores = new float[shape.tokens];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextFloat() / 2;
      }
      List<Span> spans = new ArrayList<>();
      int most = Math.min(shape.tokens, SpanFinder.MOST_SPANS * TOKENS_PER_SPAN);
      for (int first = 0; first + SPAN_TOKENS <= most; first += TOKENS_PER_SPAN) {
        for (int token = first; token < first + SPAN_TOKENS; token++) {
          scores[token] = 0.5f + scores[token];
        }
        int start = Math.min(first * BASES_PER_TOKEN, shape.bases - 1);
        int end = Math.min(shape.bases, start + SPAN_TOKENS * BASES_PER_TOKEN);
        spans.add(new Span(start, end, 0.75f));
      }
      List<Candidate> others =
          taxa.stream().skip(1).map(taxon -> new Candidate(taxon, random.nextDouble())).toList();
      calls.add(new Call(taxa.get(0), random.nextDouble(), others, Mask.of(scores), spans));
    }
    return new ExplainedRead(calls, CHECKPOINT_ID);
  }

  /** The answer for a read of so many bases, all of them A, C, G or T, ready to be encoded. */
  Encodable encodable(int bases) {
    return encodables.computeIfAbsent(bases, length -> encode(answer(tokens(length), length)));
  }

  /** Tokens of a read without unknown bases. */
  static int tokens(int bases) {
    return bases / BASES_PER_TOKEN + bases % BASES_PER_TOKEN;
  }

  private static Encodable encode(ExplainedRead answer) {
    return new Encodable(
        answer.calls().stream().map(CannedModel::encode).toList(),
        ByteBuffer.wrap(answer.mask().orElseThrow().toBytes()));
  }

  private static io.readlens.avro.Call encode(Call call) {
    return new io.readlens.avro.Call(
        io.readlens.avro.Rank.valueOf(call.rank().name()),
        call.taxon().taxId().getAsInt(),
        call.taxon().name(),
        call.probability(),
        call.alternatives().stream()
            .map(
                other ->
                    new io.readlens.avro.Candidate(
                        other.taxon().taxId().getAsInt(),
                        other.taxon().name(),
                        other.probability()))
            .toList(),
        call.spans().stream()
            .map(
                span ->
                    new io.readlens.avro.Span(span.start(), span.end(), (double) span.score(), 0))
            .toList(),
        call.spansLeftOut(),
        null,
        null);
  }
}
