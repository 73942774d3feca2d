package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Discrete Fourier transforms of rows of complex numbers.
///
/// Stockham's: n is a product of radices, and each stage makes transforms of r points by one matrix product, turned afterwards by
/// roots of unity; results come out in order. Where n has a prime above 64, Bluestein's: a convolution with a chirp, by transforms
/// of a power of two. (W. T. Cochran et al., *What is the Fast Fourier Transform?*, 1967; L. I. Bluestein, *A linear filtering
/// approach to the computation of discrete Fourier transform*, 1970.) A radix of 32 has four times the arithmetic of smaller ones,
/// but a quarter of the passes over memory.
final class FourierStages {
  private static final int LARGEST_RADIX = 64;
  private static final int USUAL_RADIX = 32;

  private FourierStages() {}

  /// `sum x[j] e^(turns 2πi jk / n)` of each row.
  /// @param x (rows, n, 2)
  /// @param turns -1 forward, 1 backward
  static Tensor of(Tensor x, int turns) {
    int n = x.size(1);
    if (n == 1) {
      return x.alias();
    }
    return radices(n).map(radices -> stockham(x, turns, radices)).orElseGet(() -> bluestein(x, turns));
  }

  /// Divisors whose product is n, as few and as equal as possible; none where n has too large a prime.
  static Optional<List<Integer>> radices(int n) {
    List<Integer> radices = new ArrayList<>();
    int rest = n;
    while (rest > LARGEST_RADIX) {
      int left = rest;
      double stages = Math.ceil(Math.log(rest) / Math.log(USUAL_RADIX));
      double aim = Math.log(rest) / stages;
      Optional<Integer> next = IntStream.rangeClosed(2, LARGEST_RADIX).filter(r -> left % r == 0).boxed()
          .min((a, b) -> Double.compare(Math.abs(Math.log(a) - aim), Math.abs(Math.log(b) - aim)));
      if (next.isEmpty()) {
        return Optional.empty();
      }
      radices.add(next.get());
      rest /= next.get();
    }
    if (rest > 1) {
      radices.add(rest);
    }
    return Optional.of(radices);
  }

  /// Between stages: (rows, m, 2, done), where transforms of `done` points are finished, and m of them still make one of m * done.
  private static Tensor stockham(Tensor x, int turns, List<Integer> radices) {
    int rows = x.size(0);
    int n = x.size(1);
    if (radices.size() == 1) {
      return x.reshape(rows, 2 * n).matmul(matrix(n, turns, x, true)).reshape(rows, n, 2);
    }
    Tensor state = x;
    int done = 1;
    for (int r : radices) {
      int m = n / done / r;
      Tensor parts = state.reshape(rows, r, m, 2, done).permute(0, 2, 1, 3, 4).reshape(rows, m, 2 * r, done);
      Tensor matrix = matrix(r, turns, x, false);
      Tensor products = done == 1 ? parts.squeeze(-1).matmul(matrix) : matrix.t().matmul(parts);
      state = products.reshape(rows, m, 2, r, done).contiguous();
      if (m > 1) {
        state = UnityRoots.products(turns, m, r, x.dtype(), x.device()).reshape(m, 1, r, 1).times(state, 2).contiguous();
      }
      done *= r;
    }
    return state.reshape(rows, 2, n).transpose(1, 2);
  }

  /// The matrix of a transform of r points, of the parts of complex numbers: (2 r, 2 r), a row for each number that comes in.
  /// @param paired whether the parts of a result stand side by side; else all real ones come first
  private static Tensor matrix(int r, int turns, Tensor like, boolean paired) {
    double[] matrix = new double[4 * r * r];
    for (int j = 0; j < r; j++) {
      for (int k = 0; k < r; k++) {
        double[] root = UnityRoots.root((long) turns * j * k, r);
        int real = paired ? 2 * k : k;
        int imaginary = paired ? 2 * k + 1 : r + k;
        matrix[2 * j * 2 * r + real] = root[0];
        matrix[2 * j * 2 * r + imaginary] = root[1];
        matrix[(2 * j + 1) * 2 * r + real] = -root[1];
        matrix[(2 * j + 1) * 2 * r + imaginary] = root[0];
      }
    }
    return Tensor.of(matrix, Shape.of(2 * r, 2 * r), like.device()).cast(like.dtype());
  }

  /// From `jk = (j² + k² - (k - j)²) / 2`: turned by a chirp, convolved with its conjugate, turned again.
  private static Tensor bluestein(Tensor x, int turns) {
    int n = x.size(1);
    int length = Integer.highestOneBit(2 * n - 2) * 2;
    UnityRoots chirp = UnityRoots.chirp(turns, n, x.dtype());
    UnityRoots column = chirp.reshape(n, 1);
    Tensor turned = of(column.times(x, 2).padAxis(1, 0, length - n), turns);
    Tensor back = Pairs.conjugate(chirp.pairs()).unsqueeze(0); // (1, n, 2)
    Tensor wrapped = back.padAxis(1, 0, length - n).add(back.slice(1, 1, n).flip(1).padAxis(1, length - n + 1, 0));
    Tensor filtered = Pairs.product(turned, of(wrapped.to(x.device()).contiguous(), turns));
    return column.times(of(filtered.contiguous(), -turns).slice(1, 0, n).div(length), 2);
  }
}
