package io.readlens.model.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two tensors: w, two by two, and b of two; twenty-four bytes of numbers. */
class SafetensorsTest {
  private static final String W = "'w':{'dtype':'F32','shape':[2,2],'data_offsets':[0,16]}";
  private static final String B = "'b':{'dtype':'F32','shape':[2],'data_offsets':[16,24]}";
  private static final float[] NUMBERS = {1, 2, 3, 4, 5, 6};

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{" + W + "," + B + "}",
        "{" + B + "," + W + "}   ",
        "{'__metadata__':{'format':'pt'}," + W + "," + B + "}"
      })
  void shouldReadWhatIsExpected(String header) {
    try (NDManager manager = NDManager.newBaseManager()) {
      // When
      Map<String, NDArray> tensors = Safetensors.of(file(header, NUMBERS), expected()).on(manager);

      // Then
      assertThat(tensors.get("w").getShape()).isEqualTo(new Shape(2, 2));
      assertThat(tensors.get("w").toFloatArray()).containsExactly(1, 2, 3, 4);
      assertThat(tensors.get("b").toFloatArray()).containsExactly(5, 6);
    }
  }

  /** Each would crash, exhaust or mislead an engine that believes it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'F32','shape':[2]|'BF16','shape':[2]|tensor b is BF16, only F32 is read",
        "'F32','shape':[2]|'F64','shape':[2]|tensor b is F64",
        "'F32','shape':[2]|'I64','shape':[2]|tensor b is I64",
        "'F32','shape':[2]|'F8_E4M3','shape':[2]|tensor b is F8_E4M3",
        "'F32','shape':[2]|[],'shape':[2]|tensor b is",
        "'dtype':'F32','shape':[2],|'shape':[2],|tensor b is missing",
        "[2,2]|[4]|tensor w is (4), not (2, 2)",
        "[2,2]|[2,2,1]|tensor w is",
        "[2,2]|[-2,-2]|tensor w has no sound shape",
        "[2,2]|[2.0,2]|tensor w has no sound shape",
        "[2,2]|['2',2]|tensor w has no sound shape",
        "[2,2]|[4294967298,2]|tensor w has no sound shape",
        "[2,2]|[9223372036854775807,9223372036854775807]|tensor w has no sound shape",
        "[2,2]|{}|tensor w has no sound shape",
        "[2,2]|[]|tensor w is",
        "[16,24]|[12,20]|tensor b lies at bytes",
        "[16,24]|[20,28]|tensor b lies at bytes",
        "[16,24]|[16,28]|tensor b of 8 bytes has the data_offsets [16, 28]",
        "[16,24]|[24,16]|tensor b of 8 bytes",
        "[16,24]|[-8,0]|tensor b has no sound shape",
        "[16,24]|[0,8]|tensor b lies at bytes",
        "[16,24]|[1000000000,1000000008]|tensor b lies at bytes",
        "[16,24]|[16]|tensor b of 8 bytes",
        "[16,24]|null|tensor b has no sound shape",
        "'b'|'c'|it has a tensor that does not belong there: c",
        "'b':{|'x':1,'b':{|it has a tensor that does not belong there: x",
        "'b':{|'w':{},'b':{|its header is no JSON: Duplicate field 'w'",
        "}|}}|its header is no JSON",
        "'F32'|'F32|its header is no JSON",
      })
  void shouldRefuse(String from, String to, String why) {
    // Given
    String header =
        ("{" + W + "," + B + "}").replaceFirst("\\Q" + from + "\\E(?!.*\\Q" + from + "\\E)", to);

    // When / Then
    assertThatThrownBy(() -> Safetensors.of(file(header, NUMBERS), expected()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void shouldRefuseATensorThatIsMissing() {
    assertThatThrownBy(() -> Safetensors.of(file("{" + W + "}", 1, 2, 3, 4), expected()))
        .hasMessageContaining("it has no tensor b (2)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "1", "''"})
  void shouldRefuseAHeaderThatIsNoObject(String header) {
    assertThatThrownBy(() -> Safetensors.of(file(header + "    ", NUMBERS), expected()))
        .hasMessageContaining("its header is no JSON object");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldRefuseNumbersThatAreNotFinite(float number) {
    assertThatThrownBy(
            () -> Safetensors.of(file("{" + W + "," + B + "}", 1, 2, 3, 4, 5, number), expected()))
        .hasMessage("tensor b is not finite: number 1 of it is " + number);
  }

  @Test
  void shouldRefuseBytesThatBelongToNoTensor() {
    assertThatThrownBy(
            () -> Safetensors.of(file("{" + W + "," + B + "}", 1, 2, 3, 4, 5, 6, 7), expected()))
        .hasMessageContaining("4 bytes of it, from byte")
        .hasMessageContaining("belong to no tensor");
  }

  @Test
  void shouldRefuseAGapBetweenTensors() {
    assertThatThrownBy(
            () ->
                Safetensors.of(
                    file(
                        "{" + W + "," + B.replace("[16,24]", "[20,28]") + "}", 1, 2, 3, 4, 9, 5, 6),
                    expected()))
        .hasMessageContaining("tensor b lies at bytes");
  }

  @Test
  void shouldRefuseAFileThatEndsTooSoon() {
    assertThatThrownBy(
            () -> Safetensors.of(file("{" + W + "," + B + "}", 1, 2, 3, 4, 5), expected()))
        .hasMessageContaining("tensor b lies at bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_000, 1L << 31, 1L << 62, -1, Long.MIN_VALUE})
  void shouldRefuseALengthOfTheHeaderThatCannotBe(long length) {
    // Given
    byte[] file = file("{" + W + "," + B + "}", NUMBERS);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);

    // When / Then
    assertThatThrownBy(() -> Safetensors.of(file, expected()))
        .hasMessageStartingWith(
            "it is no safetensors file: a header of " + Long.toUnsignedString(length));
  }

  @Test
  void shouldRefuseAHugeHeaderAndADeepOne() {
    // Given
    byte[] huge = file(" ".repeat(Safetensors.MOST_HEADER + 1), NUMBERS);
    byte[] deep = file("{'__metadata__':" + "[".repeat(100_000) + "]".repeat(100_000) + "}");

    // When / Then
    assertThatThrownBy(() -> Safetensors.of(huge, expected()))
        .hasMessageContaining("at most " + Safetensors.MOST_HEADER + " are possible");
    assertThatThrownBy(() -> Safetensors.of(deep, expected()))
        .hasMessageContaining("its header is no JSON");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8})
  void shouldRefuseAFileOfAFewBytes(int bytes) {
    assertThatThrownBy(() -> Safetensors.of(new byte[bytes], expected()))
        .hasMessageContaining("it is no safetensors file");
  }

  private static Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    expected.put("w", new Shape(2, 2));
    expected.put("b", new Shape(2));
    return expected;
  }

  /** A file of a header, whose quotes are single ones here. */
  private static byte[] file(String header, float... numbers) {
    byte[] json = header.replace('\'', '"').getBytes(UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + json.length + numbers.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json);
    for (float number : numbers) {
      file.putFloat(number);
    }
    return file.array();
  }
}
