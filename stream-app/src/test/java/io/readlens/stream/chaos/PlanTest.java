package io.readlens.stream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

  @Test
  void shouldDrawEachFaultAndOnlyWhereItCanStrike() {
    // Given
    LongStream seeds = LongStream.range(0, 100);

    // When
    var plans = seeds.mapToObj(seed -> plan(ALL.size() + 4, seed)).toList();

    // Then
    assertThat(plans)
        .allSatisfy(
            plan -> {
              assertThat(plan.strikes())
                  .hasSize(ALL.size() + 4)
                  .extracting(Plan.Strike::fault)
                  .containsAll(ALL);
              int instances = 1;
              for (Plan.Strike strike : plan.strikes()) {
                assertThat(strike.fault().canStrike(instances)).isTrue();
                assertThat(strike.after()).isBetween(0, strike.burst());
                instances = strike.fault().leaves(instances);
              }
            });
  }

  @Test
  void shouldRepeatAPlanByItsSeed() {
    // Given
    Plan first = plan(20, 7);

    // When
    Plan again = plan(20, 7);

    // Then
    assertThat(again).isEqualTo(first).isNotEqualTo(plan(20, 8));
  }

  private static Plan plan(int strikes, long seed) {
    return Plan.of(Product.class, 1, strikes, ALL, Duration.ZERO, seed);
  }
}
