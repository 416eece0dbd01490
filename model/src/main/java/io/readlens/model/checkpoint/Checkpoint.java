package io.readlens.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.readlens.model.abundance.CallConfusion;
import io.readlens.model.network.Explainer;
import io.readlens.model.network.ModelConfig;
import io.readlens.model.network.TaxonClassifier;
import io.readlens.model.network.Tensors;
import io.readlens.model.network.TorchProcess;
import io.readlens.model.process.NewFile;
import io.readlens.model.process.Why;
import io.readlens.model.read.Rank;
import io.readlens.model.read.Taxonomy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A trained model on disk: {@code config.json}, {@code classifier.safetensors}, {@code
 * explainer.safetensors}, {@code labels.tsv}, {@code metrics.json} and, where it was measured,
 * {@code confusion.tsv}, with their SHA-256 digests in {@code SHA256SUMS} (the format of {@code
 * sha256sum -c}).
 *
 * <p>Its {@link #id() id} is the SHA-256 digest of {@code SHA256SUMS}: any changed byte of any file
 * makes another checkpoint. Files beside these, such as a log of the training, are not part of it.
 *
 * <p>Threading: immutable.
 */
public final class Checkpoint {
  /** The tokenizer that the vocabulary belongs to; a checkpoint of another one is refused. */
  public static final String TOKENIZER = "nucleotide-transformer-v2-6mer";

  private static final int FORMAT = 5;
  private static final String GROWTH = "temperature_growth";
  private static final String CONFIG = "config.json";
  private static final String CLASSIFIER = "classifier.safetensors";
  private static final String EXPLAINER = "explainer.safetensors";
  private static final String LABELS = "labels.tsv";
  private static final String METRICS = "metrics.json";

  /** How the model calls reads of known origin; older checkpoints and fresh ones have none. */
  private static final String CONFUSION = "confusion.tsv";

  private static final String DIGESTS = "SHA256SUMS";
  private static final List<String> SMALL_FILES = List.of(CONFIG, LABELS, METRICS);
  private static final List<String> FILES = List.of(CONFIG, CLASSIFIER, EXPLAINER, LABELS, METRICS);

  /** Bytes of the largest file that is read before the size of the weights is known. */
  private static final int MOST_SMALL = 1 << 20;

  /** Bytes of the largest confusion: some lines for each genus and length. */
  private static final int MOST_CONFUSION = 1 << 22;

  /** Bytes of the largest file that can be read at all. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 64;

  private static final String BUNDLED = "/io/readlens/checkpoint/default/";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(
              DeserializationFeature.ACCEPT_FLOAT_AS_INT,
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final String origin;
  private final String id;
  private final Map<String, byte[]> files;
  private final OptionalLong seed;
  private final ModelConfig config;
  private final Decision decision;
  private final Taxonomy taxonomy;
  private final ObjectNode metrics;
  private final Optional<CallConfusion> confusion;

  /**
   * @param files by name, without the weights' if they are random
   * @param seed of random weights
   */
  private Checkpoint(String origin, String id, Map<String, byte[]> files, OptionalLong seed) {
    this.origin = origin;
    this.id = id;
    this.files = files;
    this.seed = seed;
    try {
      JsonNode json = current(JSON.readTree(files.get(CONFIG)));
      requireConfig(json, "format_version", String.valueOf(FORMAT));
      requireConfig(json, "tokenizer", TOKENIZER);
      config = JSON.treeToValue(json, ModelConfig.class);
      decision = JSON.treeToValue(json, Decision.class);
      taxonomy = Taxonomy.fromTsv(new String(files.get(LABELS), StandardCharsets.UTF_8));
      config.requireFits(taxonomy);
      metrics = metrics(files.get(METRICS));
      confusion = confusion(files.get(CONFUSION));
    } catch (JacksonException e) {
      throw invalid(CONFIG, problem(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw invalid("its configuration or labels", e.getMessage(), e);
    }
  }

  /**
   * A configuration of an earlier format in the terms of the current one. Before format 5 no model
   * translated bases, and none was surer of more windows than their mean is, which the first of
   * format 5 do not say either; before format 4 temperatures did not depend on a read's length. All
   * models of formats 1 and 2 have a final norm; those of format 1 are of single tokens with an
   * LSTM Explainer, and the first of them named no temperatures. One that names no thresholds of
   * other profiles has those that {@linkplain Profile#unmeasured follow} from its own.
   */
  private static JsonNode current(JsonNode json) {
    int format = json.path("format_version").asInt();
    if (format < 1 || format > FORMAT) {
      return json;
    }
    ObjectNode current = json.deepCopy();
    if (format < FORMAT || !current.has(GROWTH)) {
      current.put(GROWTH, 0);
    }
    addProfiles(current);
    if (format == FORMAT) {
      return current;
    }
    current.put("format_version", FORMAT).put("amino_acid_triples", false);
    if (format == 4) {
      return current;
    }
    current.put("temperature_tokens", 0);
    if (format == 3) {
      return current;
    }
    current.put("final_norm", true);
    if (format == 2) {
      return current;
    }
    for (Rank rank : Rank.values()) {
      String name = rank.label() + "_temperature";
      if (!current.has(name)) {
        current.put(name, 1);
      }
    }
    return current
        .put("pooling_prior_tokens", 0)
        .put("overlapping_kmers", false)
        .put("explainer", ModelConfig.Kind.LSTM.name())
        .put("explainer_reach", 0);
  }

  private static void addProfiles(ObjectNode config) {
    if (config.has(Decision.SENSITIVE) || config.has(Decision.STRICT)) {
      return;
    }
    Map<Rank, Double> own = new EnumMap<>(Rank.class);
    for (Rank rank : Rank.values()) {
      JsonNode threshold = config.path(rank.label() + "_threshold");
      if (!threshold.isNumber()) {
        return; // Which is what is wrong with it.
      }
      own.put(rank, threshold.doubleValue());
    }
    Thresholds balanced =
        new Thresholds(own.get(Rank.SUPERKINGDOM), own.get(Rank.PHYLUM), own.get(Rank.GENUS));
    config.set(Decision.SENSITIVE, JSON.valueToTree(Profile.SENSITIVE.unmeasured(balanced)));
    config.set(Decision.STRICT, JSON.valueToTree(Profile.STRICT.unmeasured(balanced)));
  }

  /** What a value's own check says of it, or else what the parser says. */
  private static String problem(JacksonException e) {
    return e.getCause() instanceof IllegalArgumentException refused
        ? refused.getMessage()
        : e.getOriginalMessage();
  }

  private ObjectNode metrics(byte[] content) throws IOException {
    try {
      if (JSON.readTree(content) instanceof ObjectNode object) {
        return object;
      }
      throw invalid(METRICS, "it is no JSON object", null);
    } catch (JacksonException e) {
      throw invalid(METRICS, e.getOriginalMessage(), e);
    }
  }

  private Optional<CallConfusion> confusion(byte[] content) {
    try {
      return Optional.ofNullable(content)
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
          .map(text -> CallConfusion.fromTsv(text, taxonomy));
    } catch (IllegalArgumentException e) {
      throw invalid(CONFUSION, e.getMessage(), e);
    }
  }

  private void requireConfig(JsonNode json, String name, String expected) {
    String found = json.path(name).asText("missing");
    if (!found.equals(expected)) {
      throw invalid(CONFIG, name + " is " + found + ", this version reads " + expected, null);
    }
  }

  /**
   * Reads and verifies a checkpoint directory.
   *
   * @throws InvalidCheckpointException if a file is missing, differs from its digest or cannot be
   *     what it should be
   */
  public static Checkpoint load(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw InvalidCheckpointException.incomplete(
          "%s is no checkpoint: %s; name a directory that the trainer wrote"
              .formatted(
                  directory,
                  Files.exists(directory) ? "it is no directory" : "there is no such directory"),
          null);
    }
    return verify(
        directory.toString(),
        Optional.empty(),
        (name, most) -> {
          Path file = directory.resolve(name);
          if (!Files.isRegularFile(file)) {
            return null;
          }
          try (InputStream in = Files.newInputStream(file)) {
            return readAtMost(most, in, Files.size(file));
          }
        });
  }

  /**
   * Makes a directory that a checkpoint can be {@linkplain #save saved} to, before the work whose
   * result that is.
   *
   * @throws IOException if it cannot be made or written to; it names the directory
   */
  public static void requireSavable(Path directory) throws IOException {
    Files.createDirectories(directory);
    NewFile.requirePossible(directory.resolve(DIGESTS));
  }

  /**
   * A model of any size with random weights, for measuring speed: it calls every read something.
   * Nothing is written; its id depends on the configuration and the seed.
   */
  public static Checkpoint random(ModelConfig config, Taxonomy taxonomy, long seed) {
    try {
      Map<String, byte[]> files = new LinkedHashMap<>();
      files.put(
          CONFIG,
          json(new Settings(FORMAT, TOKENIZER, config, Decision.uncalibrated(0, 0, 0, 0.5f))));
      files.put(LABELS, taxonomy.toTsv().getBytes(StandardCharsets.UTF_8));
      files.put(METRICS, json(JSON.createObjectNode().put("seed", seed)));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] file : files.values()) {
        all.write(file);
      }
      return new Checkpoint(
          "random weights", Sha256.of(all.toByteArray()), files, OptionalLong.of(seed));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The checkpoint that ships inside this module. */
  public static Checkpoint bundled() {
    return verify(
        "the bundled checkpoint",
        Optional.empty(),
        (name, most) -> {
          try (InputStream in = Checkpoint.class.getResourceAsStream(BUNDLED + name)) {
            return in == null ? null : readAtMost(most, in, in.available());
          }
        });
  }

  /** Where a checkpoint's files come from. Asked for few names, each once. */
  public interface Source {
    /**
     * @param most bytes that the file may have: whoever reads stops there, see {@link #readAtMost}
     * @return the file's whole content; null if there is no such file
     * @throws IOException if it cannot be read, or is larger
     */
    byte[] read(String name, long most) throws IOException;
  }

  /**
   * A stream's whole content, which never takes more memory than it may have.
   *
   * @param size bytes that it is said to have, believed no further than to begin with; negative if
   *     nothing is said
   * @throws IOException if it is larger than {@code most}
   */
  public static byte[] readAtMost(long most, InputStream in, long size) throws IOException {
    int allowed = (int) Math.min(most, MOST_BYTES);
    if (size <= allowed) {
      byte[] content = new byte[(int) Math.max(size, 0)];
      int found = in.readNBytes(content, 0, content.length);
      byte[] more = found < content.length ? new byte[0] : in.readNBytes(allowed - found + 1);
      if (found + (long) more.length <= allowed) {
        byte[] all = Arrays.copyOf(content, found + more.length);
        System.arraycopy(more, 0, all, found, more.length);
        return all;
      }
    }
    throw new IOException("it is larger than the " + allowed + " bytes that it may have");
  }

  /**
   * Reads and verifies a checkpoint that lies anywhere: the small files first, which are bounded,
   * and of the weights no more than the configuration says they are.
   *
   * @param origin what messages call it
   * @param wanted its id; empty to take what lies there
   * @throws InvalidCheckpointException as {@link #load}; {@linkplain
   *     InvalidCheckpointException#isIncomplete incomplete} if what lies there is not, or not all
   *     of, the wanted one
   */
  public static Checkpoint verify(String origin, Optional<String> wanted, Source source) {
    byte[] sums = read(origin, DIGESTS, MOST_SMALL, source);
    if (sums == null) {
      throw InvalidCheckpointException.incomplete(
          origin
              + " is no checkpoint: it has no "
              + DIGESTS
              + "; name a directory that the trainer wrote",
          null);
    }
    String id = Sha256.of(sums);
    if (!wanted.orElse(id).equals(id)) {
      throw InvalidCheckpointException.incomplete(
          origin + " is checkpoint " + id + " now, not " + wanted.get(), null);
    }
    Map<String, String> expected = parseDigests(origin, wanted.isEmpty(), sums);
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : SMALL_FILES) {
      files.put(name, verified(origin, name, MOST_SMALL, expected, source));
    }
    if (expected.containsKey(CONFUSION)) {
      files.put(CONFUSION, verified(origin, CONFUSION, MOST_CONFUSION, expected, source));
    }
    Checkpoint checkpoint = new Checkpoint(origin, id, files, OptionalLong.empty());
    for (String name : List.of(CLASSIFIER, EXPLAINER)) {
      long most = Safetensors.mostBytes(checkpoint.shapes(name));
      files.put(name, verified(origin, name, most, expected, source));
      checkpoint.safetensors(name); // Checks every tensor.
    }
    return checkpoint;
  }

  private static byte[] verified(
      String origin, String name, long most, Map<String, String> expected, Source source) {
    byte[] content = read(origin, name, most, source);
    if (content == null) {
      throw InvalidCheckpointException.incomplete(
          origin + ": " + name + " is missing; copy the whole checkpoint again", null);
    }
    if (!Sha256.of(content).equals(expected.get(name))) {
      throw InvalidCheckpointException.incomplete(
          origin
              + ": "
              + name
              + " differs from its digest in "
              + DIGESTS
              + "; copy the whole checkpoint again",
          null);
    }
    return content;
  }

  private static byte[] read(String origin, String name, long most, Source source) {
    try {
      return source.read(name, most);
    } catch (IOException e) {
      throw InvalidCheckpointException.incomplete(
          origin + ": " + name + " cannot be read: " + Why.of(e), e);
    }
  }

  /**
   * @param perhapsCut whether these may be the first lines of more that is still being written
   */
  private static Map<String, String> parseDigests(String origin, boolean perhapsCut, byte[] sums) {
    Map<String, String> digests = new LinkedHashMap<>();
    for (String line : new String(sums, StandardCharsets.UTF_8).split("\n")) {
      String[] parts = line.strip().split("\\s+\\*?", 2);
      boolean sound = parts.length == 2 && parts[0].matches("[0-9a-f]{64}");
      if (!sound || (isFile(parts[1]) && digests.put(parts[1], parts[0]) != null)) {
        String message = origin + ": " + DIGESTS + " has the line: " + line;
        throw perhapsCut
            ? InvalidCheckpointException.incomplete(message, null)
            : new InvalidCheckpointException(message);
      }
    }
    for (String name : FILES) {
      if (!digests.containsKey(name)) {
        throw new InvalidCheckpointException(origin + ": " + DIGESTS + " has no line for " + name);
      }
    }
    return digests;
  }

  private static boolean isFile(String name) {
    return FILES.contains(name) || name.equals(CONFUSION);
  }

  /** SHA-256 digest of {@code SHA256SUMS}, 64 hexadecimal digits. */
  public String id() {
    return id;
  }

  /** The SHA-256 digest of each file by name, 64 hexadecimal digits each. */
  public Map<String, String> digests() {
    Map<String, String> digests = new LinkedHashMap<>();
    files.forEach((name, content) -> digests.put(name, Sha256.of(content)));
    return digests;
  }

  /**
   * SHA-256 digest of {@code labels.tsv}: two checkpoints of one digest call reads by the same taxa
   * in the same order.
   */
  public String labelsDigest() {
    return Sha256.of(files.get(LABELS));
  }

  public ModelConfig config() {
    return config;
  }

  public Decision decision() {
    return decision;
  }

  public Taxonomy taxonomy() {
    return taxonomy;
  }

  /**
   * The same, which decides otherwise; it lies nowhere, and has neither an id of its own nor a
   * confusion.
   */
  public Checkpoint deciding(Decision other) {
    try {
      Map<String, byte[]> same = new LinkedHashMap<>(files);
      same.put(CONFIG, json(new Settings(FORMAT, TOKENIZER, config, other)));
      same.remove(CONFUSION);
      return new Checkpoint(origin, id, same, seed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How it calls reads of known origin; empty where that was not measured. */
  public Optional<CallConfusion> confusion() {
    return confusion;
  }

  /** What was measured when the checkpoint was made; a copy. */
  public ObjectNode metrics() {
    return metrics.deepCopy();
  }

  /** Builds the classifier with the checkpoint's weights. */
  public TaxonClassifier classifier(NDManager manager) {
    return build(
        CLASSIFIER, source -> new TaxonClassifier(manager, config, taxonomy, source), manager);
  }

  /** Builds the Explainer with the checkpoint's weights. */
  public Explainer explainer(NDManager manager) {
    return build(
        EXPLAINER, source -> new Explainer(manager, config, taxonomy.size(), source), manager);
  }

  /**
   * The checkpoint's classifier tensors on a manager, as a source for another configuration.
   *
   * @throws InvalidCheckpointException if it is one of random weights
   */
  public Map<String, NDArray> classifierTensors(NDManager manager) {
    return tensors(CLASSIFIER, manager);
  }

  /** See {@link #classifierTensors}. */
  public Map<String, NDArray> explainerTensors(NDManager manager) {
    return tensors(EXPLAINER, manager);
  }

  private interface Network<T> {
    T from(Tensors.Source source);
  }

  private <T> T build(String file, Network<T> network, NDManager manager) {
    if (seed.isPresent()) {
      return network.from(new RandomTensors(seed.getAsLong()));
    }
    Map<String, NDArray> tensors = tensors(file, manager);
    return network.from((owner, name, shape) -> tensors.get(name));
  }

  private Map<String, NDArray> tensors(String file, NDManager manager) {
    if (seed.isPresent()) {
      throw invalid(file, "its weights are random", null);
    }
    return safetensors(file).on(manager);
  }

  private Safetensors safetensors(String file) {
    try {
      return Safetensors.of(files.get(file), shapes(file));
    } catch (IllegalArgumentException e) {
      throw invalid(file, e.getMessage(), e);
    }
  }

  /** The tensors that a file of weights must have by the configuration and the labels. */
  private Map<String, Shape> shapes(String file) {
    return file.equals(CLASSIFIER)
        ? TaxonClassifier.shapes(config, taxonomy)
        : Explainer.shapes(config, taxonomy.size());
  }

  private InvalidCheckpointException invalid(String file, String why, Exception cause) {
    return new InvalidCheckpointException(origin + ": " + file + ": " + why, cause);
  }

  @Override
  public String toString() {
    return origin + " (" + id.substring(0, 12) + ")";
  }

  /** What {@code config.json} holds. */
  private record Settings(
      @JsonProperty("format_version") int format,
      @JsonProperty("tokenizer") String tokenizer,
      @JsonUnwrapped ModelConfig config,
      @JsonUnwrapped Decision decision) {}

  /**
   * Writes a checkpoint into a directory, each file by an atomic rename and the digests last, so
   * that a directory with digests is whole.
   *
   * @param metrics what was measured
   * @return the checkpoint, read back and verified
   */
  public static Checkpoint save(
      Path directory,
      ModelConfig config,
      Decision decision,
      Taxonomy taxonomy,
      Tensors classifier,
      Tensors explainer,
      ObjectNode metrics) {
    return save(
        directory, config, decision, taxonomy, classifier, explainer, metrics, Optional.empty());
  }

  /**
   * The same with a confusion.
   *
   * @param confusion how just this model calls reads of known origin
   */
  public static Checkpoint save(
      Path directory,
      ModelConfig config,
      Decision decision,
      Taxonomy taxonomy,
      Tensors classifier,
      Tensors explainer,
      ObjectNode metrics,
      Optional<CallConfusion> confusion) {
    try {
      Files.createDirectories(directory);
      Map<String, byte[]> files = new LinkedHashMap<>();
      files.put(CONFIG, json(new Settings(FORMAT, TOKENIZER, config, decision)));
      files.put(CLASSIFIER, encode(classifier));
      files.put(EXPLAINER, encode(explainer));
      files.put(LABELS, taxonomy.toTsv().getBytes(StandardCharsets.UTF_8));
      files.put(METRICS, json(metrics));
      confusion.ifPresent(
          each -> files.put(CONFUSION, each.toTsv().getBytes(StandardCharsets.UTF_8)));
      List<String> sums = new ArrayList<>();
      files.forEach((name, content) -> sums.add(Sha256.of(content) + "  " + name + "\n"));
      files.put(DIGESTS, String.join("", sums).getBytes(StandardCharsets.UTF_8));
      write(directory, files);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a checkpoint to " + directory, e);
    }
    return load(directory);
  }

  private static byte[] json(Object value) throws IOException {
    return (JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Tensors as safetensors, copied first: their names serve the script. */
  private static byte[] encode(Tensors tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (NDManager copies = TorchProcess.manager()) {
      NDList list = new NDList();
      tensors
          .byName()
          .forEach(
              (name, tensor) -> {
                NDArray copy =
                    copies.create(tensor.toFloatArray(), new Shape(tensor.getShape().getShape()));
                copy.setName(name);
                list.add(copy);
              });
      list.encode(out, NDList.Encoding.SAFETENSORS);
    }
    return out.toByteArray();
  }

  /**
   * Files that appear together: the digests of an older checkpoint go first, their own come last.
   */
  private static void write(Path directory, Map<String, byte[]> files) throws IOException {
    List<NewFile> written = new ArrayList<>();
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        NewFile next = NewFile.of(directory.resolve(file.getKey()));
        written.add(next);
        next.out().write(file.getValue());
      }
      Files.deleteIfExists(directory.resolve(DIGESTS));
      if (!files.containsKey(CONFUSION)) {
        Files.deleteIfExists(directory.resolve(CONFUSION));
      }
      NewFile.appear(written);
    } finally {
      for (NewFile each : written) {
        each.close();
      }
    }
  }
}
