package io.readlens.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.readlens.model.process.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A file of float32 tensors in the safetensors format: eight bytes that say how long the header is,
 * little-endian; the header, a JSON object of each tensor's type, shape and place; the numbers.
 *
 * <p>Everything is checked here, before the engine sees a byte of it: an engine that meets a type
 * which it does not know ends the process. The tensors must be those expected, lie one behind the
 * other without gap or overlap up to the end of the file, and be finite.
 *
 * <p>Threading: immutable, but for the file's bytes, which nobody may change.
 */
public final class Safetensors {
  /** Bytes of the longest header that is read. */
  static final int MOST_HEADER = 1 << 20;

  private static final int LENGTH = Long.BYTES;
  private static final String METADATA = "__metadata__";
  private static final String TYPE = "F32";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final byte[] file;
  private final Map<String, Place> places;

  /**
   * Where a tensor lies.
   *
   * @param start its first byte in the file, from 0
   * @param end the byte behind its last
   */
  private record Place(String name, Shape shape, long start, long end) {}

  private Safetensors(byte[] file, Map<String, Place> places) {
    this.file = file;
    this.places = places;
  }

  /**
   * Reads and checks a file.
   *
   * @param expected every tensor's name and shape
   * @throws IllegalArgumentException if it is no such file, saying which tensor is at fault
   */
  public static Safetensors of(byte[] file, Map<String, Shape> expected) {
    int header = headerLength(file);
    JsonNode entries = header(file, header);
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      if (!entry.getKey().equals(METADATA) && !expected.containsKey(entry.getKey())) {
        throw new IllegalArgumentException(
            "it has a tensor that does not belong there: " + entry.getKey());
      }
    }
    Map<String, Place> places = new LinkedHashMap<>();
    expected.forEach(
        (name, shape) ->
            places.put(name, place(name, shape, entries.path(name), (long) LENGTH + header)));
    requireSideBySide(places, (long) LENGTH + header, file.length);
    Safetensors tensors = new Safetensors(file, places);
    places.values().forEach(tensors::requireFinite);
    return tensors;
  }

  /**
   * Reads and checks a file on disk.
   *
   * @throws IOException as {@link #of} throws, naming the file
   */
  public static Safetensors read(Path file, Map<String, Shape> expected) throws IOException {
    try {
      return of(InputFile.read(file, it -> readAtMost(mostBytes(expected), it)), expected);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] readAtMost(long most, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Checkpoint.readAtMost(most, in, Files.size(file));
    }
  }

  /** Bytes of the largest file of such tensors. */
  static long mostBytes(Map<String, Shape> expected) {
    return LENGTH + MOST_HEADER + bytes(expected);
  }

  private static long bytes(Map<String, Shape> shapes) {
    return shapes.values().stream().mapToLong(Safetensors::bytes).reduce(0, Math::addExact);
  }

  private static long bytes(Shape shape) {
    return Arrays.stream(shape.getShape()).reduce(Float.BYTES, Math::multiplyExact);
  }

  private static int headerLength(byte[] file) {
    if (file.length < LENGTH) {
      throw new IllegalArgumentException("it is no safetensors file: " + file.length + " bytes");
    }
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int most = Math.min(MOST_HEADER, file.length - LENGTH);
    if (length < 2 || length > most) {
      throw new IllegalArgumentException(
          "it is no safetensors file: a header of %s bytes, at most %d are possible"
              .formatted(Long.toUnsignedString(length), most));
    }
    return (int) length;
  }

  private static JsonNode header(byte[] file, int length) {
    try {
      JsonNode header = JSON.readTree(file, LENGTH, length);
      if (!header.isObject()) {
        throw new IllegalArgumentException("its header is no JSON object");
      }
      return header;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("its header is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Place place(String name, Shape shape, JsonNode entry, long numbers) {
    if (entry.isMissingNode()) {
      throw new IllegalArgumentException("it has no tensor " + name + " " + shape);
    }
    String type = entry.path("dtype").asText("missing");
    if (!type.equals(TYPE)) {
      throw new IllegalArgumentException(
          "tensor " + name + " is " + type + ", only " + TYPE + " is read");
    }
    long[] sizes = numbers(name, entry.path("shape"));
    if (!Arrays.equals(sizes, shape.getShape())) {
      throw new IllegalArgumentException(
          "tensor " + name + " is " + new Shape(sizes) + ", not " + shape);
    }
    long[] offsets = numbers(name, entry.path("data_offsets"));
    if (offsets.length != 2 || offsets[1] - offsets[0] != bytes(shape)) {
      throw new IllegalArgumentException(
          "tensor %s of %d bytes has the data_offsets %s"
              .formatted(name, bytes(shape), Arrays.toString(offsets)));
    }
    return new Place(name, shape, numbers + offsets[0], numbers + offsets[1]);
  }

  /** What an array of the header says: no size or place is larger than fits into an int. */
  private static long[] numbers(String name, JsonNode array) {
    boolean sound =
        array.isArray()
            && array.size() <= 8
            && StreamSupport.stream(array.spliterator(), false)
                .allMatch(each -> each.canConvertToInt() && each.isInt() && each.intValue() >= 0);
    if (!sound) {
      throw new IllegalArgumentException("tensor " + name + " has no sound shape and data_offsets");
    }
    return StreamSupport.stream(array.spliterator(), false).mapToLong(JsonNode::intValue).toArray();
  }

  private static void requireSideBySide(Map<String, Place> places, long start, long end) {
    long at = start;
    List<Place> ordered =
        places.values().stream().sorted(Comparator.comparingLong(Place::start)).toList();
    for (Place place : ordered) {
      if (place.start != at || place.end > end) {
        throw new IllegalArgumentException(
            "tensor %s lies at bytes [%d,%d) of %d, after a tensor that ends at %d"
                .formatted(place.name, place.start, place.end, end, at));
      }
      at = place.end;
    }
    if (at != end) {
      throw new IllegalArgumentException(
          (end - at) + " bytes of it, from byte " + at + ", belong to no tensor");
    }
  }

  private void requireFinite(Place place) {
    FloatBuffer numbers = numbers(place);
    for (int i = 0; numbers.hasRemaining(); i++) {
      float number = numbers.get();
      if (!Float.isFinite(number)) {
        throw new IllegalArgumentException(
            "tensor " + place.name + " is not finite: number " + i + " of it is " + number);
      }
    }
  }

  private FloatBuffer numbers(Place place) {
    return ByteBuffer.wrap(file, (int) place.start, (int) (place.end - place.start))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }

  /** All tensors by name, copied to a manager's device. */
  public Map<String, NDArray> on(NDManager manager) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    for (Place place : places.values()) {
      NDArray tensor = manager.create(numbers(place), place.shape, DataType.FLOAT32);
      tensor.setName(place.name);
      tensors.put(place.name, tensor);
    }
    return tensors;
  }
}
