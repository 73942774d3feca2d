package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class NpyFileTest {
  static final byte[] SIX = Bytes.littleEndian().f32(1, 2, 3, 4, 5, 6).toArray();

  @TempDir Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @Test
  void readsRowsAndColumns() throws IOException {
    Tensor rows = State.loadTensor(write("rows.npy", Bytes.npy("<f4", false, "(2, 3)", SIX)));
    assertThat(rows.dtype()).isEqualTo(DType.FLOAT32);
    assertThat(rows.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(rows.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    Tensor columns = State.loadTensor(write("columns.npy", Bytes.npy("<f4", true, "(2, 3)", SIX)));
    assertThat(columns.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(columns.toFloatArray()).containsExactly(1, 3, 5, 2, 4, 6);
  }

  @Test
  void readsScalarsVectorsAndPython2() throws IOException {
    assertThat(State.loadTensor(write("scalar.npy", Bytes.npy("<i8", false, "()", new byte[8]))).shape()).isEqualTo(
        Shape.SCALAR);
    assertThat(State.loadTensor(write("long.npy", Bytes.npy("|u1", false, "(3L,)", new byte[3]))).shape()).isEqualTo(
        Shape.of(3));
    assertThat(State.loadTensor(write("none.npy", Bytes.npy("<f8", false, "(0, 7)", new byte[0]))).shape()).isEqualTo(
        Shape.of(0, 7));
  }

  @Test
  void readsTheOtherByteOrder() throws IOException {
    byte[] data = Bytes.bigEndian().f64(0.5, -1e300).toArray();
    assertThat(State.loadTensor(write("big.npy", Bytes.npy(
        ">f8", false, "(2,)", data))).toDoubleArray()).containsExactly(0.5, -1e300);
    byte[] shorts = Bytes.bigEndian().i16(-2).i16(300).toArray();
    assertThat(State.loadTensor(write("short.npy", Bytes.npy(
        ">i2", false, "(2,)", shorts))).toIntArray()).containsExactly(-2, 300);
  }

  @Test
  void widensUnsignedNumbers() throws IOException {
    Tensor u2 = State.loadTensor(write("u2.npy", Bytes.npy("<u2", false, "(2,)", Bytes.littleEndian().i16(0xFFFF).i16(
        7).toArray())));
    assertThat(u2.dtype()).isEqualTo(DType.INT32);
    assertThat(u2.toIntArray()).containsExactly(65_535, 7);
    Tensor u4 = State.loadTensor(write("u4.npy", Bytes.npy("<u4", false, "(1,)", Bytes.littleEndian().i32(
        -1).toArray())));
    assertThat(u4.toLongArray()).containsExactly(0xFFFF_FFFFL);
    byte[] huge = Bytes.littleEndian().i64(-1).toArray();
    assertThatThrownBy(() -> State.loadTensor(write("u8.npy", Bytes.npy("<u8", false, "(1,)", huge))))
        .isInstanceOf(FileException.class).hasMessageContaining("18446744073709551615");
  }

  @Test
  void everyByteButZeroIsTrue() throws IOException {
    Tensor truths = State.loadTensor(write("b.npy", Bytes.npy("|b1", false, "(3,)", new byte[] {0, 1, 2})));
    assertThat(truths.dtype()).isEqualTo(DType.BOOL);
    assertThat(truths.toIntArray()).containsExactly(0, 1, 1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
    "|O; (3,); Python objects",
    "<c8; (3,); type '<c8'",
    "<U3; (2,); type '<U3'",
    "<f4; (2, 4); takes 32 bytes, but 24",
    "<f4; (4294967296, 4294967296); no tensor has the shape",
    "<f4; (99999999999999999999,); has the size",
    "<f4; (2147483647, 2147483647, 2147483647); more than 2^63 - 1",
    "<f4; (2, , 3); has the size",
    "<f4; (-6,); not one of NumPy",
    "<f4; 6; not one of NumPy"
  })
  void refusesWhatIsNoTensor(String descr, String shape, String why) throws IOException {
    Path file = write("bad.npy", Bytes.npy(descr, false, shape, SIX));
    assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class).hasMessageContaining(why);
  }

  @Test
  void refusesRecordsAndDuplicates() throws IOException {
    byte[] good = Bytes.npy("<f4", false, "(6,)", SIX);
    String text = new String(good, StandardCharsets.ISO_8859_1);
    Path records = write("r.npy", text.replace("'<f4',   ", "[('a', '<f4')]").replace("'<f4'", "[('a')]")
        .getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TensorFile.open(records)).isInstanceOf(FileException.class);
    Path twice = write("t.npy", text.replace("fortran_order': False", "shape': (6,)        ").getBytes(
        StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TensorFile.open(twice)).isInstanceOf(FileException.class).hasMessageContaining("twice");
  }

  @Test
  void readsArchives() throws IOException {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    arrays.put("x.npy", Bytes.npy("<f4", false, "(2, 3)", SIX));
    arrays.put("folder/y.npy", Bytes.npy("<i4", false, "(1,)", new byte[] {7, 0, 0, 0}));
    for (boolean deflated : new boolean[] {false, true}) {
      try (TensorFile file = TensorFile.open(write("a.npz", Bytes.zip(deflated, arrays)))) {
        assertThat(file.format()).isEqualTo(TensorFile.Format.NPZ);
        assertThat(file.shapes()).containsOnlyKeys("x", "folder/y");
        assertThat(file.tensor("folder/y").toIntArray()).containsExactly(7);
        assertThat(file.tensor("x")).isSameAs(file.tensor("x"));
      }
    }
  }

  @Test
  void refusesADamagedEntry() throws IOException {
    byte[] zip = Bytes.zip(false, Map.of("x.npy", Bytes.npy("<f4", false, "(6,)", SIX)));
    zip[new String(zip, StandardCharsets.ISO_8859_1).indexOf("NUMPY") + 130] ^= 1;
    Path file = write("a.npz", zip);
    assertThatThrownBy(() -> State.load(file)).isInstanceOf(FileException.class).hasMessageContaining("checksum");
  }

  @Test
  void refusesABomb() throws IOException {
    byte[] zip = Bytes.zip(true, Map.of("x.npy", Bytes.npy("<f4", false, "(6,)", SIX)));
    int directory = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\001\002");
    zip[directory + 27] = 0x7F; // claims 2 GB
    Path file = write("a.npz", zip);
    assertThatThrownBy(() -> TensorFile.open(file))
        .isInstanceOf(FileException.class).hasMessageContaining("cannot have");
  }

  @Test
  void refusesHeadersOfManyFieldsAtOnce() throws IOException {
    StringBuilder fields = new StringBuilder("{");
    for (int i = 0; fields.length() < 9_900; i++) {
      fields.append("'").append(i).append("':True,");
    }
    String header = fields.append("}").toString();
    Path file = write("a.npy", Bytes.littleEndian().u8(0x93).text("NUMPY").u8(1, 0).i16(header.length())
        .text(header).toArray());
    assertThatThrownBy(() -> TensorFile.open(file))
        .isInstanceOf(FileException.class).hasMessageContaining("not one of NumPy");
  }

  @Test
  void survivesDamage() throws IOException {
    Mutations.check(folder.resolve("m.npy"), Bytes.npy("<f4", true, "(2, 3)", SIX));
    Map<String, byte[]> arrays = Map.of("x.npy", Bytes.npy("<f4", false, "(2, 3)", SIX));
    Mutations.check(folder.resolve("stored.npz"), Bytes.zip(false, arrays));
    Mutations.check(folder.resolve("deflated.npz"), Bytes.zip(true, arrays));
  }
}
