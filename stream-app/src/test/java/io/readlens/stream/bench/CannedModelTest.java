package io.readlens.stream.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.readlens.model.Call;
import io.readlens.model.ExplainedRead;
import io.readlens.model.read.Span;
import io.readlens.model.read.TokenizedRead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CannedModelTest {
  private final CannedModel model = new CannedModel();

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 120, 605, 1_500, 60_000})
  void shouldAnswerWithinTheRead(int bases) {
    // Given
    TokenizedRead read = Workload.tokenized(Workload.ofLength(1, bases)).get(0);

    // When
    ExplainedRead answer = model.apply(List.of(read)).get(0);

    // Then
    assertThat(answer.calls()).hasSize(3);
    for (Call call : answer.calls()) {
      assertThat(call.mask().tokens()).isEqualTo(read.tokens());
      assertThat(call.spans()).extracting(Span::end).allMatch(end -> end <= bases);
    }
  }

  @Test
  void shouldHaveTheSameAnswerReadyForAvro() {
    // Given
    TokenizedRead read = Workload.tokenized(Workload.ofLength(1, 605)).get(0);
    ExplainedRead answer = model.apply(List.of(read)).get(0);

    // When
    CannedModel.Encodable encodable = model.encodable(605);

    // Then
    assertThat(encodable.mask().array()).isEqualTo(answer.mask().orElseThrow().toBytes());
    assertThat(encodable.calls())
        .extracting(io.readlens.avro.Call::getName)
        .containsExactlyElementsOf(
            answer.calls().stream().map(call -> call.taxon().name()).toList());
    assertThat(encodable.calls().get(0).getSpans()).hasSize(answer.calls().get(0).spans().size());
  }
}
