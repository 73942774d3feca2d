package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class GgufFileTest {
  @TempDir Path folder;

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.gguf"), bytes);
  }

  static Bytes string(Bytes out, String text) {
    return out.i64(text.length()).text(text);
  }

  static Bytes header(int version, int tensors, int entries) {
    return Bytes.littleEndian().text("GGUF").i32(version).i64(tensors).i64(entries);
  }

  /// One tensor of a type, (rows, columns).
  static byte[] file(int type, int rows, int columns, byte[] data) {
    Bytes out = string(header(3, 1, 0), "t").i32(2).i64(columns).i64(rows).i32(type).i64(0);
    return out.pad(32).raw(data).toArray();
  }

  static byte[] good() {
    Bytes out = header(2, 2, 6);
    string(string(out, "general.name").i32(8), "tiny");
    string(out, "count").i32(4).i32(-1);
    string(out, "flag").i32(7).u8(1);
    string(out, "scale").i32(6).f32(0.5f);
    string(out, "general.alignment").i32(4).i32(64);
    string(string(string(out, "tokens").i32(9).i32(8).i64(2), "a"), "bc");
    string(out, "x").i32(2).i64(3).i64(2).i32(0).i64(64);
    string(out, "y").i32(1).i64(2).i32(26).i64(0);
    return out.pad(64).i32(7).i32(8).pad(64).f32(1, 2, 3, 4, 5, 6).toArray();
  }

  @Test
  void readsMetadataAndTensors() throws IOException {
    try (TensorFile file = TensorFile.open(write(good()))) {
      assertThat(file.metadata())
          .containsEntry("general.name", "tiny").containsEntry("count", 0xFFFF_FFFFL).containsEntry("flag", true)
          .containsEntry("scale", 0.5).containsEntry("tokens", List.of("a", "bc"));
      assertThat(file.shapes()).containsEntry("x", Shape.of(2, 3));
      assertThat(file.tensor("x").toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(file.tensor("y").dtype()).isEqualTo(DType.INT32);
      assertThat(file.tensor("y").toIntArray()).containsExactly(7, 8);
    }
  }

  @Test
  void readsAHandMadeBlock() throws IOException {
    Bytes block = Bytes.littleEndian().f16(0.5f);
    for (int i = 0; i < 16; i++) {
      block.u8(i | (15 - i) << 4);
    }
    float[] values = State.loadTensor(write(file(2, 1, 32, block.toArray()))).toFloatArray();
    for (int i = 0; i < 16; i++) {
      assertThat(values[i]).isEqualTo(0.5f * (i - 8));
      assertThat(values[i + 16]).isEqualTo(0.5f * (7 - i));
    }
  }

  /// Blocks of random bits, but with float16s of a sensible size.
  static byte[] blocks(GgmlType type, int count) {
    byte[] data = new byte[count * type.blockBytes];
    new Random(type.ordinal()).nextBytes(data);
    for (int block = 0; block < count; block++) {
      for (int at : BlockReference.halves(type)) {
        byte[] half = Bytes.littleEndian().f16(0.01f * (block % 7 + 1)).toArray();
        System.arraycopy(half, 0, data, block * type.blockBytes + at, 2);
      }
    }
    return data;
  }

  @ParameterizedTest
  @EnumSource(value = GgmlType.class, names = {
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
  void dequantizesAsTheLayoutSays(GgmlType type) throws IOException {
    int blocks = 3;
    byte[] data = blocks(type, blocks);
    Tensor tensor = State.loadTensor(write(file(BlockReference.code(type), blocks, type.blockElements, data)));
    assertThat(tensor.dtype()).isEqualTo(DType.FLOAT32);
    float[] values = tensor.toFloatArray();
    for (int block = 0; block < blocks; block++) {
      float[] expected = BlockReference.read(type, data, block * type.blockBytes);
      for (int i = 0; i < expected.length; i++) {
        assertThat(values[block * expected.length + i]).as("block %d, element %d", block, i).isEqualTo(expected[i]);
      }
    }
  }

  /// Few rows read the blocks where they are, many copy what they stand for into panels: nothing is written out.
  @ParameterizedTest
  @EnumSource(value = GgmlType.class, names = {
    "Q4_0", "Q8_0", "Q4_K", "Q6_K"})
  void rowsMeetAQuantizedMatrixInOneKernel(GgmlType type) throws IOException {
    int outputs = 256;
    int inputs = 512;
    byte[] data = blocks(type, outputs * inputs / type.blockElements);
    Path path = write(file(BlockReference.code(type), outputs, inputs, data));
    Tensor weight = State.loadTensor(path);
    Tensor plain = State.loadTensor(path).realize();
    for (int rows : new int[] {4, 5, 70}) {
      Tensor x = Tensor.randn(rows, inputs).realize();
      Tensor y = x.linear(weight, null);
      Profile profile = Profile.of(y::realize);
      assertThat(profile.launches()).as("%d rows", rows).hasSize(1);
      assertThat(profile.launches().getFirst().name()).startsWith(rows <= 64 ? "skinny" : "contract");
      assertThat(y.toFloatArray()).usingComparatorWithPrecision(1e-2f).containsExactly(x.linear(plain, null).toFloatArray());
    }
  }

  /// What a model does with its weights for each token that it says.
  @ParameterizedTest
  @EnumSource(value = GgmlType.class, names = {
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"})
  void aVectorMeetsAQuantizedMatrixInOneKernel(GgmlType type) throws IOException {
    int rows = 6;
    int columns = 512;
    byte[] data = blocks(type, rows * columns / type.blockElements);
    Tensor weight = State.loadTensor(write(file(BlockReference.code(type), rows, columns, data)));
    Tensor x = Tensor.arange(columns).remainder(13).sub(6).toFloat().reshape(1, columns).contiguous().realize();
    Tensor y = x.matmul(weight.transpose(0, 1));
    Profile profile = Profile.of(y::realize);
    assertThat(profile.launches()).hasSize(1);
    assertThat(profile.schedules()).singleElement().extracting(Profile.Making::workspaceBytes).isEqualTo(0L);
    float[] vector = x.toFloatArray();
    float[] result = y.toFloatArray();
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      double size = 0;
      for (int column = 0; column < columns; column++) {
        int block = (row * columns + column) / type.blockElements;
        float w = BlockReference.read(type, data, block * type.blockBytes)[column % type.blockElements];
        sum += (double) w * vector[column];
        size += Math.abs((double) w * vector[column]);
      }
      assertThat((double) result[row]).isCloseTo(sum, within(size * columns * 0x1p-24));
    }
  }

  @Test
  void opensFilesWithTypesThatItDoesNotRead() throws IOException {
    try (TensorFile file = TensorFile.open(write(file(20, 1, 32, new byte[18])))) {
      assertThatThrownBy(() -> file.tensor("t")).isInstanceOf(FileException.class).hasMessageContaining("IQ4_NL");
    }
  }

  private void refuses(String why, Consumer<Bytes> content, int tensors, int entries) throws IOException {
    Bytes out = header(3, tensors, entries);
    content.accept(out);
    refuses(why, out.pad(32).raw(new byte[64]).toArray());
  }

  private void refuses(String why, byte[] bytes) throws IOException {
    Path file = write(bytes);
    assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class).hasMessageContaining(why);
  }

  @Test
  void refusesWhatBreaksARule() throws IOException {
    refuses("version", header(1, 0, 0).toArray());
    refuses("big-endian", Bytes.bigEndian().text("GGUF").i32(3).i64(0).i64(0).toArray());
    refuses("too few", header(3, 1_000_000, 0).toArray());
    refuses("more bytes", b -> b.i64(40_000).text("k"), 0, 1);
    refuses("too few", b -> string(b, "k").i32(9).i32(0).i64(1L << 60), 0, 1);
    refuses("array of the type 9", b -> string(b, "k").i32(9).i32(9).i64(1), 0, 1);
    refuses("more than 4194304 values",
        b -> string(b, "k").i32(9).i32(0).i64(5 << 20).raw(new byte[5 << 20]), 0, 1);
    refuses("at most 16777216", b -> string(b, "k").i32(8).i64(1L << 40), 0, 1);
    refuses("twice", b -> string(string(b, "k").i32(0).u8(1), "k").i32(0).u8(1), 0, 2);
    refuses("alignment", b -> string(b, "general.alignment").i32(4).i32(13), 0, 1);
    UnaryOperator<Bytes> vector = b -> string(b, "t").i32(1).i64(4).i32(0);
    refuses("not inside", b -> vector.apply(b).i64(96), 1, 0);
    refuses("not inside", b -> vector.apply(b).i64(1), 1, 0);
    refuses("two tensors", b -> vector.apply(vector.apply(b).i64(0)).i64(32), 2, 0);
    refuses("overlaps", b -> string(vector.apply(b).i64(0), "u").i32(1).i64(4).i32(0).i64(0), 2, 0);
    refuses("whole blocks", b -> string(b, "t").i32(1).i64(33).i32(2).i64(0), 1, 0);
    refuses("no tensor has the shape", b -> string(b, "t").i32(2).i64(1L << 62).i64(4).i32(0).i64(0), 1, 0);
    refuses("means nothing", b -> string(b, "t").i32(1).i64(4).i32(5).i64(0), 1, 0);
  }

  @Test
  void survivesDamage() throws IOException {
    Mutations.check(folder.resolve("good.gguf"), good());
    Mutations.check(folder.resolve("quantized.gguf"), file(10, 2, 256, new byte[168]));
  }
}
