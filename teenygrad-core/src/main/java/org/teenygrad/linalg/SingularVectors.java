package org.teenygrad.linalg;

import java.util.Arrays;

/// Singular values of a square matrix, descending, and the vectors of each: `A = Σ valueᵢ uᵢ vᵢᵀ`.
///
/// @param u the left vectors, one after the other, as `v`
record SingularVectors(double[] values, double[][] u, double[][] v) {
  /// @param order which value is the first, the second, ...
  static SingularVectors of(double[] values, double[][] u, double[][] v, int[] order) {
    return new SingularVectors(Arrays.stream(order).mapToDouble(i -> values[i]).toArray(), ordered(u, order), ordered(v, order));
  }

  private static double[][] ordered(double[][] vectors, int[] order) {
    return Arrays.stream(order).mapToObj(i -> vectors[i]).toArray(double[][]::new);
  }
}
