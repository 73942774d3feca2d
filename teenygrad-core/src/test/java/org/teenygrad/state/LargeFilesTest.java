package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Shape;

/// A few numbers behind gibibytes of nothing, which take neither disk nor memory.
class LargeFilesTest {
  private static final int GIB = 1 << 30;
  private static final byte[] THREE = Bytes.littleEndian().f32(1, -2, 3).toArray();

  @TempDir Path folder;

  /// A file that is written at its end, or somewhere behind it.
  private final class Sparse implements AutoCloseable {
    private final Path path;
    private final RandomAccessFile file;

    Sparse(String name) throws IOException {
      path = folder.resolve(name);
      file = new RandomAccessFile(path.toFile(), "rw");
    }

    Sparse write(byte[] bytes) throws IOException {
      file.seek(file.length());
      file.write(bytes);
      return this;
    }

    Sparse skip(long bytes) throws IOException {
      file.setLength(file.length() + bytes);
      return this;
    }

    long length() throws IOException {
      return file.length();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static void check(TensorFile file, String name) {
    assertThat(file.tensor(name).toFloatArray()).containsExactly(1, -2, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void readsSafetensors(int gibibytes) throws IOException {
    long pad = (long) gibibytes * GIB;
    byte[] start = Samples.safetensors(String.format(Locale.ROOT, """
        {"pad":{"dtype":"U8","shape":[%d,%d],"data_offsets":[0,%d]},\
        "small":{"dtype":"F32","shape":[3],"data_offsets":[%d,%d]}}""", gibibytes, GIB, pad, pad, pad + 12), new byte[0]);
    try (Sparse sparse = new Sparse("m.safetensors")) {
      sparse.write(start).skip(pad).write(THREE);
      try (TensorFile file = TensorFile.open(sparse.path)) {
        check(file, "small");
        assertThat(file.shapes()).containsEntry("pad", Shape.of(gibibytes, GIB));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void readsGguf(int gibibytes) throws IOException {
    long pad = (long) gibibytes * GIB;
    Bytes start = GgufFileTest.header(3, 2, 0);
    GgufFileTest.string(start, "pad").i32(2).i64(GIB).i64(gibibytes).i32(24).i64(0);
    GgufFileTest.string(start, "small").i32(1).i64(3).i32(0).i64(pad);
    try (Sparse sparse = new Sparse("m.gguf")) {
      sparse.write(start.pad(32).toArray()).skip(pad).write(THREE);
      try (TensorFile file = TensorFile.open(sparse.path)) {
        check(file, "small");
        assertThat(file.shapes()).containsEntry("pad", Shape.of(gibibytes, GIB));
      }
    }
  }

  /// `small` has a storage of its own behind the large one, `end` is the end of the large one.
  private static byte[] pickle(long pad) {
    return TorchBytes.pickle().op('}', '(')
        .string("end").tensor("FloatStorage", "0", pad / 4, pad / 4 - 3, new long[] {3}, new long[] {1})
        .string("small").tensor("FloatStorage", "1", 3, 0, new long[] {3}, new long[] {1}).op('u').stop();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 9})
  void readsPyTorch(int gibibytes) throws IOException {
    long pad = (long) gibibytes * GIB;
    try (Sparse sparse = new Sparse("m.pt")) {
      Zip64 zip = new Zip64(sparse);
      zip.begin("m/data.pkl", pickle(pad).length).write(pickle(pad));
      zip.begin("m/data/0", pad).skip(pad - 12).write(THREE);
      zip.begin("m/data/1", 12).write(THREE);
      zip.end();
      try (TensorFile file = TensorFile.open(sparse.path)) {
        check(file, "small");
        check(file, "end");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 9})
  void readsOldPyTorch(int gibibytes) throws IOException {
    long pad = (long) gibibytes * GIB;
    byte[] keys = TorchBytes.pickle().op(']', '(').string("0").string("1").op('e').stop();
    try (Sparse sparse = new Sparse("m.pth")) {
      sparse.write(TorchBytes.legacyStart()).write(pickle(pad)).write(keys);
      sparse.write(Bytes.littleEndian().i64(pad / 4).toArray()).skip(pad - 12).write(THREE);
      sparse.write(Bytes.littleEndian().i64(3).toArray()).write(THREE);
      try (TensorFile file = TensorFile.open(sparse.path)) {
        check(file, "small");
        check(file, "end");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void readsNumPy(int gibibytes) throws IOException {
    long pad = (long) gibibytes * GIB;
    byte[] header = Bytes.npy("|u1", false, String.format(Locale.ROOT, "(%d, %d)", gibibytes, GIB), new byte[0]);
    byte[] small = Bytes.npy("<f4", false, "(3,)", THREE);
    try (Sparse array = new Sparse("m.npy"); Sparse archive = new Sparse("m.npz")) {
      array.write(header).skip(pad);
      try (TensorFile file = TensorFile.open(array.path)) {
        assertThat(file.shapes()).containsEntry("tensor", Shape.of(gibibytes, GIB));
      }
      Zip64 zip = new Zip64(archive);
      zip.begin("pad.npy", header.length + pad).write(header).skip(pad);
      zip.begin("small.npy", small.length, crc(small)).write(small);
      zip.end();
      try (TensorFile file = TensorFile.open(archive.path)) {
        check(file, "small");
        assertThat(file.shapes()).containsEntry("pad", Shape.of(gibibytes, GIB));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.npy", "m.pt", "m.gguf", "m.csv", "m.safetensors", "m", "m.npz", "m.json"})
  void gibibytesOfZerosAreRefusedAtOnce(String name) throws IOException {
    try (Sparse sparse = new Sparse(name)) {
      sparse.skip(9L * GIB);
      assertThatThrownBy(() -> TensorFile.open(sparse.path))
          .isInstanceOf(FileException.class);
    }
    assertThat(Files.size(folder.resolve(name))).isEqualTo(9L * GIB);
  }

  @Test
  void gibibytesOfNamelessTensorsAreRefusedAtOnce() throws IOException {
    try (Sparse sparse = new Sparse("m.gguf")) {
      sparse.write(GgufFileTest.header(3, 300_000_000, 0).toArray()).skip(9L * GIB);
      assertThatThrownBy(() -> TensorFile.open(sparse.path))
          .isInstanceOf(FileException.class).hasMessageContaining("more than 100000 tensors");
    }
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /// Writes a zip file of stored entries whose sizes and places are all where zip64 has them.
  private static final class Zip64 {
    private static final long THERE = 0xFFFF_FFFFL;

    private final Sparse file;
    private final Bytes directory = Bytes.littleEndian();
    private int entries;

    Zip64(Sparse file) {
      this.file = file;
    }

    Sparse begin(String name, long size) throws IOException {
      return begin(name, size, 0);
    }

    /// The content has to follow.
    Sparse begin(String name, long size, int crc) throws IOException {
      entries++;
      directory.i32(0x02014b50).i16(45).i16(45).i16(0).i16(0).i32(0).i32(crc).i32(THERE).i32(THERE)
          .i16(name.length()).i16(4 + 24).i16(0).i16(0).i16(0).i32(0).i32(THERE).text(name)
          .i16(1).i16(24).i64(size).i64(size).i64(file.length());
      return file.write(Bytes.littleEndian().i32(0x04034b50).i16(45).i16(0).i16(0).i32(0).i32(crc).i32(THERE).i32(THERE)
          .i16(name.length()).i16(4 + 16).text(name).i16(1).i16(16).i64(size).i64(size).toArray());
    }

    void end() throws IOException {
      long start = file.length();
      file.write(directory.toArray());
      long end = file.length();
      file.write(Bytes.littleEndian()
          .i32(0x06064b50).i64(44).i16(45).i16(45).i32(0).i32(0).i64(entries).i64(entries).i64(end - start).i64(start)
          .i32(0x07064b50).i32(0).i64(end).i32(1)
          .i32(0x06054b50).i16(0).i16(0).i16(0xFFFF).i16(0xFFFF).i32(THERE).i32(THERE).i16(0).toArray());
    }
  }
}
