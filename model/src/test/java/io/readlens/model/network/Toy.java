package io.readlens.model.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxon;
import io.readlens.model.read.Taxonomy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** A model small enough to compute by hand, with known random weights. */
public final class Toy implements Tensors.Source {
  public static final ModelConfig CONFIG =
      ModelConfig.ofPaper(8, 2, 2, 6, 1e-5, 64, true, 40, 5, 3);

  /** The same with overlapping 6-mers, no norm at the end, and a SHARED Explainer. */
  public static final ModelConfig OVERLAPPING =
      new ModelConfig(
          8,
          2,
          2,
          6,
          1e-5,
          false,
          4107,
          64,
          5,
          true,
          40,
          true,
          false,
          ModelConfig.Kind.SHARED,
          0,
          3,
          4);

  /** The same with triples of amino acids. */
  public static final ModelConfig TRANSLATING =
      new ModelConfig(
          8,
          2,
          2,
          6,
          1e-5,
          false,
          4107,
          64,
          5,
          true,
          40,
          true,
          true,
          ModelConfig.Kind.SHARED,
          0,
          3,
          4);

  /**
   * A bag of overlapping 6-mers and triples with an Explainer of EVIDENCE: of labels of background.
   */
  public static final ModelConfig EVIDENCE =
      new ModelConfig(
          8,
          0,
          2,
          6,
          1e-5,
          false,
          4107,
          64,
          5,
          false,
          40,
          true,
          true,
          ModelConfig.Kind.EVIDENCE,
          0,
          0,
          4);

  private final Random random;
  private final Map<String, float[]> values = new LinkedHashMap<>();

  public Toy(long seed) {
    random = new Random(seed);
  }

  /** Two superkingdoms, three phyla, four genera. */
  public static Taxonomy taxonomy() {
    return Taxonomy.of(taxa());
  }

  /** The same, with vectors and nothing for background. */
  public static Taxonomy taxonomyWithBackground() {
    return Taxonomy.of(taxa(), List.of("vector", Taxonomy.NOTHING));
  }

  /** Labels that a model of some sizes can have. */
  public static Taxonomy taxonomy(ModelConfig config) {
    return config.explainerKind() == ModelConfig.Kind.EVIDENCE
        ? taxonomyWithBackground()
        : taxonomy();
  }

  private static List<Taxon> taxa() {
    List<Taxon> taxa = new ArrayList<>();
    taxa.add(new Taxon(Rank.SUPERKINGDOM, 0, OptionalInt.of(2), "Bacteria", -1));
    taxa.add(new Taxon(Rank.SUPERKINGDOM, 1, OptionalInt.of(10239), "Viruses", -1));
    taxa.add(new Taxon(Rank.PHYLUM, 0, OptionalInt.of(1224), "Pseudomonadota", 0));
    taxa.add(new Taxon(Rank.PHYLUM, 1, OptionalInt.of(1239), "Bacillota", 0));
    taxa.add(new Taxon(Rank.PHYLUM, 2, OptionalInt.empty(), "Uroviricota", 1));
    taxa.add(new Taxon(Rank.GENUS, 0, OptionalInt.of(561), "Escherichia", 0));
    taxa.add(new Taxon(Rank.GENUS, 1, OptionalInt.of(590), "Salmonella", 0));
    taxa.add(new Taxon(Rank.GENUS, 2, OptionalInt.of(1279), "Staphylococcus", 1));
    taxa.add(new Taxon(Rank.GENUS, 3, OptionalInt.empty(), "Lambdavirus", 2));
    return taxa;
  }

  @Override
  public NDArray tensor(NDManager manager, String name, Shape shape) {
    float[] tensor = new float[(int) shape.size()];
    for (int i = 0; i < tensor.length; i++) {
      tensor[i] = (float) random.nextGaussian() * 0.5f;
      if (name.endsWith("running_var")) {
        tensor[i] = Math.abs(tensor[i]) + 0.1f;
      }
    }
    values.put(name, tensor);
    return manager.create(tensor, shape);
  }

  /** The values that a tensor was given. */
  float[] values(String name) {
    return values.get(name);
  }
}
