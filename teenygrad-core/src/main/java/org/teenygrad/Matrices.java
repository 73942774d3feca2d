package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;

/// Brings batches of matrices to the host and back.
final class Matrices {
  /// What is computed of one matrix in row-major order: the results, each row-major.
  interface Function {
    List<double[]> of(double[] matrix, int rows, int columns);
  }

  private Matrices() {}

  static void requireMatrix(String name, Tensor a, boolean square) {
    if (a.rank() < 2 || square && a.size(-1) != a.size(-2)) {
      throw new IllegalArgumentException(
          name + ": needs " + (square ? "square " : "") + "matrices as the last two axes, not shape " + a.shape());
    }
  }

  /// The results for every matrix of a batch, in the type of `a`.
  /// @param shapes the shapes of the results for one matrix
  static List<Tensor> map(Tensor a, List<Shape> shapes, Function function) {
    int rows = a.size(-2);
    int columns = a.size(-1);
    int[] leading = Arrays.copyOf(a.shape().toArray(), a.rank() - 2);
    int batches = Arrays.stream(leading).reduce(1, Math::multiplyExact);
    double[] all = a.detach().toDoubleArray();
    double[][] results = new double[shapes.size()][];
    Arrays.setAll(results, i -> new double[batches * (int) shapes.get(i).elements()]);
    for (int batch = 0; batch < batches; batch++) {
      int begin = batch * rows * columns;
      List<double[]> one = function.of(Arrays.copyOfRange(all, begin, begin + rows * columns), rows, columns);
      for (int i = 0; i < results.length; i++) {
        int size = one.get(i).length;
        System.arraycopy(one.get(i), 0, results[i], batch * size, size);
      }
    }
    return IntStream.range(0, results.length)
        .mapToObj(i -> {
          Shape shape = Shape.of(IntStream.concat(Arrays.stream(leading), shapes.get(i).stream()).toArray());
          return Tensor.of(results[i], shape, a.device()).cast(Operations.toFloating(a).dtype()).detach();
        })
        .toList();
  }

  /// `value`, with the derivative of `expression`.
  static Tensor withDerivative(Tensor value, Tensor expression) {
    return Tensor.apply(OpCode.SURROGATE, value, expression);
  }

  /// Whether what is computed of these will be derived by a tensor that collects gradients: what only derivatives need is left out otherwise.
  static boolean isDifferentiated(Tensor... inputs) {
    return Arrays.stream(inputs).anyMatch(x -> Leaves.isTracked(x.node()));
  }

  /// `value`, with the derivative 0: where PyTorch has one, too, rather than none.
  static Tensor flat(Tensor value, Tensor expression) {
    return Tensor.full(Shape.SCALAR, true).where(value, expression);
  }

  /// Aᵀ of each matrix.
  static Tensor transposed(Tensor a) {
    return a.transpose(-1, -2);
  }
}
