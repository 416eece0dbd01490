package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationResultTest {
  @TempDir private Path checkpoint;

  @Test
  void shouldFindTheLogsBesideACheckpoint() throws IOException {
    // Given
    Files.writeString(checkpoint.resolve("learning-curve-2.tsv"), "reads\tloss\n8\t0.5\n");
    Files.writeString(checkpoint.resolve("learning-curve-1.tsv"), "reads\tloss\n");
    Files.writeString(checkpoint.resolve("labels.tsv"), "rank\n");

    // When
    Map<String, List<Map<String, String>>> curves = EvaluationResult.learningCurves(checkpoint);

    // Then
    assertThat(curves).containsOnlyKeys("learning-curve-1.tsv", "learning-curve-2.tsv");
    assertThat(curves.get("learning-curve-1.tsv")).isEmpty();
    assertThat(curves.get("learning-curve-2.tsv"))
        .containsExactly(Map.of("reads", "8", "loss", "0.5"));
  }
}
