package io.readlens.stream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.stream.topology.Claims.Ignored;
import io.readlens.stream.topology.Claims.Source;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant RECORD = NOW.minusSeconds(60);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1990-01-01T00:00:00Z",
        "2010-06-01T00:00:00Z",
        "2026-03-01T12:00:00Z",
        "2026-03-02T12:00:00Z"
      })
  void shouldTakeAStartTimeThatCanBe(String start) {
    // When
    Claims claims = ofStart(Instant.parse(start).toEpochMilli(), RECORD.toEpochMilli());

    // Then
    assertThat(claims)
        .isEqualTo(
            new Claims(Instant.parse(start), Source.START_TIME, OptionalInt.empty(), List.of()));
  }

  /** None, 1970 in seconds, just too early, just too late, micro- and nanoseconds, the ends. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        -1,
        1_772_366_400L,
        631_151_999_999L,
        1_772_452_800_001L,
        1_772_366_400_000_000L,
        1_772_366_400_000_000_000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE
      })
  void shouldTakeTheRecordsTimeInPlaceOfAStartTimeThatCannotBeAndSaySo(long start) {
    // When
    Claims claims = ofStart(start, RECORD.toEpochMilli());

    // Then
    assertThat(claims)
        .isEqualTo(
            new Claims(
                RECORD,
                Source.RECORD_TIME,
                OptionalInt.empty(),
                List.of(new Ignored("startTime", Long.toString(start)))));
  }

  @Test
  void shouldTakeTheRecordsTimeOfAReadWithoutAStartTime() {
    // When
    Claims claims = Claims.of(Optional.empty(), RECORD.toEpochMilli(), OptionalInt.of(1), NOW);

    // Then
    assertThat(claims)
        .isEqualTo(new Claims(RECORD, Source.RECORD_TIME, OptionalInt.of(1), List.of()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_000, 1_772_366_400_000_000L, Long.MAX_VALUE})
  void shouldTakeTheTimeOfProcessingWhereTheRecordsCannotBeEither(long record) {
    // When
    Claims none = Claims.of(Optional.empty(), record, OptionalInt.empty(), NOW);
    Claims wild = ofStart(Long.MAX_VALUE, record);

    // Then
    assertThat(List.of(none, wild))
        .allSatisfy(
            claims -> {
              assertThat(claims.eventTime()).isEqualTo(NOW);
              assertThat(claims.source()).isEqualTo(Source.PROCESSED_TIME);
            });
    assertThat(none.ignored()).isEmpty();
    assertThat(wild.ignored()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -7, Integer.MIN_VALUE})
  void shouldIgnoreATaxonIdThatCannotBeAndSaySo(int taxId) {
    // When
    Claims claims = Claims.of(Optional.of(NOW), RECORD.toEpochMilli(), OptionalInt.of(taxId), NOW);

    // Then
    assertThat(claims.trueTaxId()).isEmpty();
    assertThat(claims.ignored()).containsExactly(new Ignored("trueTaxId", Integer.toString(taxId)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 562, Integer.MAX_VALUE})
  void shouldCopyATaxonIdThatCanBe(int taxId) {
    // When
    Claims claims = Claims.of(Optional.of(NOW), RECORD.toEpochMilli(), OptionalInt.of(taxId), NOW);

    // Then
    assertThat(claims.trueTaxId()).hasValue(taxId);
    assertThat(claims.ignored()).isEmpty();
  }

  private static Claims ofStart(long start, long record) {
    return Claims.of(Optional.of(Instant.ofEpochMilli(start)), record, OptionalInt.empty(), NOW);
  }
}
