package org.teenygrad;

import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Reduction;

/// Sums of products: matrix multiplication and einsum.
///
/// Each of them ends as one REDUCE over one MUL of expanded views, whose last axes are the ones summed over. The
/// scheduler sees a contraction in that, whatever method it came from. Float16 and bfloat16 are multiplied and
/// added in float32 and rounded once at the end; integers wrap around.
sealed interface Contractions permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The matrix product: `torch.matmul`.
  ///
  /// | this | other | result |
  /// | --- | --- | --- |
  /// | (k) | (k) | () |
  /// | (m, k) | (k) | (m) |
  /// | (k) | (k, n) | (n) |
  /// | (..., m, k) | (..., k, n) | (..., m, n) |
  ///
  /// The leading axes broadcast; types promote.
  /// ```java
  /// Tensor.ones(8, 2, 3).matmul(Tensor.ones(3, 4)).shape();   // (8, 2, 4)
  /// ```
  /// @throws IllegalArgumentException if the inner sizes differ, the leading axes do not broadcast, or a type is bool
  default Tensor matmul(Tensor other) {
    Tensor a = self();
    Operands.checkMatmul(a, other);
    Tensor columns = other.rank() == 1 ? other : other.transpose(-1, -2);
    if (a.rank() > 1 && other.rank() > 1) {
      a = a.unsqueeze(-2); // (..., m, 1, k)
      columns = columns.unsqueeze(-3); // (..., 1, n, k)
    }
    return sumOfProduct(a, columns, 1);
  }

  /// The product of two scaled matrices, `(this * scale) @ (other * otherScale)`, added up in float32: how factors of 8 bits are
  /// multiplied. On GPUs of compute capability 8.9 and later tensor cores multiply them as they are. PyTorch's `torch._scaled_mm`.
  /// ```java
  /// Tensor a = Tensor.of(1f, 2f).reshape(1, 2).cast(DType.FLOAT8_E4M3);
  /// a.scaledMatmul(Tensor.of(0.5f), a.transpose(0, 1), Tensor.of(2f));   // [[5.]]
  /// ```
  /// @param scale of this (m, k): a scalar, or (m, 1) for each row
  /// @param other (k, n)
  /// @param otherScale a scalar, or (1, n) for each column
  /// @return float32 (m, n)
  /// @throws IllegalArgumentException if the inner sizes differ, or a scale is none of rows or columns
  default Tensor scaledMatmul(Tensor scale, Tensor other, Tensor otherScale) {
    Tensor product = self().cast(DType.FLOAT32).matmul(other.cast(DType.FLOAT32));
    return product.mul(Operands.checkScale("this", scale, product.size(-2), -2)).mul(Operands.checkScale("other", otherScale, product.size(-1), -1));
  }

  /// The sum of the products of two vectors of one length, a scalar: `torch.dot`.
  /// ```java
  /// Tensor.of(1f, 2f).dot(Tensor.of(3f, 4f));   // 11.0
  /// ```
  /// @throws IllegalArgumentException if one is no vector, or the lengths differ
  default Tensor dot(Tensor other) {
    if (self().rank() != 1 || !self().shape().equals(other.shape())) {
      throw new IllegalArgumentException(
          "dot: takes two vectors of one length, not " + self().shape() + " and " + other.shape() + "; see matmul");
    }
    return matmul(other);
  }

  /// All products of an element of this vector (m) and one of the other (n): (m, n). `torch.outer`.
  /// ```java
  /// Tensor.of(1, 2).outer(Tensor.of(3, 4));   // [[3 4]
  ///                                           //  [6 8]]
  /// ```
  /// @throws IllegalArgumentException if one is no vector
  default Tensor outer(Tensor other) {
    if (self().rank() != 1 || other.rank() != 1) {
      throw new IllegalArgumentException("outer: takes two vectors, not " + self().shape() + " and " + other.shape());
    }
    return self().unsqueeze(1).mul(other);
  }

  /// What a linear layer computes, `x Wᵀ + b`: `torch.nn.functional.linear`.
  ///
  /// ```java
  /// Tensor.ones(8, 16).linear(Tensor.ones(4, 16), Tensor.ones(4)).shape();   // (8, 4)
  /// ```
  /// @param weight (out, in), for this tensor of shape (..., in)
  /// @param bias (out), or null
  /// @return (..., out)
  /// @throws IllegalArgumentException if the shapes do not fit
  default Tensor linear(Tensor weight, @Nullable Tensor bias) {
    Tensor x = self();
    if (weight.rank() != 2 || x.rank() == 0 || x.size(-1) != weight.size(1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "linear: x %s does not fit weight %s; weight is (out, in) and the last axis of x is in",
              x.shape(), weight.shape()));
    }
    if (bias != null && !(bias.rank() == 1 && bias.size(0) == weight.size(0))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "linear: bias %s does not fit weight %s; it is (out)",
              bias.shape(), weight.shape()));
    }
    Tensor product = wideSumOfProduct(x.unsqueeze(-2), weight, 1);
    Tensor result = bias == null ? product : product.add(bias.cast(product.dtype()));
    return result.cast(DType.promote(x.dtype(), weight.dtype()));
  }

  /// As [#linear(Tensor, Tensor)], without bias.
  default Tensor linear(Tensor weight) {
    return linear(weight, null);
  }

  /// The sum over the last `axes` axes of a product with broadcasting, in the type that both promote to.
  static Tensor sumOfProduct(Tensor a, Tensor b, int axes) {
    return wideSumOfProduct(a, b, axes).cast(DType.promote(a.dtype(), b.dtype()));
  }

  /// As [#sumOfProduct], but what was added in float32 stays float32.
  static Tensor wideSumOfProduct(Tensor a, Tensor b, int axes) {
    DType type = Precision.of(DType.promote(a.dtype(), b.dtype()));
    return sumOfLast(Operations.binary("product", OpCode.MUL, type, a, b), axes);
  }

  /// The sum over the last `axes` axes, in the tensor's own type.
  static Tensor sumOfLast(Tensor x, int axes) {
    if (axes == 0) {
      return x;
    }
    int rest = x.rank() - axes;
    Reduction last = new Reduction(OpCode.ADD, IntStream.range(rest, x.rank()).boxed().toList());
    Tensor sum = Tensor.applyWith(OpCode.REDUCE, last, x.cast(Precision.of(x.dtype()))).cast(x.dtype());
    return Operations.reshape(sum, Shape.of(x.shape().stream().limit(rest).toArray()));
  }
}
