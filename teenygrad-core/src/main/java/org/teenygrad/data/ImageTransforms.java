package org.teenygrad.data;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.Shape;

/// What is done to images, each (channels, height, width): torchvision's `transforms`.
///
/// ```java
/// var image = NdArray.of(new byte[] {0, (byte) 255}, 1, 1, 2);
/// var prepare = ImageTransforms.toFloat().then(ImageTransforms.normalize(0.5, 0.5));
/// prepare.apply(image).toFloatArray();   // [-1.0, 1.0]
/// ```
public final class ImageTransforms {
  private ImageTransforms() {}

  /// uint8 0..255 as float32 0..1; floats stay as they are: torchvision's `ToTensor`.
  public static Transform toFloat() {
    return image -> {
      if (image.dtype() != DType.UINT8) {
        return NdArray.of(image.toFloatArray(), image.shape().toArray());
      }
      float[] values = image.toFloatArray();
      for (int i = 0; i < values.length; i++) {
        values[i] /= 255;
      }
      return NdArray.of(values, image.shape().toArray());
    };
  }

  /// Subtracts the mean and divides by the deviation, all channels alike; the result is float32.
  /// @throws IllegalArgumentException if the deviation is 0
  public static Transform normalize(double mean, double deviation) {
    return normalize(new double[] {mean}, new double[] {deviation});
  }

  /// Subtracts each channel's mean and divides by its deviation: torchvision's `Normalize`. The result is float32.
  /// @throws IllegalArgumentException if there are not as many deviations as means, or one is 0; when applied, if there are not as
  ///     many channels (one mean is for all)
  public static Transform normalize(double[] means, double[] deviations) {
    double[] mean = means.clone();
    double[] deviation = deviations.clone();
    if (mean.length == 0 || mean.length != deviation.length) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "normalize: %d means and %d deviations", mean.length,
          deviation.length));
    }
    for (double one : deviation) {
      if (!(one > 0)) {
        throw new IllegalArgumentException("normalize: a deviation must be above 0, not " + one);
      }
    }
    return image -> {
      float[] values = image.toFloatArray();
      int channels = mean.length == 1 ? 1 : requireImage("normalize", image).size(0);
      if (channels != mean.length) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "normalize: %d means for the channels of %s", mean.length, image));
      }
      int pixels = values.length / channels;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((values[i] - mean[i / pixels]) / deviation[i / pixels]);
      }
      return NdArray.of(values, image.shape().toArray());
    };
  }

  /// Another size by bilinear interpolation between the centres of pixels, without smoothing: PyTorch's
  /// `interpolate(mode="bilinear")`. uint8 is rounded.
  /// @throws IllegalArgumentException if a size is below 1
  public static Transform resize(int height, int width) {
    requireSize("resize", height, width);
    return image -> {
      Shape shape = requireImage("resize", image);
      float[] from = image.toFloatArray();
      int h = shape.size(1);
      int w = shape.size(2);
      float[] to = new float[shape.size(0) * height * width];
      for (int i = 0; i < to.length; i++) {
        int plane = i / (height * width) * h * w;
        double y = Math.max(0, (i / width % height + 0.5) * h / height - 0.5);
        double x = Math.max(0, (i % width + 0.5) * w / width - 0.5);
        int top = (int) y;
        int left = (int) x;
        int bottom = Math.min(top + 1, h - 1);
        int right = Math.min(left + 1, w - 1);
        double upper = mix(from[plane + top * w + left], from[plane + top * w + right], x - left);
        double lower = mix(from[plane + bottom * w + left], from[plane + bottom * w + right], x - left);
        to[i] = (float) mix(upper, lower, y - top);
      }
      return like(image, to, shape.size(0), height, width);
    };
  }

  private static double mix(double first, double second, double share) {
    return first + (second - first) * share;
  }

  /// The middle, padded with zeros where the image is smaller: torchvision's `CenterCrop`.
  /// @throws IllegalArgumentException if a size is below 1
  public static Transform centerCrop(int height, int width) {
    requireSize("centerCrop", height, width);
    return image -> {
      Shape shape = requireImage("centerCrop", image);
      return crop(image, Math.floorDiv(shape.size(1) - height, 2), Math.floorDiv(shape.size(2) - width, 2), height, width);
    };
  }

  /// A part at a random place of the image with `padding` zeros around it: torchvision's `RandomCrop`.
  /// @throws IllegalArgumentException if a size is below 1 or the padding is negative; when applied, if the padded image is smaller
  public static Augmentation randomCrop(int height, int width, int padding) {
    requireSize("randomCrop", height, width);
    if (padding < 0) {
      throw new IllegalArgumentException("randomCrop: the padding must be 0 or more, not " + padding);
    }
    return (image, random) -> {
      Shape shape = requireImage("randomCrop", image);
      int spareRows = shape.size(1) + 2 * padding - height;
      int spareColumns = shape.size(2) + 2 * padding - width;
      if (spareRows < 0 || spareColumns < 0) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "randomCrop: %s with %d zeros around it has no part of %d x %d", image, padding, height, width));
      }
      return crop(image, random.nextInt(spareRows + 1) - padding, random.nextInt(spareColumns + 1) - padding, height, width);
    };
  }

  /// Left and right exchanged, with that probability: torchvision's `RandomHorizontalFlip`.
  /// @throws IllegalArgumentException if the probability is not in 0..1
  public static Augmentation randomHorizontalFlip(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("randomHorizontalFlip: the probability must be in 0..1, not " + probability);
    }
    return (image, random) -> random.nextDouble() < probability ? flipped(image) : image;
  }

  private static NdArray flipped(NdArray image) {
    int width = requireImage("randomHorizontalFlip", image).size(2);
    int bytes = image.dtype().bytes();
    MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(image.data().byteSize())]);
    for (long i = 0; i < image.shape().elements(); i++) {
      long mirrored = i / width * width + width - 1 - i % width;
      MemorySegment.copy(image.data(), i * bytes, to, mirrored * bytes, bytes);
    }
    return new NdArray(image.dtype(), image.shape(), to);
  }

  /// What lies beyond the edges is zeros.
  private static NdArray crop(NdArray image, int top, int left, int height, int width) {
    Shape shape = image.shape();
    int bytes = image.dtype().bytes();
    int begin = Math.max(0, left);
    int count = Math.min(shape.size(2), left + width) - begin;
    MemorySegment to = MemorySegment.ofArray(new byte[Math.multiplyExact(shape.size(0) * height, width * bytes)]);
    for (int row = 0; row < shape.size(0) * height; row++) {
      int from = row % height + top;
      if (from >= 0 && from < shape.size(1) && count > 0) {
        long source = ((long) row / height * shape.size(1) + from) * shape.size(2) + begin;
        MemorySegment.copy(image.data(), source * bytes, to, ((long) row * width + begin - left) * bytes, (long) count * bytes);
      }
    }
    return new NdArray(image.dtype(), Shape.of(shape.size(0), height, width), to);
  }

  private static NdArray like(NdArray image, float[] values, int... shape) {
    if (image.dtype() != DType.UINT8) {
      return NdArray.of(values, shape);
    }
    byte[] rounded = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (byte) Math.round(values[i]);
    }
    return NdArray.of(rounded, shape);
  }

  private static Shape requireImage(String name, NdArray image) {
    if (image.shape().rank() != 3) {
      throw new IllegalArgumentException(name + ": an image is (channels, height, width), not " + image);
    }
    return image.shape();
  }

  private static void requireSize(String name, int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%s: %d x %d is no size of an image", name, height, width));
    }
  }
}
