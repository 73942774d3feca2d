package org.teenygrad;

import java.util.Arrays;

/// In which order several matrices are multiplied: that with the fewest multiplications, found for ever longer parts of the product.
final class ProductOrder {
  private ProductOrder() {}

  static Tensor multiply(Tensor... factors) {
    int count = factors.length;
    if (count < 2) {
      throw new IllegalArgumentException("multiDot: needs two matrices at least, not " + count);
    }
    Tensor[] matrices = factors.clone();
    boolean row = factors[0].rank() == 1;
    boolean column = factors[count - 1].rank() == 1;
    matrices[0] = row ? factors[0].unsqueeze(0) : factors[0];
    matrices[count - 1] = column ? factors[count - 1].unsqueeze(1) : factors[count - 1];
    for (int i = 0; i < count; i++) {
      if (matrices[i].rank() != 2 || i > 0 && matrices[i].size(0) != matrices[i - 1].size(1)) {
        throw new IllegalArgumentException("multiDot: shapes do not fit: " + Arrays.stream(factors).map(Tensor::shape).toList());
      }
    }
    Tensor product = multiply(matrices, splits(matrices), 0, count - 1);
    product = row ? product.squeeze(0) : product;
    return column ? product.squeeze(-1) : product;
  }

  /// For each part of the product, behind which factor it is divided.
  private static int[][] splits(Tensor... matrices) {
    int count = matrices.length;
    double[][] cost = new double[count][count];
    int[][] split = new int[count][count];
    for (int length = 2; length <= count; length++) {
      for (int i = 0; i + length <= count; i++) {
        int j = i + length - 1;
        cost[i][j] = Double.POSITIVE_INFINITY;
        for (int k = i; k < j; k++) {
          double here = cost[i][k] + cost[k + 1][j] + (double) matrices[i].size(0) * matrices[k].size(1) * matrices[j].size(1);
          if (here < cost[i][j]) {
            cost[i][j] = here;
            split[i][j] = k;
          }
        }
      }
    }
    return split;
  }

  private static Tensor multiply(Tensor[] matrices, int[][] splits, int from, int to) {
    return from == to
        ? matrices[from]
        : multiply(matrices, splits, from, splits[from][to]).matmul(multiply(matrices, splits, splits[from][to] + 1, to));
  }
}
