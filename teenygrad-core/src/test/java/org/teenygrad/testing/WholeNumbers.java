package org.teenygrad.testing;

import java.util.Random;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Tensors of whole numbers from -8 to 8, or of these times a power of two: their products are exact, and so are sums of not too many.
final class WholeNumbers {
  private WholeNumbers() {}

  static Tensor of(Random random, DType dtype, double scale, int... sizes) {
    float[] values = new float[(int) Shape.of(sizes).elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((random.nextInt(17) - 8) * scale);
    }
    return Tensor.of(values, Shape.of(sizes), Device.of("interpreter")).cast(dtype).realize();
  }
}
