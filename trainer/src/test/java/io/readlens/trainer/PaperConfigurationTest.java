package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.read.Rank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paper's whole configuration at its own sizes, for two steps of two reads each. */
class PaperConfigurationTest {
  private static final int SUPERKINGDOMS = 4;
  private static final int PHYLA = 55;
  private static final int GENERA = 1_878;

  @TempDir private Path directory;

  @Test
  void shouldRunAtItsRealSizes() throws IOException {
    // Given weights in the published layout, and a read of each of the paper's genera
    PublishedWeights.write(directory, NucleotideTransformer.tensors());
    ToyReads reads = reads();
    String[] data = {"@paper", "--reads-file=" + reads.reads(), "--truth=" + reads.truth()};

    // When
    run(data, "import", "--weights=" + directory, out("start"), "--accept-licence=CC-BY-NC-SA-4.0");
    Files.delete(directory.resolve("model.safetensors"));
    run(data, "classifier", from("start"), out("called"), "--reads=4", "--tokens=500", once());
    run(data, "explainer", from("called"), out("explained"), "--reads=4", "--rows=2", "--saves=1");

    // Then
    Checkpoint made = Checkpoint.load(directory.resolve("explained"));
    assertThat(made.taxonomy().size(Rank.SUPERKINGDOM)).isEqualTo(SUPERKINGDOMS);
    assertThat(made.taxonomy().size(Rank.PHYLUM)).isEqualTo(PHYLA);
    assertThat(made.taxonomy().size(Rank.GENUS)).isEqualTo(GENERA);
    JsonNode method = made.metrics().path("explainer");
    assertThat(method.path("scope").asText()).isEqualTo("JOINT");
    assertThat(method.path("lengths").toString()).isEqualTo("[\"1500bp\"]");
    try (NDManager manager = NDManager.newBaseManager()) {
      assertThat(weights(made.classifierTensors(manager), "classifier.")).isEqualTo(993_681);
      assertThat(weights(made.classifierTensors(manager), "esm.")).isEqualTo(52_484_608);
      assertThat(weights(made.explainerTensors(manager), "explainer.")).isEqualTo(807_357);
    }
    assertThat(Files.readAllLines(directory.resolve("explained/learning-curve-explainer.tsv")))
        .last()
        .asString()
        .startsWith("2\t4\t")
        .doesNotContain("NA", "NaN");
  }

  private static String once() {
    return "--measurements=1";
  }

  private String out(String name) {
    return "--out=" + directory.resolve(name);
  }

  private String from(String name) {
    return "--from=" + directory.resolve(name);
  }

  private static void run(String[] data, String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + data.length);
    System.arraycopy(data, 0, all, arguments.length, data.length);
    assertThat(Main.execute(all)).as(arguments[0]).isZero();
  }

  private static long weights(Map<String, NDArray> tensors, String prefix) {
    return tensors.entrySet().stream()
        .filter(each -> each.getKey().startsWith(prefix) && !each.getKey().contains(".running_"))
        .mapToLong(each -> each.getValue().size())
        .sum();
  }

  /** One read a genus to train on, and two more to validate. */
  private ToyReads reads() throws IOException {
    ToyReads reads = new ToyReads(directory);
    for (int genus = 0; genus < GENERA; genus++) {
      int phylum = genus % PHYLA;
      String taxa = "S%d,P%d,G%d".formatted(phylum % SUPERKINGDOMS, phylum, genus);
      reads.addOne(false, 1_500, taxa, "ACGT");
      if (genus < 2) {
        reads.addOne(true, 1_500, taxa, "ACGT");
      }
    }
    return reads.write();
  }
}
