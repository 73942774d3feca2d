package org.teenygrad.data;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;

/// Handwritten digits and all else in the files of the MNIST data set (LeCun et al.), such as Fashion-MNIST: torchvision's `MNIST`.
///
/// A folder has `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each
/// as it is or packed as `.gz`. Examples are an image, uint8 (1, height, width), and a class, int64.
/// ```
/// var train = Mnist.train(Path.of("data/mnist")).mapInputs(ImageTransforms.toFloat());
/// ```
public record Mnist(NdArray images, NdArray labels) implements Dataset {
  /// The examples to train with.
  /// @throws FileException if a file is missing, cannot be read, or does not fit the other
  public static Mnist train(Path folder) {
    return of(folder, "train");
  }

  /// The examples to test with.
  /// @throws FileException if a file is missing, cannot be read, or does not fit the other
  public static Mnist test(Path folder) {
    return of(folder, "t10k");
  }

  private static Mnist of(Path folder, String part) {
    Path imageFile = file(folder, part + "-images-idx3-ubyte");
    NdArray images = NdArray.of(State.loadTensor(imageFile));
    NdArray labels = NdArray.of(State.loadTensor(file(folder, part + "-labels-idx1-ubyte")));
    if (images.shape().rank() != 3 || !labels.shape().equals(Shape.of(images.shape().size(0)))) {
      throw FileException.malformed(
          imageFile, "the images of an MNIST data set", String.format(Locale.ROOT, "%s are not images for the classes %s", images, labels));
    }
    return new Mnist(images, labels);
  }

  private static Path file(Path folder, String name) {
    Path plain = folder.resolve(name);
    Path packed = folder.resolve(name + ".gz");
    if (!Files.exists(plain) && !Files.exists(packed)) {
      throw FileException.lacking(folder, "a file " + name + " or " + name + ".gz");
    }
    return Files.exists(plain) ? plain : packed;
  }

  @Override
  public int size() {
    return labels.shape().size(0);
  }

  @Override
  public Example get(int index) {
    NdArray image = images.row(index);
    Shape shape = Shape.of(1, image.shape().size(0), image.shape().size(1));
    MemorySegment pixels = image.data();
    return Example.of(new NdArray(DType.UINT8, shape, pixels), NdArray.of((long) labels.get(index)));
  }
}
