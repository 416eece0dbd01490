package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {
  private static final Map<String, Integer> VOCABULARY = vocabulary();

  @Test
  void shouldReproduceThePublishedExample() {
    // Given
    Read read = Read.of("golden", "ACGTGTACNTGCACGGANCGACTAGTCTGA");

    // When
    TokenizedRead tokens = Tokenizer.tokenize(read);

    // Then
    assertThat(ids(tokens))
        .containsExactly(739, 4102, 4104, 4106, 1937, 4105, 4102, 4106, 2858, 3490);
    assertThat(tokens.unknownBases()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "AAAAAA, 6",
    "TTTTTT, 1371",
    "ACGTGT, 739",
    "GGGGGG, 4101",
    "A, 4102",
    "T, 4103",
    "C, 4104",
    "G, 4105",
    "N, 4106",
    "R, 0",
    "acgtgt, 739"
  })
  void shouldGiveEachTokenItsPublishedId(String bases, int id) {
    // Given
    Read read = Read.of("one token", bases);

    // When
    TokenizedRead tokens = Tokenizer.tokenize(read);

    // Then
    assertThat(ids(tokens)).containsExactly(id);
  }

  @Test
  void shouldMakeOneTokenOfEachRunOfOtherLetters() {
    // Given
    Read read = Read.of("ambiguous", "RYKACGTGTNWSNA");

    // When
    TokenizedRead tokens = Tokenizer.tokenize(read);

    // Then
    assertThat(ids(tokens)).containsExactly(0, 739, 4106, 0, 4106, 4102);
    assertThat(ranges(tokens)).containsExactly("0-3", "3-9", "9-10", "10-12", "12-13", "13-14");
    assertThat(tokens.unknownBases()).isEqualTo(7);
  }

  @Test
  void shouldMakeNoTokenOfAnEmptyRead() {
    // Given
    Read read = Read.of("empty", "");

    // When
    TokenizedRead tokens = Tokenizer.tokenize(read);

    // Then
    assertThat(tokens.tokens()).isZero();
    assertThat(tokens.length()).isZero();
  }

  @Test
  void shouldAgreeWithTheSlowRuleOnRandomReads() {
    agreesWithTheSlowRule("ACGTN", 3_000);
  }

  @Test
  void shouldAgreeWithTheSlowRuleWhereNsAreRare() {
    agreesWithTheSlowRule("ACGTACGTACGTACGTACGTACGTACGTN", 3_000);
  }

  @Test
  void shouldAgreeWithTheSlowRuleOnAmbiguousReads() {
    agreesWithTheSlowRule("AACCGGTTNRYSWKMBDHVUacgtnry", 3_000);
  }

  private static void agreesWithTheSlowRule(String alphabet, int reads) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < reads; i++) {
      // Given
      String bases = randomBases(random, alphabet);

      // When
      TokenizedRead tokens = Tokenizer.tokenize(Read.of("random", bases));

      // Then
      List<Integer> ids = new ArrayList<>();
      List<String> ranges = new ArrayList<>();
      slowRule(bases, ids, ranges);
      assertThat(ids(tokens)).as("seed %d, %s", seed, bases).containsExactlyElementsOf(ids);
      assertThat(ranges(tokens)).as("seed %d, %s", seed, bases).containsExactlyElementsOf(ranges);
      assertThat(tokens.length()).isEqualTo(bases.length());
      assertThat(tokens.unknownBases()).isEqualTo(bases.replaceAll("(?i)[ACGTU]", "").length());
    }
  }

  /** The longest match, as a regular expression. */
  private static void slowRule(String bases, List<Integer> ids, List<String> ranges) {
    Matcher matcher =
        Pattern.compile("[ACGT]{6}|[ACGT]|N|[^ACGTN]+")
            .matcher(bases.toUpperCase(Locale.ROOT).replace('U', 'T'));
    while (matcher.find()) {
      ids.add(VOCABULARY.getOrDefault(matcher.group(), 0));
      ranges.add(matcher.start() + "-" + matcher.end());
    }
  }

  /** The tokens in the order of the published vocabulary file, each with its line from 0. */
  private static Map<String, Integer> vocabulary() {
    List<String> vocabulary =
        new ArrayList<>(List.of("<unk>", "<pad>", "<mask>", "<cls>", "<eos>", "<bos>"));
    List<String> kmers = List.of("");
    for (int length = 1; length <= 6; length++) {
      kmers =
          kmers.stream()
              .flatMap(kmer -> List.of("A", "T", "C", "G").stream().map(base -> kmer + base))
              .toList();
    }
    vocabulary.addAll(kmers);
    vocabulary.addAll(List.of("A", "T", "C", "G", "N"));
    Map<String, Integer> ids = new HashMap<>();
    vocabulary.forEach(token -> ids.put(token, ids.size()));
    return ids;
  }

  private static String randomBases(Random random, String alphabet) {
    StringBuilder bases = new StringBuilder();
    int length = random.nextInt(120);
    while (bases.length() < length) {
      bases.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return bases.toString();
  }

  private static List<Integer> ids(TokenizedRead read) {
    int[] ids = new int[read.tokens()];
    Arrays.setAll(ids, read::tokenId);
    return Arrays.stream(ids).boxed().toList();
  }

  private static List<String> ranges(TokenizedRead read) {
    String[] ranges = new String[read.tokens()];
    Arrays.setAll(ranges, token -> read.start(token) + "-" + read.end(token));
    return List.of(ranges);
  }

  @Test
  void shouldTakeRnaForTheSameDna() {
    // Given
    String dna = "ATTCGTNACGTTTGCATGCATTACGATT";

    // When
    TokenizedRead rna = Tokenizer.tokenize(Read.of("r", dna.replace('T', 'U')));
    TokenizedRead small = Tokenizer.tokenize(Read.of("r", dna.replace('T', 'u')));

    // Then
    TokenizedRead same = Tokenizer.tokenize(Read.of("r", dna));
    for (TokenizedRead each : new TokenizedRead[] {rna, small}) {
      assertThat(each.unknownBases()).isEqualTo(1);
      assertThat(each.tokens()).isEqualTo(same.tokens());
      for (int token = 0; token < same.tokens(); token++) {
        assertThat(each.tokenId(token)).isEqualTo(same.tokenId(token));
      }
    }
  }
}
