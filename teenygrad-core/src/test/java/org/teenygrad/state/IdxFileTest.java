package org.teenygrad.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class IdxFileTest {
  static final byte[] IMAGES = Bytes.bigEndian().u8(0, 0, 8, 3).i32(2).i32(1).i32(3).u8(
      1, 2, 3, 4, 5, 255).toArray();

  @TempDir Path folder;

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @Test
  void readsImages() throws IOException {
    for (byte[] bytes : new byte[][] {IMAGES, Samples.gzip(IMAGES)}) {
      try (TensorFile file = TensorFile.open(write("images-idx3-ubyte", bytes))) {
        assertThat(file.format()).isEqualTo(TensorFile.Format.IDX);
        Tensor images = file.tensor();
        assertThat(images.dtype()).isEqualTo(DType.UINT8);
        assertThat(images.shape()).isEqualTo(Shape.of(2, 1, 3));
        assertThat(images.toIntArray()).containsExactly(1, 2, 3, 4, 5, 255);
      }
    }
  }

  @Test
  void readsBigEndianNumbers() throws IOException {
    byte[] floats = Bytes.bigEndian().u8(0, 0, 0x0D, 1).i32(2).f32(1.5f, -2f).toArray();
    assertThat(State.loadTensor(write("floats", floats)).toFloatArray()).containsExactly(1.5f, -2f);
  }

  @Test
  void refusesOtherSizesThanItsOwn() throws IOException {
    byte[] shorter = Arrays.copyOf(IMAGES, IMAGES.length - 1);
    byte[] longer = Arrays.copyOf(IMAGES, IMAGES.length + 1);
    byte[] huge = IMAGES.clone();
    huge[4] = 0x7F;
    for (byte[] bytes : new byte[][] {shorter, longer, huge}) {
      for (byte[] stored : new byte[][] {bytes, Samples.gzip(bytes)}) {
        Path file = write("bad", stored);
        assertThatThrownBy(() -> TensorFile.open(file)).isInstanceOf(FileException.class);
      }
    }
  }

  @Test
  void survivesDamage() throws IOException {
    Mutations.check(folder.resolve("m.idx"), IMAGES);
    Mutations.check(folder.resolve("m.gz"), Samples.gzip(IMAGES));
  }
}
