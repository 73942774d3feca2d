package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Tensor;
import org.teenygrad.data.TextFile;
import org.teenygrad.engine.runtime.RegularFile;

/// Small files that ask for much, and paths that are no files: each is one sentence.
class HostileFilesTest {
  @TempDir Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private Path torch(TorchBytes pickle) throws IOException {
    return write("m.pt", TorchBytes.file(pickle.stop(), Map.of("0", TorchFileTest.SIX)));
  }

  private static void assertRefused(Path file, String why) {
    FileException refusal = catchThrowableOfType(FileException.class, () -> TensorFile.open(file).close());
    assertThat(refusal).hasMessageContaining(String.valueOf(file.getFileName())).hasMessageContaining(why);
    assertThat(String.valueOf(refusal.getMessage())).hasSizeLessThan(1000).doesNotContainPattern("\\p{Cntrl}");
  }

  /// `_rebuild_tensor_v3(storage, 0, (6,), (1,), False, OrderedDict(), type)`, whose type `type` pushes.
  private static TorchBytes tensorOfType(TorchBytes pickle, Runnable type) {
    pickle.global("torch._utils", "_rebuild_tensor_v3").op('(');
    pickle.op('(').string("storage").global("torch", "FloatStorage").string("0").string("cpu").number(6).op('t', 'Q');
    pickle.number(0).numbers(6).numbers(1).op(0x89).global("collections", "OrderedDict").op(')', 'R');
    type.run();
    return pickle.op('t', 'R');
  }

  @Test
  void aTypeOfTuplesOfTheSameTuplesIsNoType() throws IOException {
    TorchBytes shared = TorchBytes.pickle();
    assertRefused(torch(tensorOfType(shared, () -> {
      shared.number(1);
      for (int i = 0; i < 60; i++) {
        shared.op('q', i, 'h', i, 0x86); // a tuple of two of the one before: 2^60 numbers as text
      }
    })), "a tensor without a type");
    TorchBytes loop = TorchBytes.pickle();
    assertRefused(torch(tensorOfType(loop, () -> loop.op(']', 'q', 0, 'h', 0, 0x85, 'a', 'h', 0, 0x85))),
        "a tensor without a type");
  }

  @Test
  void textsAreNotMadeBytesAgainAndAgain() throws IOException {
    TorchBytes pickle = TorchBytes.pickle().global("_codecs", "encode").op('q', 0, '0');
    pickle.string("x".repeat(1 << 20)).string("latin1").op(0x86, 'q', 1, '0', ']');
    for (int i = 0; i < 3000; i++) {
      pickle.op('h', 0, 'h', 1, 'R', 'a'); // a mebibyte in six bytes
    }
    assertRefused(torch(pickle), "bytes of memory");
  }

  @Test
  void dictsAreNotMadeOfTheSameListAgainAndAgain() throws IOException {
    TorchBytes pickle = TorchBytes.pickle().global("collections", "OrderedDict").op('q', 0, '0', ']', '(');
    for (int i = 0; i < 10_000; i++) {
      pickle.number(i).number(i).op(0x86);
    }
    pickle.op('e', 0x85, 'q', 1, '0', ']');
    for (int i = 0; i < 3000; i++) {
      pickle.op('h', 0, 'h', 1, 'R', 'a');
    }
    assertRefused(torch(pickle), "bytes of memory");
  }

  /// Texts and numbers of one hash have no order among each other: Java's maps would compare each with all.
  @Test
  void manyKeysOfOneHashAreRead() throws IOException {
    int hash = colliding(0).hashCode();
    TorchBytes pickle = TorchBytes.pickle().op('}', '(');
    for (int i = 0; i < 1 << 15; i++) {
      pickle.string(colliding(i)).number(i);
      pickle.number((long) i << 32 | (hash ^ i) & 0xFFFF_FFFFL).number(i);
    }
    try (TensorFile file = TensorFile.open(torch(pickle.op('u')))) {
      assertThat(file.metadata()).hasSize(1 << 16).containsEntry(colliding(12345), 12345L);
    }
  }

