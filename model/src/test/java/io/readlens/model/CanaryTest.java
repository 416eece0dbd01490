package io.readlens.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.checkpoint.Decision;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.Tensors;
import io.readlens.model.network.Toy;
import io.readlens.model.read.Rank;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that are sound, and such as compute nonsense of finite weights and call nothing. */
class CanaryTest {
  @TempDir private Path directory;

  @Test
  void shouldBeCalledAtEveryRankByTheBundledCheckpoint() {
    try (ExplainedClassifier model = ExplainedClassifier.load(Checkpoint.bundled(), "cpu", 0)) {
      // When
      ExplainedRead answer = model.explain(List.of(Canary.READ)).get(0);

      // Then
      assertThat(answer.calls()).extracting(Call::rank).containsExactly(Rank.values());
      assertThat(answer.calls())
          .allSatisfy(call -> assertThat(call.probability()).isGreaterThan(0.9));
      assertThatCode(() -> model.requireSound(Canary.READ)).doesNotThrowAnyException();
    }
  }

  static Stream<Arguments> configs() {
    return Stream.of(Arguments.of(Toy.CONFIG), Arguments.of(Toy.OVERLAPPING));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void shouldPassASoundModelThatCallsNothing(ModelConfig config) {
    try (ExplainedClassifier model = model(config, "none", 0)) {
      // Given
      assertThat(model.explain(List.of(Canary.READ)).get(0).calls()).isEmpty();

      // When / Then
      assertThatCode(() -> model.requireSound(Canary.READ)).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "running_var, -5",
    "output.weight, 3e38",
    "norm.bias, -3e38",
    "genus.weight, 3e38",
    "superkingdom.weight, -3e38",
  })
  void shouldFailOnAModelThatComputesNonsense(String tensors, float value) {
    try (ExplainedClassifier model = model(Toy.CONFIG, tensors, value)) {
      // When / Then
      assertThatThrownBy(() -> model.requireSound(Canary.READ))
          .isInstanceOf(RuntimeException.class);
    }
  }

  /** A toy whose tensors of a name are one number all over. */
  private ExplainedClassifier model(ModelConfig config, String tensors, float value) {
    Tensors.Source toy = new Toy(1);
    Tensors.Source source =
        (manager, name, shape) -> {
          if (!name.endsWith(tensors)) {
            return toy.tensor(manager, name, shape);
          }
          float[] values = new float[(int) shape.size()];
          Arrays.fill(values, value);
          return manager.create(values, shape);
        };
    try (NDManager manager = NDManager.newBaseManager()) {
      Checkpoint checkpoint =
          Checkpoint.save(
              directory,
              config,
              Decision.uncalibrated(1, 1, 1, 0.5f),
              Toy.taxonomy(),
              new TaxonClassifier(manager, config, Toy.taxonomy(), source).tensors(),
              new Explainer(manager, config, Toy.taxonomy().size(), source).tensors(),
              new ObjectMapper().createObjectNode());
      return ExplainedClassifier.load(checkpoint, "cpu", 0);
    }
  }
}
