package org.teenygrad.models.llama;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.RMSNorm;
import org.teenygrad.state.TensorFile;

/// Where a model's weights come from, by the names that Hugging Face's files have.
@FunctionalInterface
interface Weights {
  /// Standard deviation of random weights.
  double DEVIATION = 0.02;

  /// @throws IllegalArgumentException if there is no such tensor of this shape
  Tensor get(String name, int... shape);

  default Linear linear(String name, int in, int out, boolean bias) {
    return new Linear(get(name + ".weight", out, in), bias ? get(name + ".bias", out) : null);
  }

  default RMSNorm norm(String name, int dim, double eps) {
    return new RMSNorm(dim, get(name + ".weight", dim), eps);
  }

  /// Those of a file.
  static Weights of(TensorFile file) {
    return (name, shape) -> {
      @Nullable Shape found = file.shapes().get(name);
      if (found == null || !found.equals(Shape.of(shape))) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "its %s is %s instead of %s", name, found == null ? "not there" : found, Shape.of(shape)));
      }
      return file.tensor(name);
    };
  }

  /// Those of a file of llama.cpp's, as float32 expressions of what is there.
  static Weights gguf(TensorFile file) {
    Weights stored = of(file);
    return (name, shape) -> stored.get(GgufNames.of(name), shape).cast(DType.FLOAT32);
  }

  /// Norms of ones, biases of zeros, all else normally distributed.
  static Weights random(DType type) {
    return (name, shape) -> {
      if (name.endsWith("norm.weight")) {
        return Tensor.ones(shape).cast(type).realize();
      }
      return (name.endsWith(".bias") ? Tensor.zeros(shape) : Tensor.randn(shape).mul(DEVIATION)).cast(type).realize();
    };
  }
}
