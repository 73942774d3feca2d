package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class TorchFileTest {
  static final byte[] SIX = Bytes.littleEndian().f32(0, 1, 2, 3, 4, 5).toArray();

  @TempDir Path folder;

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.pt"), bytes);
  }

  private static long[] of(long... numbers) {
    return numbers;
  }

  private static TorchBytes view(TorchBytes pickle, String name, long offset, long[] size, long[] stride) {
    return pickle.string(name).tensor("FloatStorage", "0", 6, offset, size, stride);
  }

  /// `{'w': view, 'nested': {'list': [7, 'seven', 2.5, None, True]}}`, with views of one storage of six.
  static byte[] pickle() {
    TorchBytes pickle = TorchBytes.pickle().op('}', '(');
    view(pickle, "whole", 0, of(2, 3), of(3, 1));
    view(pickle, "same", 0, of(2, 3), of(3, 1));
    view(pickle, "transposed", 0, of(3, 2), of(1, 3));
    view(pickle, "column", 1, of(2), of(3));
    view(pickle, "row", 3, of(3), of(1));
    view(pickle, "broadcast", 2, of(2, 2), of(0, 1));
    view(pickle, "windows", 0, of(5, 2), of(1, 1));
    view(pickle, "scalar", 5, of(), of());
    view(pickle, "empty", 6, of(0, 4), of(4, 1));
    pickle.string("nested").op('}').string("list").op(']', '(').number(7).string("seven");
    pickle.op('G').op(0x40, 0x04, 0, 0, 0, 0, 0, 0).op('N', 0x88, 'e', 's');
    return pickle.op('u').stop();
  }

  private static void checkViews(TensorFile file) {
    assertThat(file.format()).isEqualTo(TensorFile.Format.TORCH);
    assertThat(file.tensor("whole").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(file.tensor("same")).isSameAs(file.tensor("whole"));
    assertThat(file.tensor("transposed").shape()).isEqualTo(Shape.of(3, 2));
    assertThat(file.tensor("transposed").toFloatArray()).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(file.tensor("column").toFloatArray()).containsExactly(1, 4);
    assertThat(file.tensor("row").toFloatArray()).containsExactly(3, 4, 5);
    assertThat(file.tensor("broadcast").toFloatArray()).containsExactly(2, 3, 2, 3);
    assertThat(file.tensor("windows").toFloatArray()).containsExactly(0, 1, 1, 2, 2, 3, 3, 4, 4, 5);
    assertThat(file.tensor("scalar").shape()).isEqualTo(Shape.SCALAR);
    assertThat(file.tensor("scalar").item()).isEqualTo(5);
    assertThat(file.tensor("empty").shape()).isEqualTo(Shape.of(0, 4));
    assertThat(file.metadata()).containsEntry("nested.list.0", 7L).containsEntry("nested.list.1", "seven")
        .containsEntry("nested.list.2", 2.5).containsEntry("nested.list.4", true).hasSize(4);
  }

  @Test
  void readsViewsAndValues() throws IOException {
    try (TensorFile file = TensorFile.open(write(TorchBytes.file(pickle(), Map.of("0", SIX))))) {
      checkViews(file);
    }
    try (TensorFile file = TensorFile.open(write(TorchBytes.file(pickle(), Map.of("0", SIX), true, "little")))) {
      checkViews(file);
    }
  }

  @Test
  void readsTheOldFormat() throws IOException {
    try (TensorFile file = TensorFile.open(write(TorchBytes.legacyFile(pickle(), Map.of("0", SIX))))) {
      checkViews(file);
    }
  }

  @Test
  void readsTheOtherByteOrder() throws IOException {
    byte[] pickle = TorchBytes.pickle().tensor("ShortStorage", "0", 2, 0, of(2), of(1)).stop();
    byte[] data = Bytes.bigEndian().i16(-2).i16(258).toArray();
    Tensor tensor = State.loadTensor(write(TorchBytes.file(pickle, Map.of("0", data), false, "big")));
    assertThat(tensor.dtype()).isEqualTo(DType.INT16);
    assertThat(tensor.toIntArray()).containsExactly(-2, 258);
    Path odd = write(TorchBytes.file(pickle, Map.of("0", data), false, "middle"));
    assertThatThrownBy(() -> TensorFile.open(odd)).isInstanceOf(FileException.class).hasMessageContaining("byte order");
  }

  @Test
  void readsParameters() throws IOException {
    byte[] pickle = TorchBytes.pickle().global("torch._utils", "_rebuild_parameter").op('(')
        .tensor("FloatStorage", "0", 6, 0, of(6), of(1)).op(0x88)
        .global("collections", "OrderedDict").op(')', 'R', 't', 'R').stop();
    assertThat(State.loadTensor(write(TorchBytes.file(pickle, Map.of("0", SIX)))).shape()).isEqualTo(Shape.of(6));
  }

  @ParameterizedTest
  @CsvSource({"os, system", "builtins, eval", "__builtin__, getattr", "torch, load",
    "numpy.core.multiarray, _reconstruct",
    "torch.nn.modules.linear, Linear", "collections, OrderedDict.fromkeys", "torch, QInt8Storage"})
  void refusesEveryOtherNameByIt(String module, String name) throws IOException {
    byte[] pickle = TorchBytes.pickle().global(module, name).string("true").op(0x85, 'R').stop();
    Path file = write(TorchBytes.file(pickle, Map.of()));
    assertThatThrownBy(() -> TensorFile.open(file))
        .isInstanceOf(FileException.class).hasMessageContaining(module + "." + name);
    byte[] onStack = TorchBytes.pickle().string(module).string(name).op(0x93).stop();
    Path other = write(TorchBytes.legacyFile(onStack, Map.of()));
    assertThatThrownBy(() -> TensorFile.open(other))
        .isInstanceOf(FileException.class).hasMessageContaining(module + "." + name);
  }

  @Test
  void refusesInstructionsThatMakeObjects() throws IOException {
    for (int code : new int[] {'i', 'o', 0x81, 0x92, 0x82, 0x8F, 'P', 0x96}) {
      byte[] pickle = TorchBytes.pickle().global("collections", "OrderedDict").op(')', code).stop();
      Path file = write(TorchBytes.file(pickle, Map.of()));
      assertThatThrownBy(() -> TensorFile.open(file))
          .isInstanceOf(FileException.class).hasMessageContaining("not data");
    }
  }

  @Test
  void refusesViewsOutsideTheirStorage() throws IOException {
    long huge = Long.MAX_VALUE;
    long[][][] views = {
      {{1}, {6}, {1}}, {{0}, {2, 3}, {4, 1}}, {{7}, {0}, {1}}, {{huge}, {2}, {1}}, {{0}, {2}, {huge}},
      {{-1}, {2}, {1}}, {{0}, {2}, {-1}}, {{0}, {-2}, {1}}, {{0}, {2, 3}, {1}}, {{0}, {1L << 40}, {0}},
      {{0}, {1 << 30, 1 << 30, 1 << 30}, {0, 0, 0}}
    };
    for (long[][] view : views) {
      byte[] pickle = TorchBytes.pickle().tensor("FloatStorage", "0", 6, view[0][0], view[1], view[2]).stop();
      Path file = write(TorchBytes.file(pickle, Map.of("0", SIX)));
      assertThatThrownBy(() -> TensorFile.open(file)).as(Arrays.deepToString(view)).isInstanceOf(FileException.class);
    }
  }

  @Test
  void refusesStoragesThatAreMissingOrOfAnotherSize() throws IOException {
    byte[] pickle = TorchBytes.pickle().tensor("FloatStorage", "0", 6, 0, of(6), of(1)).stop();
    for (Map<String, byte[]> storages
        : List.of(Map.of("0", new byte[20]), Map.of("0", new byte[28]), Map.of("1", SIX))) {
      Path file = write(TorchBytes.file(pickle, storages));
      assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class);
      Path legacy = write(TorchBytes.legacyFile(pickle, storages));
      assertThatThrownBy(() -> TensorFile.open(legacy)).isInstanceOf(FileException.class);
    }
  }

  @Test
  void refusesValuesThatHoldThemselves() throws IOException {
    byte[] cycle = TorchBytes.pickle().op(']', 'q', 0, 'h', 0, 'a').stop();
    TorchBytes laughs = TorchBytes.pickle().number(1);
    for (int i = 0; i < 60; i++) {
      laughs.op('q', i, 'h', i, 0x86);
    }
    TorchBytes deep = TorchBytes.pickle();
    for (int i = 0; i < 100_000; i++) {
      deep.op(']');
    }
    for (int i = 0; i < 99_999; i++) {
      deep.op('a');
    }
    for (byte[] pickle : new byte[][] {cycle, laughs.stop(), deep.stop()}) {
      Path file = write(TorchBytes.file(pickle, Map.of()));
      assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class).hasMessageContaining("nested");
    }
  }

  @Test
  void expandedTensorsTakeNoMemory() throws IOException {
    byte[] pickle = TorchBytes.pickle().tensor("FloatStorage", "0", 6, 0, of(1 << 30, 1 << 30), of(0, 0)).stop();
    try (TensorFile file = TensorFile.open(write(TorchBytes.file(pickle, Map.of("0", SIX))))) {
      assertThat(file.tensor().shape()).isEqualTo(Shape.of(1 << 30, 1 << 30));
    }
  }

  @Test
  void survivesDamage() throws IOException {
    Mutations.check(folder.resolve("zip.pt"), TorchBytes.file(pickle(), Map.of("0", SIX)));
    Mutations.check(folder.resolve("deflated.pt"), TorchBytes.file(pickle(), Map.of("0", SIX), true, "little"));
    Mutations.check(folder.resolve("legacy.pt"), TorchBytes.legacyFile(pickle(), Map.of("0", SIX)));
  }
}
