package org.teenygrad.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// Products of matrices.
final class ProductCases {
  /// What the names of square ones look like.
  static final String FORM = "gemm_SIZE_TYPE";

  private static final Pattern SQUARE = Pattern.compile("gemm_(\\d{1,5})_(\\w+)");

  private ProductCases() {}

  static List<ComparedCase> all() {
    return List.of(
        matmul("matmul_1024", 1024, DType.BFLOAT16, 16, Rounding.ONCE),
        matmul("matmul_2048", 2048, DType.BFLOAT16, 16, Rounding.ONCE),
        matmul("matmul_4096", 4096, DType.BFLOAT16, 4, Rounding.ONCE),
        matmul("matmul_8192", 8192, DType.BFLOAT16, 1, Rounding.ONCE),
        matmul("matmul_2048_float32", 2048, DType.FLOAT32, 2, Rounding.FLOAT32),
        square(8192, ProductType.FLOAT32),
        square(8192, ProductType.TF32),
        product("matmul_1000x3000x5000", 1000, 3000, 5000, false),
        product("matmul_16x8192x8192", 16, 8192, 8192, false),
        product("weight_gradient_3072x768x65536", 3072, 768, 65536, true),
        gram(48, 768, 768),
        gram(12, 768, 3072),
        scaled("scaled_matmul_8192_e4m3", 8192, 8192, 8192, DType.FLOAT8_E4M3),
        scaled("scaled_matmul_65536x3072x768_e4m3", 65536, 3072, 768, DType.FLOAT8_E4M3),
        scaled("scaled_matmul_65536x768x3072_e5m2", 65536, 768, 3072, DType.FLOAT8_E5M2));
  }

  /// The case of a name of the form [#FORM], or null.
  /// @throws IllegalArgumentException if there is no such type
  static @Nullable ComparedCase of(String name) {
    Matcher square = SQUARE.matcher(name);
    return square.matches() ? square(Integer.parseInt(square.group(1)), ProductType.of(square.group(2))) : null;
  }

  /// What a product of matrices may be asked for in.
  enum ProductType {
    BFLOAT16(DType.BFLOAT16, Rounding.ONCE),
    FLOAT16(DType.FLOAT16, Rounding.ONCE / 8),
    FLOAT32(DType.FLOAT32, Rounding.FLOAT32),
    TF32(DType.FLOAT32, Rounding.TF32);

    private final DType dtype;
    private final double bound;

    ProductType(DType dtype, double bound) {
      this.dtype = dtype;
      this.bound = bound;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException if there is none of this name
    static ProductType of(String text) {
      return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
          "no products of '" + text + "' are measured; there are "
              + String.join(", ", Arrays.stream(values()).map(ProductType::text).toList())));
    }
  }

  /// A product of square matrices of any size, as many at once as take about as long as four of 4096.
  static KernelCase square(int size, ProductType type) {
    int copies = (int) Math.clamp(4 * Math.pow(4096.0 / size, 3), 1, 16);
    KernelCase exact = matmul(String.format(Locale.ROOT, "gemm_%d_%s", size, type.text()), size, type.dtype, copies, type.bound);
    return type == ProductType.TF32 ? exact.in(MatmulPrecision.HIGH) : exact;
  }

  static KernelCase matmul(String name, int n, DType type, int copies, double bound) {
    return product(name, n, n, n, false, type, copies, bound);
  }

  /// Of bfloat16 matrices (m, k) and (k, n).
  ///
  /// @param leftAcross whether the left factor is the transpose of what lies in memory, as x in a weight's gradient `xᵀ g`
  static KernelCase product(String name, int m, int n, int k, boolean leftAcross) {
    return product(name, m, n, k, leftAcross, DType.BFLOAT16, 4, Rounding.ONCE);
  }

  /// Matrices (m, k) of bfloat16 by their own transposes, as Muon makes them of all weights of a shape. Operations are
  /// counted as if all results were computed.
  private static KernelCase gram(int matrices, int m, int k) {
    int row = Sample.step(m, 64);
    String name = String.format(Locale.ROOT, "gram_%dx%dx%d", matrices, m, k);
    return new KernelCase(name, Unit.TERAFLOPS, 2.0 * matrices * m * m * k, DType.BFLOAT16, 4, Rounding.ONCE,
        List.of(Input.of(matrices, m, k)), x -> List.of(x.getFirst().matmul(x.getFirst().transpose(1, 2))),
        List.of(Sample.of(List.of(List.of(1, row, 1)), List.of(1, row, row))));
  }

  /// Of a matrix of floats of 8 bits and one of e4m3, which both lie along the inner dimension, as activations (or their gradients, e5m2) and weights do.
  private static KernelCase scaled(String name, int m, int n, int k, DType left) {
    int row = Sample.step(m, 16);
    int column = Sample.step(n, 128);
    List<Input> inputs = List.of(Input.of(m, k).in(left), Input.of(n, k), Input.of().in(DType.FLOAT32));
    return new KernelCase(name, Unit.TERAFLOPS, 2.0 * m * n * k, DType.FLOAT8_E4M3, 4, Rounding.ONCE, inputs,
        x -> List.of(x.get(0).scaledMatmul(x.get(2), x.get(1).transpose(0, 1), x.get(2)).cast(DType.BFLOAT16)),
        List.of(Sample.of(List.of(List.of(row, 1), List.of(column, 1), List.of()), List.of(row, column))));
  }

  private static KernelCase product(String name, int m, int n, int k, boolean leftAcross, DType type, int copies, double bound) {
    int row = Sample.step(m, 16);
    int column = Sample.step(n, 128);
    return new KernelCase(name, Unit.TERAFLOPS, 2.0 * m * n * k, type, copies, bound,
        List.of(leftAcross ? Input.of(k, m) : Input.of(m, k), Input.of(k, n)),
        x -> List.of((leftAcross ? x.get(0).transpose(0, 1) : x.get(0)).matmul(x.get(1))),
        List.of(Sample.of(List.of(leftAcross ? List.of(1, row) : List.of(row, 1), List.of(1, column)), List.of(row, column))));
  }
}
