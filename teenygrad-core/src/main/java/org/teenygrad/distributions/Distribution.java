package org.teenygrad.distributions;

import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// How likely values are, and values drawn.
///
/// ```java
/// Distribution coin = Bernoulli.ofLogits(Tensor.of(0f));
/// coin.logProb(Tensor.of(1f)).exp();   // 0.5
/// ```
public interface Distribution {
  /// The shape of the parameters: one distribution for each of its elements.
  Shape batchShape();

  /// The shape of one value: `()` but for vectors.
  default Shape eventShape() {
    return Shape.SCALAR;
  }

  /// The logarithm of the probability, or its density, of a value.
  /// @param value of a shape that broadcasts with the batch's, behind it the event's
  Tensor logProb(Tensor value);

  /// Values drawn from [org.teenygrad.RandomState#shared]: one of each distribution of the batch.
  /// @param shape how many; none for one
  /// @return (shape, batch, event)
  Tensor sample(int... shape);

  /// The entropy of each distribution of the batch.
  Tensor entropy();

  Tensor mean();

  Tensor variance();

  /// The square root of [#variance].
  default Tensor deviation() {
    return variance().sqrt();
  }
}
