package org.teenygrad;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.HostBuffer;
import org.teenygrad.linalg.Matrix;

/// Brings batches of matrices to the host and back.
final class Matrices {
  /// Computes the results, which hold anything before, of one matrix, which is only read. A vector is a row.
  interface Function {
    void of(Matrix matrix, List<Matrix> results);
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
    List<HostBuffer> results = shapes.stream().map(shape -> HostAllocator.shared().allocate(Math.multiplyExact(batches * shape.elements(), Double.BYTES))).toList();
    HostData.read(a.detach().cast(DType.FLOAT64), all -> {
      for (int batch = 0; batch < batches; batch++) {
        int number = batch;
        Matrix matrix = Matrix.of(all.bytes(), (long) batch * rows * columns, rows, columns);
        function.of(matrix, IntStream.range(0, shapes.size()).mapToObj(i -> result(results.get(i), number, shapes.get(i))).toList());
      }
      return results;
    });
    DType dtype = Operations.toFloating(a).dtype();
    return IntStream.range(0, results.size()).mapToObj(i -> {
      Shape shape = Shape.of(IntStream.concat(Arrays.stream(leading), shapes.get(i).stream()).toArray());
      return HostData.owning(results.get(i), DType.FLOAT64, shape, a.device()).cast(dtype).detach();
    }).toList();
  }

  private static Matrix result(HostBuffer all, int batch, Shape shape) {
    int rows = shape.rank() < 2 ? 1 : shape.size(0);
    int columns = shape.rank() == 0 ? 1 : shape.size(-1);
    return Matrix.of(all.segment(), (long) batch * rows * columns, rows, columns);
  }

  /// `value`, with the derivative of `expression`.
  static Tensor withDerivative(Tensor value, Tensor expression) {
    return Tensor.apply(OpCode.SURROGATE, value, expression);
  }

  /// Whether what is computed of these will be derived by a tensor that collects gradients: what only derivatives need is left out
  /// otherwise.
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
