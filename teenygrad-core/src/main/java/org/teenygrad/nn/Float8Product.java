package org.teenygrad.nn;

import java.util.List;
import org.teenygrad.AutogradFunction;
import org.teenygrad.DType;
import org.teenygrad.Tensor;

/// `x Wᵀ` of factors that are rounded to 8 bits, and its derivatives by two more such products: e4m3 for numbers and weights, e5m2,
/// which reaches further, for gradients, each factor scaled so that its largest number is the type's largest (Micikevicius et al.,
/// *FP8 Formats for Deep Learning*, 2022; nanochat's `Float8Linear`, torchao's "tensorwise" recipe).
enum Float8Product implements AutogradFunction {
  INSTANCE;

  /// Of a factor that is zeros alone.
  private static final double LEAST = 1e-12;

  /// A matrix in 8 bits.
  ///
  /// @param inverse what each number is to be multiplied with
  private record Scaled(Tensor numbers, Tensor inverse) {
    static Scaled of(Tensor x, DType type) {
      Tensor wide = x.toFloat();
      Tensor largest = wide.abs().max().gather().clampMin(LEAST); // of all ranks
      Tensor scaled = wide.mul(largest.reciprocal().mul(type.largest())).clamp(-type.largest(), type.largest());
      return new Scaled(scaled.cast(type).contiguous(), largest.div(type.largest()));
    }

    /// The numbers as a matrix (columns, all others).
    Scaled rows() {
      return new Scaled(numbers.reshape(-1, numbers.size(-1)).transpose(0, 1), inverse);
    }

    /// The product with another one's transpose: tensor cores multiply the numbers as they are.
    Tensor linear(Scaled weight) {
      return numbers.toFloat().linear(weight.numbers.toFloat()).mul(inverse).mul(weight.inverse);
    }
  }

  /// @param inputs x (..., in) and W (out, in)
  @Override
  public Tensor forward(List<Tensor> inputs) {
    return numbers(inputs.get(0)).linear(numbers(inputs.get(1))).cast(inputs.get(0).dtype());
  }

  @Override
  public List<Tensor> backward(List<Tensor> inputs, Tensor gradient) {
    Scaled g = Scaled.of(gradient, DType.FLOAT8_E5M2);
    return List.of(g.linear(numbers(inputs.get(1)).rows()), g.rows().linear(numbers(inputs.get(0)).rows()));
  }

  private static Scaled numbers(Tensor x) {
    return Scaled.of(x, DType.FLOAT8_E4M3);
  }
}