  /// Texts of one hash: `Aa` and `BB` have the same.
  private static String colliding(int i) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 16; bit++) {
      text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }

  @Test
  void namesAreNotMadeLongerThanTheFileCanSay() throws IOException {
    TorchBytes pickle = TorchBytes.pickle().number(1);
    for (int i = 0; i < 12; i++) {
      pickle.op('q', i, '0', '}', '(');
      for (int key = 0; key < 4; key++) {
        pickle.string((char) ('a' + key) + "k".repeat(200)).op('h', i);
      }
      pickle.op('u');
    }
    assertRefused(torch(pickle), "its values are too many");
  }

  @Test
  void aPickleIsNotPackedToNearlyNothing() throws IOException {
    TorchBytes pickle = TorchBytes.pickle().op(']', '(');
    for (int i = 0; i < 1_000_000; i++) {
      pickle.op('N');
    }
    byte[] packed = TorchBytes.file(pickle.op('e').stop(), Map.of(), true, "little");
    assertThat(packed).hasSizeLessThan(10_000);
    assertRefused(write("m.pt", packed), "its data.pkl has");
  }

  @Test
  void aTensorsOtherSignIsKept() throws IOException {
    assertThat(State.loadTensor(torch(withMetadata("neg", 0x88))).toFloatArray()).containsExactly(-0f, -1, -2, -3, -4, -5);
    assertThat(State.loadTensor(torch(withMetadata("neg", 0x89))).toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
    assertRefused(torch(withMetadata("conj", 0x88)), "the metadata conj");
    assertRefused(torch(withMetadata("other", 0x88)), "the metadata other");
  }

  static TorchBytes withMetadata(String name, int truth) {
    TorchBytes pickle = TorchBytes.pickle().global("torch._utils", "_rebuild_tensor_v2").op('(');
    pickle.op('(').string("storage").global("torch", "FloatStorage").string("0").string("cpu").number(6).op('t', 'Q');
    pickle.number(0).numbers(6).numbers(1).op(0x89).global("collections", "OrderedDict").op(')', 'R');
    return pickle.op('}').string(name).op(truth, 's', 't', 'R');
  }

  @Test
  void packedPartsMayBeManyAndEmpty() throws IOException {
    byte[] empty = Samples.gzip(new byte[0]);
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      parts.write(empty);
    }
    parts.write(Samples.gzip("1,2\n".getBytes(StandardCharsets.UTF_8)));
    parts.write(Samples.gzip("3,4\n".getBytes(StandardCharsets.UTF_8)));
    parts.write(new byte[512]);
    Path file = write("t.csv.gz", parts.toByteArray());
    assertThat(State.loadTensor(file).toDoubleArray()).containsExactly(1, 2, 3, 4);
    parts.write('x');
    assertRefused(write("t.csv.gz", parts.toByteArray()), "goes on with something that is not gzip's");
  }

  @Test
  void rowsAreNotPackedToNearlyNothing() throws IOException {
    byte[] rows = new byte[64 << 20];
    Arrays.fill(rows, (byte) '1');
    for (int i = 1; i < rows.length; i += 2) {
      rows[i] = '\n';
    }
    assertRefused(write("t.csv.gz", Samples.gzip(rows)), "bytes of text are packed");
  }

  @Test
  void shapesHaveSixtyFourAxesAtMost() throws IOException {
    String ones = "1,".repeat(64) + "1";
    byte[] one = {7};
    assertRefused(write("m.safetensors", Samples.safetensors(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + ones + "],\"data_offsets\":[0,1]}}", one)), "64");
    assertRefused(write("m.npy", Bytes.npy("|u1", false, "(" + ones + ")", one)), "64");
    Bytes idx = Bytes.bigEndian().u8(0, 0, 8, 65);
    for (int i = 0; i < 65; i++) {
      idx.i32(1);
    }
    assertRefused(write("m-idx65-ubyte", idx.u8(7).toArray()), "64");
    assertThat(State.loadTensor(write("m.npy", Bytes.npy("|u1", false, "(" + ones.substring(2) + ")", one))).rank())
        .isEqualTo(64);
  }

  @Test
  void noFileHasTwoHundredThousandTensors() throws IOException {
    int tensors = 200_000;
    String header = IntStream.range(0, tensors)
        .mapToObj(i -> "\"" + i + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}")
        .collect(Collectors.joining(",", "{", "}"));
    assertRefused(write("m.safetensors", Samples.safetensors(header, new byte[0])), "more than 100000 tensors");
    Bytes gguf = GgufFileTest.header(3, tensors, 0);
    TorchBytes pickle = TorchBytes.pickle().tensor("FloatStorage", "0", 6, 0, new long[] {0}, new long[] {1})
        .op('q', 0, '0', ']', '(');
    for (int i = 0; i < tensors; i++) {
      gguf.i64(1).u8('a').i32(0).i32(0).i64(0);
      pickle.op('h', 0);
    }
    assertRefused(write("m.gguf", gguf.toArray()), "more than 100000 tensors");
    assertRefused(torch(pickle.op('e')), "more than 100000 tensors");
  }

  @ParameterizedTest
  @ValueSource(ints = {123, 379, 35615, 524_288 + 0x4B50})
  void theNameDecidesBeforeTheFirstBytesDo(int headerBytes) throws IOException {
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}";
    byte[] file = Samples.safetensors(header + " ".repeat(headerBytes - header.length()), new byte[] {5});
    assertThat(State.loadTensor(write("m.safetensors", file)).item()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(2,,)", "(,)", "(2,,2)", "(,4)"})
  void commasStandBetweenSizes(String shape) throws IOException {
    assertRefused(write("m.npy", Bytes.npy("|u1", false, shape, new byte[4])), "its shape has the size ''");
  }

  @Test
  void aTextIsSaidToBeOne() throws IOException {
    Path text = write("input.txt", "First Citizen:\nBefore we proceed, hear me.\n".getBytes(StandardCharsets.UTF_8));
    assertRefused(text, "is not a tensor file: it is a text, which TextFile.read reads");
    assertRefused(write("line.txt", "alone\n".getBytes(StandardCharsets.UTF_8)), "no rows");
    assertRefused(write("t.csv", "a,b\n".getBytes(StandardCharsets.UTF_8)), "no rows");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void pipesAndDevicesAreNoFiles() throws IOException, InterruptedException {
    Path pipe = folder.resolve("m.safetensors");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path zero = Files.createSymbolicLink(folder.resolve("zero.safetensors"), Path.of("/dev/zero"));
    for (Path path : new Path[] {pipe, zero}) {
      assertRefused(path, "device or a pipe");
      assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(FileException.class);
      assertThatThrownBy(() -> TextFile.read(path)).isInstanceOf(FileException.class).hasMessageContaining("device or a pipe");
      assertThatThrownBy(() -> CsvTable.read(path)).isInstanceOf(FileException.class);
      assertThatThrownBy(() -> RegularFile.read(path, 10)).isInstanceOf(IOException.class);
    }
    Path large = write("large", new byte[11]);
    assertThatThrownBy(() -> RegularFile.read(large, 10)).isInstanceOf(IOException.class).hasMessageContaining("11 bytes");
  }

  @Test
  void pathsCannotSteerATerminalEither() throws IOException {
    Path below = folder.resolve("\u001b[31m" + "x".repeat(200));
    for (int i = 0; i < 5; i++) {
      below = below.resolve("y".repeat(200));
    }
    Path missing = below.resolve("m.npy");
    assertThatThrownBy(() -> TensorFile.open(missing)).isInstanceOf(FileException.class)
        .hasMessageContaining("m.npy: no such file").message().hasSizeLessThan(500).doesNotContain("\u001b");
  }

  @Test
  void closingTwiceIsFineAndReadingAfterItNamesTheFile() throws IOException {
    Path path = folder.resolve("m.safetensors");
    State.save(path, Map.of("a", Tensor.of(1f), "b", Tensor.of(2f)));
    SafetensorsFile stored = SafetensorsFile.open(path);
    stored.close();
    stored.close();
    assertThatThrownBy(() -> stored.tensor("a")).isInstanceOf(FileException.class)
        .hasMessageContaining("m.safetensors: it is closed");
    TensorFile file = TensorFile.open(path);
    Tensor read = file.tensor("a");
    file.close();
    file.close();
    assertThat(file.tensor("a")).isSameAs(read);
    assertThatThrownBy(() -> file.tensor("b")).isInstanceOf(FileException.class)
        .hasMessageContaining("m.safetensors: it is closed");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, (1 << 20) - 5})
  void aFileThatBecomesShorterIsSaid(long length) throws IOException {
    Path path = folder.resolve("m.safetensors");
    State.save(path, Map.of("a", Tensor.zeros(1 << 18)));
    try (TensorFile file = TensorFile.open(path)) {
      truncate(path, length);
      assertThatThrownBy(() -> file.tensor("a")).isInstanceOf(FileException.class)
          .hasMessageContaining("m.safetensors has become shorter");
    }
  }

  private static void truncate(Path path, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  @Test
  void anEntryOfAnArchiveThatBecomesShorterIsSaid() throws IOException {
    byte[] noise = new byte[1 << 20]; // which is as long when it is packed
    new Random(1).nextBytes(noise);
    byte[] array = Bytes.npy("|u1", false, "(" + noise.length + ",)", noise);
    for (boolean deflated : new boolean[] {false, true}) {
      Path path = write("m.npz", Bytes.zip(deflated, Map.of("a.npy", array)));
      try (TensorFile file = TensorFile.open(path)) {
        truncate(path, 100_000);
        assertThatThrownBy(() -> file.tensor("a")).isInstanceOf(FileException.class)
            .hasMessageContaining("m.npz has become shorter");
      }
    }
  }
}
