package org.teenygrad.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.state.FileException;

class DatasetsTest {
  @TempDir Path folder;

  private static byte[] idx(int[] sizes, int... values) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
    file.put(new byte[] {0, 0, 8, (byte) sizes.length});
    IntStream.of(sizes).forEach(file::putInt);
    IntStream.of(values).forEach(value -> file.put((byte) value));
    return file.array();
  }

  @Test
  void mnistIsReadPackedAndUnpacked() throws IOException {
    Files.write(folder.resolve("train-images-idx3-ubyte"), idx(new int[] {2, 2, 3}, 0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255));
    try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(folder.resolve("train-labels-idx1-ubyte.gz")))) {
      packed.write(idx(new int[] {2}, 7, 9));
    }
    Mnist train = Mnist.train(folder);
    assertThat(train.size()).isEqualTo(2);
    Example second = train.get(1);
    assertThat(second.inputs().dtype()).isEqualTo(DType.UINT8);
    assertThat(second.inputs().shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(second.inputs().toFloatArray()).containsExactly(250, 251, 252, 253, 254, 255);
    assertThat(second.targets().dtype()).isEqualTo(DType.INT64);
    assertThat(second.targets().get(0)).isEqualTo(9);
    assertThatThrownBy(() -> Mnist.test(folder)).isInstanceOf(FileException.class).hasMessageContaining("t10k-images-idx3-ubyte");
    Files.write(folder.resolve("train-images-idx3-ubyte"), idx(new int[] {1, 2, 3}, 0, 1, 2, 3, 4, 5));
    assertThatThrownBy(() -> Mnist.train(folder)).isInstanceOf(FileException.class).hasMessageContaining("not images for the classes");
  }

  @Test
  void aTableOfTextAndNumbersIsClassesOrValues() throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv"), "size,kind,weight\n1,b,10\n2,a,20\n3,b,30\n");
    CsvDataset kinds = CsvDataset.of(file, "kind");
    assertThat(kinds.classes()).containsExactly("a", "b");
    assertThat(kinds.inputNames()).containsExactly("size", "weight");
    assertThat(kinds.get(1).inputs().toFloatArray()).containsExactly(2, 20);
    assertThat(kinds.get(2).targets().get(0)).isEqualTo(1);
    assertThat(kinds.get(2).targets().dtype()).isEqualTo(DType.INT64);
    CsvDataset weights = CsvDataset.of(file, "weight");
    assertThat(weights.classes()).isEmpty();
    assertThat(weights.get(2).targets().get(0)).isEqualTo(30);
    assertThat(weights.get(2).targets().shape()).isEqualTo(Shape.SCALAR);
    assertThat(weights.get(2).inputs().toFloatArray()).containsExactly(3);
    assertThatThrownBy(() -> CsvDataset.of(file, "colour")).hasMessageContaining("there is no column colour");
  }

  @Test
  void imagesBelongToTheClassOfTheirFolder() throws IOException {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, 0x010203);
    for (String name : new String[] {"dog/b.png", "cat/a.png", "dog/a.png"}) {
      Files.createDirectories(folder.resolve(name).getParent());
      ImageIO.write(image, "png", folder.resolve(name).toFile());
    }
    Files.writeString(folder.resolve("cat/notes.txt"), "no image");
    ImageFolder images = ImageFolder.of(folder);
    assertThat(images.classes()).containsExactly("cat", "dog");
    assertThat(images.size()).isEqualTo(3);
    assertThat(images.images().get(1).file()).endsWith(Path.of("dog", "a.png"));
    assertThat(images.get(2).targets().get(0)).isEqualTo(1);
    assertThat(images.get(0).inputs().shape()).isEqualTo(Shape.of(3, 2, 3));
    assertThat(images.get(0).inputs().toFloatArray())
        .containsExactly(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3);
    Files.writeString(folder.resolve("cat/a.png"), "no png");
    assertThatThrownBy(() -> images.get(0)).isInstanceOf(FileException.class).hasMessageContaining("a.png");
    assertThatThrownBy(() -> ImageFolder.of(folder.resolve("cat"))).isInstanceOf(FileException.class).hasMessageContaining("one for each class");
  }

  @Test
  void aSplitHasEachExampleOnce() {
    Dataset data = Dataset.of(Tensor.arange(10).to(org.teenygrad.Device.of("interpreter")));
    Dataset.Split split = data.randomSplit(0.7, 4);
    assertThat(split.train().size()).isEqualTo(7);
    assertThat(IntStream.range(0, 10).mapToObj(i -> (i < 7 ? split.train().get(i) : split.validation().get(i - 7)).inputs().get(0)))
        .containsExactlyInAnyOrder(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0);
    assertThatThrownBy(() -> data.subset(3, 10)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Dataset.of(Tensor.zeros(3, 2), Tensor.zeros(4))).hasMessageContaining("must be the same");
    assertThatThrownBy(() -> Dataset.of(Tensor.of(1f))).hasMessageContaining("first axis");
  }
}
