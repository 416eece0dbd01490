package io.readlens.model.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private static final Duration LINGER = Duration.ofNanos(100);

  @Test
  void shouldWaitForALoneItemToLinger() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 8, LINGER);

    // When
    batcher.add("a", 10, 5);

    // Then
    assertThat(batcher.waitNanos(5)).isEqualTo(100);
    assertThat(batcher.waitNanos(104)).isEqualTo(1);
    assertThat(batcher.poll(104)).isEmpty();
    assertThat(batcher.waitNanos(105)).isZero();
    assertThat(batcher.poll(105)).containsExactly("a");
    assertThat(batcher.size()).isZero();
  }

  @Test
  void shouldCountTheLingerFromTheOldestItem() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 8, LINGER);
    batcher.add("old", 10, 0);

    // When
    batcher.add("young", 10, 99);

    // Then
    assertThat(batcher.waitNanos(99)).isEqualTo(1);
    assertThat(batcher.poll(100)).containsExactly("old", "young");
  }

  @Test
  void shouldCutAFullBatchAtOnce() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 2, LINGER);
    batcher.add("a", 10, 0);
    batcher.add("b", 10, 0);

    // When
    batcher.add("c", 10, 0);

    // Then
    assertThat(batcher.waitNanos(0)).isZero();
    assertThat(batcher.poll(0)).containsExactly("a", "b");
    assertThat(batcher.poll(0)).isEmpty();
    assertThat(batcher.size()).isEqualTo(1);
  }

  @Test
  void shouldBoundABatchByItsPaddedTokens() {
    // Given: 8 and 9 share a bucket; three rows of 9 would be 27 tokens, two are 18
    Batcher<String> batcher = new Batcher<>(26, 8, LINGER);
    batcher.add("a", 8, 0);
    batcher.add("b", 8, 0);

    // When
    batcher.add("c", 9, 0);

    // Then
    assertThat(batcher.poll(0)).containsExactly("a", "b");
    assertThat(batcher.poll(100)).containsExactly("c");
  }

  @Test
  void shouldCutWhatAnotherLimitAllows() {
    // Given
    Batcher<String> batcher = new Batcher<>(40, 8, LINGER);
    List.of("a", "b", "c", "d", "e", "f").forEach(item -> batcher.add(item, 10, 0));

    // When
    batcher.limit(10);
    List<String> small = batcher.poll(0);
    batcher.limit(1_000);

    // Then: what is left is not full any more
    assertThat(small).containsExactly("a");
    assertThat(batcher.poll(0)).isEmpty();
    assertThat(batcher.waitNanos(0)).isEqualTo(100);
    batcher.limit(30);
    assertThat(batcher.poll(0)).containsExactly("b", "c", "d");
    assertThat(batcher.poll(100)).containsExactly("e", "f");
  }

  @Test
  void shouldCutAnOversizeItemAlone() {
    // Given
    Batcher<String> batcher = new Batcher<>(100, 8, LINGER);

    // When
    batcher.add("oversize", 101, 0);

    // Then
    assertThat(batcher.poll(0)).containsExactly("oversize");
  }

  @Test
  void shouldNotMixLengthsThatPadMuch() {
    // Given
    Batcher<String> batcher = new Batcher<>(10_000, 8, LINGER);
    batcher.add("short", 20, 0);
    batcher.add("long", 200, 1);
    batcher.add("also short", 22, 2);

    // When
    batcher.hint();

    // Then
    assertThat(batcher.poll(2)).containsExactly("short", "also short");
    assertThat(batcher.poll(2)).containsExactly("long");
  }

  @Test
  void shouldReleaseAtAHintWhatIsQueuedAndNothingLater() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 8, LINGER);
    batcher.add("a", 10, 0);
    batcher.hint();

    // When
    batcher.add("other bucket", 100, 1);

    // Then
    assertThat(batcher.waitNanos(1)).isZero();
    assertThat(batcher.poll(1)).containsExactly("a");
    assertThat(batcher.poll(1)).isEmpty();
    assertThat(batcher.waitNanos(1)).isEqualTo(100);
  }

  @Test
  void shouldServeTheOldestFirstThoughAnotherBucketIsFull() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 2, LINGER);
    batcher.add("oldest", 100, 0);
    batcher.add("a", 10, 1);
    batcher.add("b", 10, 2);

    // When
    List<String> batch = batcher.poll(100);

    // Then
    assertThat(batch).containsExactly("oldest");
    assertThat(batcher.poll(100)).containsExactly("a", "b");
  }

  @Test
  void shouldForgetCancelledItems() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 2, LINGER);
    batcher.add("cancelled", 10, 0);
    batcher.add("cancelled", 100, 0);
    batcher.add("kept", 10, 50);

    // When
    batcher.removeIf("cancelled"::equals);

    // Then
    assertThat(batcher.size()).isEqualTo(1);
    assertThat(batcher.waitNanos(50)).as("neither full nor old any more").isEqualTo(100);
    assertThat(batcher.poll(150)).containsExactly("kept");
  }

  @Test
  void shouldHaveNothingToWaitForWhenEmpty() {
    // When
    Batcher<String> batcher = new Batcher<>(1_000, 2, LINGER);

    // Then
    assertThat(batcher.waitNanos(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(batcher.poll(0)).isEmpty();
  }

  @Test
  void shouldSurviveTheOverflowOfNanoTime() {
    // Given
    Batcher<String> batcher = new Batcher<>(1_000, 2, LINGER);

    // When
    batcher.add("a", 10, Long.MAX_VALUE - 10);

    // Then
    assertThat(batcher.waitNanos(Long.MIN_VALUE + 9)).isEqualTo(80);
    assertThat(batcher.poll(Long.MIN_VALUE + 89)).containsExactly("a");
  }

  @Test
  void shouldRefuseBoundsThatHoldNothing() {
    // When
    // Then
    assertThatThrownBy(() -> new Batcher<String>(0, 1, LINGER))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Batcher<String>(1, 0, LINGER))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Batcher<String>(1, 1, LINGER).add("a", 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldFillABatchUpWithShorterItemsDownToHalfItsWidth() {
    // Given
    Batcher<String> batcher = new Batcher<>(600, 8, LINGER);
    batcher.add("long", 100, 0);
    batcher.add("half", 50, 0);
    batcher.add("less than half", 49, 0);
    batcher.add("longer", 130, 0);
    batcher.add("most", 80, 0);
    batcher.hint();

    // When
    List<String> batch = batcher.poll(0);

    // Then
    assertThat(batch).containsExactly("long", "most", "half");
    assertThat(batcher.poll(0)).containsExactly("less than half");
    assertThat(batcher.poll(0)).containsExactly("longer");
    assertThat(batcher.tokens()).isZero();
  }

  @Test
  void shouldFillABatchUpNoFurtherThanItsBounds() {
    // Given
    Batcher<String> batcher = new Batcher<>(300, 8, LINGER);
    batcher.add("long", 100, 0);
    for (String shorter : List.of("a", "b", "c")) {
      batcher.add(shorter, 60, 0);
    }
    batcher.hint();

    // When
    List<String> batch = batcher.poll(0);

    // Then
    assertThat(batch).containsExactly("long", "a", "b");
    assertThat(batcher.poll(0)).containsExactly("c");
  }

  @Test
  void shouldSayWhenItIsWorthLooking() {
    // Given
    Batcher<String> batcher = new Batcher<>(300, 8, LINGER);

    // When
    boolean first = batcher.add("a", 100, 0);
    boolean second = batcher.add("b", 100, 0);
    boolean third = batcher.add("c", 100, 0);

    // Then
    assertThat(first).as("there is something now").isTrue();
    assertThat(second).as("nothing new").isFalse();
    assertThat(third).as("a full batch").isTrue();
  }

  private record Job(int number, int tokens, long submitted) {}

  @Test
  void shouldLoseAndDuplicateNothingAndKeepItsBounds() {
    for (int run = 0; run < 200; run++) {
      // Given
      long seed = System.nanoTime();
      Random random = new Random(seed);
      int maxTokens = 50 + random.nextInt(2_000);
      int maxRows = 1 + random.nextInt(32);
      Batcher<Job> batcher = new Batcher<>(maxTokens, maxRows, LINGER);
      List<Job> expected = new ArrayList<>();
      List<Job> delivered = new ArrayList<>();
      long now = random.nextLong();

      // When
      for (int step = 0; step < 500; step++) {
        now += random.nextInt(20);
        switch (random.nextInt(8)) {
          case 0 -> batcher.hint();
          case 1 -> {
            int divisor = 2 + random.nextInt(20);
            batcher.removeIf(job -> job.number() % divisor == 0);
            expected.removeIf(job -> job.number() % divisor == 0 && !delivered.contains(job));
          }
          case 2, 3 -> {
            long wait = batcher.waitNanos(now);
            List<Job> batch = batcher.poll(now);
            assertThat(batch.isEmpty()).as("seed %d", seed).isEqualTo(wait > 0);
            checkBounds(batch, maxTokens, maxRows, seed);
            delivered.addAll(batch);
          }
          default -> {
            Job job = new Job(step, 1 + random.nextInt(random.nextBoolean() ? 300 : 3_000), now);
            expected.add(job);
            batcher.add(job, job.tokens(), now);
          }
        }
        assertThat(batcher.size())
            .as("seed %d", seed)
            .isEqualTo(expected.size() - delivered.size());
      }
      batcher.hint();
      while (batcher.size() > 0) {
        List<Job> batch = batcher.poll(now);
        checkBounds(batch, maxTokens, maxRows, seed);
        delivered.addAll(batch);
      }

      // Then
      assertThat(delivered).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static void checkBounds(List<Job> batch, int maxTokens, int maxRows, long seed) {
    if (batch.size() > 1) {
      int longest = batch.stream().mapToInt(Job::tokens).max().orElseThrow();
      int shortest = batch.stream().mapToInt(Job::tokens).min().orElseThrow();
      assertThat(batch.size()).as("rows, seed %d", seed).isLessThanOrEqualTo(maxRows);
      assertThat(longest * batch.size()).as("tokens, seed %d", seed).isLessThanOrEqualTo(maxTokens);
      assertThat(longest).as("padding, seed %d", seed).isLessThanOrEqualTo(2 * shortest);
      assertThat(batch.stream().filter(job -> job.tokens() == longest))
          .as("oldest first, seed %d", seed)
          .isSortedAccordingTo((one, other) -> Integer.compare(one.number(), other.number()));
    }
  }

  @Test
  void shouldNeverLetAnItemWaitBehindYoungerOnesPastItsLinger() {
    for (int run = 0; run < 100; run++) {
      // Given
      long seed = System.nanoTime();
      Random random = new Random(seed);
      Batcher<Job> batcher = new Batcher<>(2_000, 8, LINGER);
      List<Job> queued = new ArrayList<>();

      for (long now = 0; now < 2_000; now += random.nextInt(10)) {
        Job job = new Job(0, 1 + random.nextInt(500), now);
        batcher.add(job, job.tokens(), now);
        queued.add(job);

        // When
        List<Job> batch = random.nextInt(4) == 0 ? batcher.poll(now) : List.of();

        // Then
        Job oldest = queued.get(0);
        if (!batch.isEmpty() && now - oldest.submitted() >= LINGER.toNanos()) {
          assertThat(batch.get(0)).as("seed %d", seed).isSameAs(oldest);
        }
        batch.forEach(queued::remove);
      }
    }
  }
}
