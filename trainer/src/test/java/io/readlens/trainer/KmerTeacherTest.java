package io.readlens.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.readlens.model.checkpoint.Checkpoint;
import io.readlens.model.network.DeviceBatch;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TorchThread;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Read;
import io.readlens.model.read.Taxonomy;
import io.readlens.model.read.TokenBatch;
import io.readlens.model.read.TokenizedRead.Window;
import io.readlens.model.read.Tokenizer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KmerTeacherTest {
  private final Taxonomy taxonomy = new ToyPack().taxonomy();
  private final NDManager manager = NDManager.newBaseManager();

  @BeforeEach
  void prepare() {
    TorchThread.forInference(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  private Checkpoint bag(int layers) {
    return Checkpoint.random(
        ModelConfig.ofPaper(8, layers, 2, 6, 1e-5, 512, false, 256, 5, 3), taxonomy, 1);
  }

  @Test
  void shouldSayWhatTheBagSaysOfAllFramesAndBothStrands() {
    // Given a bag, and a read of 60 bases
    Checkpoint bag = bag(0);
    String bases = bases(60);

    // When
    float[] taught = KmerTeacher.of(bag, manager).probabilities(Read.of("read", bases));

    // Then its logits are the mean of what each token adds in each of twelve views
    double[] logits = new double[taxonomy.size()];
    int tokens = 0;
    for (String strand : List.of(bases, ReadSampler.reverseComplement(bases))) {
      for (int frame = 0; frame < 6; frame++) {
        int whole = (strand.length() - frame) / 6;
        Window view = window(strand.substring(frame, frame + 6 * whole));
        float[] evidence =
            bag.classifier(manager)
                .evidence(DeviceBatch.of(manager, TokenBatch.of(List.of(view))))
                .toFloatArray();
        for (int i = logits.length; i < evidence.length; i++) { // <cls> leads
          logits[i % logits.length] += evidence[i];
        }
        tokens += whole;
      }
    }
    for (Rank rank : Rank.values()) {
      double sum = 0;
      for (int c = 0; c < taxonomy.size(rank); c++) {
        sum += Math.exp(logits[taxonomy.offset(rank) + c] / tokens);
      }
      for (int c = 0; c < taxonomy.size(rank); c++) {
        int place = taxonomy.offset(rank) + c;
        assertThat((double) taught[place])
            .isCloseTo(Math.exp(logits[place] / tokens) / sum, within(1e-5));
      }
    }
  }

  private static Window window(String bases) {
    return new Window(Tokenizer.tokenize(Read.of("view", bases)), 0, bases.length() / 6);
  }

  private static String bases(int length) {
    Random random = new Random(5);
    StringBuilder bases = new StringBuilder();
    for (int i = 0; i < length; i++) {
      bases.append("ACGT".charAt(random.nextInt(4)));
    }
    return bases.toString();
  }

  @Test
  void shouldPassOver6MersWithUnknownBases() {
    // Given
    KmerTeacher teacher = KmerTeacher.of(bag(0), manager);

    // When
    float[] broken = teacher.probabilities(Read.of("broken", "ACGTTGNCC"));
    float[] none = teacher.probabilities(Read.of("none", "ACGNTTGAC"));

    // Then
    assertThat(broken).isEqualTo(teacher.probabilities(Read.of("whole", "ACGTTG")));
    assertThat(none).containsOnly(0);
  }

  @Test
  void shouldNotTakeATeacherWithLayers() {
    // When
    // Then
    assertThatThrownBy(() -> KmerTeacher.of(bag(1), manager))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no bag of tokens");
  }
}
