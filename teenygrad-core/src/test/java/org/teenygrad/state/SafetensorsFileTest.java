package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.state.SafetensorsFile.Entry;

class SafetensorsFileTest {

  @TempDir Path folder;

  @Test
  void writesAndReadsBackTensorsAndMetadata() {
    var path = folder.resolve("model.safetensors");
    var tensors = new LinkedHashMap<String, Entry>();
    tensors.put("flags", entry("BOOL", new byte[] {1, 0, 1}, 3));
    tensors.put("weight", entry("F32", bytesOf(1.5f, -2f, 3f, 4f, 5f, 6f), 2, 3));
    tensors.put("scalar", entry("F32", bytesOf(0.25f)));
    tensors.put("empty", entry("F64", new byte[0], 0, 7));
    tensors.put("é \"quoted\"\n", entry("I64", new byte[8], 1));

    SafetensorsFile.write(path, tensors, Map.of("iteration", "12"));

    try (var file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of("iteration", "12"));
      assertThat(file.entries().keySet())
          .containsExactly("empty", "é \"quoted\"\n", "weight", "scalar", "flags");
      tensors.forEach(
          (name, written) -> {
            var read = file.entry(name);
            assertThat(read.dtype()).isEqualTo(written.dtype());
            assertThat(read.shape()).isEqualTo(written.shape());
            assertThat(read.bytes().mismatch(written.bytes())).isEqualTo(-1);
          });
      assertThat(file.entry("weight").bytes().get(ValueLayout.JAVA_FLOAT, 4)).isEqualTo(-2);
    }
  }

  @Test
  void entriesDieWithTheFile() {
    var path = folder.resolve("model.safetensors");
    SafetensorsFile.write(path, Map.of("x", entry("U8", new byte[1], 1)), Map.of());
    Entry x;
    try (var file = SafetensorsFile.open(path)) {
      x = file.entry("x");
    }
    assertThatThrownBy(() -> x.bytes().get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writesSegmentsLargerThanOneChunk() {
    var path = folder.resolve("model.safetensors");
    try (var arena = Arena.ofConfined()) {
      var bytes = arena.allocate((20 << 20) + 3);
      bytes.set(ValueLayout.JAVA_BYTE, bytes.byteSize() - 1, (byte) 42);
      var shape = List.of(bytes.byteSize());
      SafetensorsFile.write(path, Map.of("big", new Entry("I8", shape, bytes)), Map.of());
      try (var file = SafetensorsFile.open(path)) {
        assertThat(file.entry("big").bytes().mismatch(bytes)).isEqualTo(-1);
      }
    }
  }

  @Test
  void readsTensorsBeyondTwoGibibytes() throws IOException {
    long elements = 3L << 30;
    var path = folder.resolve("large.safetensors");
    var header =
        String.format(Locale.ROOT, "{\"big\":{\"dtype\":\"I8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}",
            elements, elements);
    Files.write(path, file(header, 0));
    try (var sparse = new RandomAccessFile(path.toFile(), "rw")) {
      sparse.seek(sparse.length() + elements - 1);
      sparse.write(42);
    }
    try (var file = SafetensorsFile.open(path)) {
      var big = file.entry("big").bytes();
      assertThat(big.get(ValueLayout.JAVA_BYTE, elements - 1)).isEqualTo((byte) 42);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "\t\n {} \r\n",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"note\":{\"x\":[1]}}}",
        "{\"a\":{\"data_offsets\":[0,0],\"shape\":[5,0,7],\"dtype\":\"F8_E4M3\"}}",
        "{\"__metadata__\":{}}"
      })
  void acceptsUnusualButValidHeaders(String header) throws IOException {
    var path = folder.resolve("odd.safetensors");
    Files.write(path, file(header, 0));
    SafetensorsFile.open(path).close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a should be an object  | {"a":3}                                                        | should be a JSON object
          array                  | []                                                             | not a JSON object
          empty header           | ``                                                             | not a JSON object
          byte order mark        | \uFEFF{}                                                       | not a JSON object
          cut off                | {                                                              | ends too early
          trailing comma         | {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},}         | not valid JSON
          text after it          | {} {}                                                          | goes on
          tensor twice           | {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{}}   | Duplicate field 'a'
          no dtype               | {"a":{"shape":[4],"data_offsets":[0,4]}}                       | lacks its dtype
          unknown dtype          | {"a":{"dtype":"Q7","shape":[4],"data_offsets":[0,4]}}          | unknown dtype 'Q7'
          negative size          | {"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}         | negative
          fractional size        | {"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}        | whole number
          size beyond 64 bits    | {"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,4]}} | overflows
          product beyond 64 bits | {"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | overflows
          part of a byte         | {"a":{"dtype":"F4","shape":[7],"data_offsets":[0,4]}}          | partly used
          three offsets          | {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,2,4]}}        | 3 data_offsets
          shape and offsets      | {"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}         | takes 16 bytes
          end before begin       | {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,-4]}}         | negative
          hole at the start      | {"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}          | should begin at 0
          hole between           | {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | should begin at 1
          overlap                | {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | should begin at 3
          bytes left over        | {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}          | 4 bytes follow
          bytes missing          | {"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}          | 4 bytes follow
          metadata no object     | {"__metadata__":"x"}                                           | should be a JSON object
          metadata no string     | {"__metadata__":{"n":3}}                                       | should be a string
          half a surrogate pair  | {"\\ud800":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}    | surrogate
          """)
  void refusesMalformedHeaders(String what, String header, String reason) throws IOException {
    var path = folder.resolve("bad.safetensors");
    Files.write(path, file(header, 4));
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .as(what)
        .isInstanceOf(FileException.class)
        .hasMessageStartingWith(path + " is not a safetensors file: ")
        .hasMessageContaining(reason);
  }

  @Test
  void refusesDeepNesting() throws IOException {
    var path = folder.resolve("deep.safetensors");
    Files.write(path, file("{\"a\":{\"x\":" + "[".repeat(100_000), 0));
    assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(FileException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 1000, does not fit a file of 8",
    "8, 100000001, more than 100000000",
    "8, -1, 18446744073709551615 bytes",
    "7, 0, has only 7 bytes",
    "0, 0, has only 0 bytes"
  })
  void refusesImpossibleHeaderLengths(int fileBytes, long headerBytes, String reason)
      throws IOException {
    var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, headerBytes);
    var path = folder.resolve("bad.safetensors");
    Files.write(path, Arrays.copyOf(bytes.array(), fileBytes));
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(FileException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesHeadersThatAreNotUtf8() throws IOException {
    var path = folder.resolve("bad.safetensors");
    Files.write(path, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, (byte) 0xFF});
    assertThatThrownBy(() -> SafetensorsFile.open(path)).hasMessageContaining("UTF-8");
  }

  @Test
  void namesMissingFiles() {
    var path = folder.resolve("none.safetensors");
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(FileException.class)
        .hasMessage("cannot read " + path + ": no such file or directory");
  }

  @Test
  void namesMissingTensors() throws IOException {
    var path = folder.resolve("model.safetensors");
    Files.write(path, file("{}", 0));
    try (var file = SafetensorsFile.open(path)) {
      assertThatThrownBy(() -> file.entry("wte.weight"))
          .hasMessage(path + " does not have a tensor 'wte.weight'");
    }
  }

  @Test
  void tellsTheTypeAndShapeOfTensors() {
    for (var dtype : DType.values()) {
      var entry = Entry.of(dtype, Shape.of(2, 0), MemorySegment.ofArray(new byte[0]));
      assertThat(entry.tensorType()).isEqualTo(dtype);
      assertThat(entry.tensorShape()).isEqualTo(Shape.of(2, 0));
    }
    var foreign = entry("F8_E8M0", new byte[0], 0, 1L << 31);
    assertThatThrownBy(foreign::tensorType)
        .hasMessage("there are no tensors of dtype F8_E8M0, only files of them");
    assertThatThrownBy(foreign::tensorShape)
        .hasMessage("no tensor has the shape [0, 2147483648]");
  }

  @Test
  void refusesToWriteWhatItCouldNotRead() {
    var path = folder.resolve("model.safetensors");
    assertRefused(path, "x", entry("F32", new byte[7], 2), "tensor 'x' is F32[2], but has 7 bytes");
    assertRefused(path, "x", entry("F32", new byte[4], -1, -1), "negative");
    assertRefused(path, "x", entry("float", new byte[4], 1), "unknown dtype 'float'");
    assertRefused(path, "x", entry("U8", new byte[1], LongStream.generate(() -> 1).limit(65).toArray()), "65 axes");
    assertRefused(path, "__metadata__", entry("U8", new byte[1], 1), "__metadata__");
    assertRefused(path, "\ud800", entry("U8", new byte[1], 1), "surrogate");
    assertThat(folder).isEmptyDirectory();
  }

  private static void assertRefused(Path path, String name, Entry entry, String reason) {
    assertThatThrownBy(() -> SafetensorsFile.write(path, Map.of(name, entry), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static Entry entry(String dtype, byte[] bytes, long... shape) {
    return new Entry(dtype, LongStream.of(shape).boxed().toList(), MemorySegment.ofArray(bytes));
  }

  private static byte[] bytesOf(float... values) {
    var bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] file(String header, int dataBytes) {
    var json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }
}
