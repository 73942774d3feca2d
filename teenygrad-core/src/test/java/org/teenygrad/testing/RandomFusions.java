package org.teenygrad.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;

/// Makes the shapes of graph that the scheduler fuses: contractions with what comes before and after, rows that are
/// normalized, and several results over one graph. The same seed, the same graph.
///
/// Half of the contractions are over small whole numbers, whose sums are exact: there every device must find the same
/// bits, whatever its tiles.
final class RandomFusions {
  private static final int[] SIZES = {1, 2, 3, 7, 12, 16, 17, 33, 48, 65, 100, 130};
  private static final int[] ROWS = {1, 3, 5, 7, 9, 15, 17, 31, 33, 63, 65, 77, 129, 255, 257};
  private static final long MOST_PRODUCTS = 400_000;
  private static final List<DType> TYPES =
      List.of(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.BFLOAT16, DType.FLOAT16);

  private final Random random;
  private final Device device;
  private boolean whole;

  private RandomFusions(long seed, Device device) {
    random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    this.device = device;
  }

  /// Results that are computed together.
  ///
  /// @param relative how far they may be off between devices, relative to the largest value of each; 0 where they must be equal
  record Fusion(List<OpNode> roots, double relative) {
    /// @param units how many units of the coarsest type that anything is rounded to
    static Fusion of(List<Tensor> results, double units) {
      List<OpNode> roots = results.stream().map(Tensor::node).toList();
      double coarsest = 0;
      for (OpNode node : Graph.topological(roots)) {
        boolean rounded = node.dtype().isFloating() && !node.inputs().isEmpty();
        coarsest = rounded ? Math.max(coarsest, Known.unit(node.dtype())) : coarsest;
      }
      // Where one rounding is coarse there are few of them that are not in the other device's graph as well.
      return new Fusion(roots, units * coarsest / (coarsest > 1e-5 ? 16 : 1));
    }
  }

  /// `epilogue(prologue(a) @ prologue(b))`, each operand possibly transposed, sliced, cast, masked and shared by the batch.
  static Fusion contraction(long seed, Device device) {
    return new RandomFusions(seed, device).contraction();
  }

  /// Softmax, layer norm and their kin over rows, with what comes before and after, and sometimes the derivatives.
  static Fusion rows(long seed, Device device) {
    return new RandomFusions(seed, device).rows();
  }

  // Contractions

  private Fusion contraction() {
    whole = random.nextBoolean();
    int batch = random.nextInt(3);
    int m = size();
    int n = size();
    int k = size();
    while ((long) Math.max(1, batch) * m * n * k > MOST_PRODUCTS) {
      m = size();
      n = size();
      k = size();
    }
    DType dtype = pick(TYPES);
    Tensor a = operand(batch, m, k, dtype);
    Tensor b = operand(random.nextInt(3) == 0 ? 0 : batch, k, n, dtype);
    Tensor product = a.matmul(b);
    Tensor result = product;
    for (int i = random.nextInt(4); i > 0; i--) {
      result = epilogue(result);
    }
    List<Tensor> results = new ArrayList<>(List.of(result));
    switch (random.nextInt(8)) {
      case 0 -> results.add(product);
      case 1 -> results.add(result.sum(-1));
      case 2 -> results.add(result.transpose(-1, -2).contiguous());
      case 3 -> results.add(result.toFloat().matmul(random(DType.FLOAT32, result.size(-1), size())));
      case 4 -> {
        whole = false;
        // Exactly equal values share their derivative of the maximum; others might be on either side of a kink.
        Tensor loss = product.toFloat().mul(random(DType.FLOAT32, product.shape().toArray())).sum();
        results.addAll(Gradient.of(loss, List.of(a, b)));
      }
      default -> {}
    }
    return Fusion.of(results, whole ? 0 : 100);
  }

  private int size() {
    return SIZES[random.nextInt(SIZES.length)];
  }

  /// A (batch, rows, columns) matrix as it comes out of a random chain of views and elementwise operations.
  /// @param batch 0 for none
  private Tensor operand(int batch, int rows, int columns, DType dtype) {
    boolean transposed = random.nextBoolean();
    int more = random.nextInt(4) == 0 ? random.nextInt(5) : 0;
    int r = (transposed ? columns : rows) + more;
    int c = transposed ? rows : columns;
    DType stored = random.nextInt(4) == 0 ? pick(List.of(DType.INT8, DType.BFLOAT16, DType.FLOAT32)) : dtype;
    Tensor x = batch == 0 ? random(stored, r, c) : random(stored, batch, r, c);
    if (more > 0) {
      int begin = random.nextInt(more + 1);
      x = x.slice(-2, begin, begin + r - more);
    }
    x = transposed ? x.transpose(-1, -2) : x;
    x = x.cast(dtype);
    return switch (random.nextInt(10)) {
      case 0 -> x.mul(2);
      case 1 -> x.mul(random(dtype).abs());
      case 2 -> x.relu();
      case 3 -> x.tril();
      case 4 -> x.add(random(dtype, columns));
      case 5 -> x.flip(random.nextBoolean() ? -1 : -2);
      case 6 -> Tensor.where(random(DType.INT8, rows, columns).gt(0), x, Tensor.full(Shape.SCALAR, -1, dtype));
      default -> x;
    };
  }

  private Tensor epilogue(Tensor x) {
    int n = x.size(-1);
    return switch (random.nextInt(9)) {
      case 0, 1 -> x.add(random(x.dtype(), n));
      case 2 -> x.relu();
      case 3 -> whole ? x.abs() : x.mul(0.25).gelu();
      case 4, 5 -> x.add(random(random.nextBoolean() ? x.dtype() : DType.BFLOAT16, x.shape().toArray()).cast(x.dtype()));
      case 6 -> x.mul(0.5);
      case 7 -> x.cast(pick(TYPES));
      default -> Tensor.where(Tensor.arange(n).lt(random.nextInt(n + 1)), x, Tensor.full(Shape.SCALAR, 0, x.dtype()));
    };
  }

  // Rows

  private Fusion rows() {
    int length = ROWS[random.nextInt(ROWS.length)];
    DType dtype = pick(TYPES);
    Shape shape = random.nextBoolean() ? Shape.of(1 + random.nextInt(20), length) : Shape.of(1 + random.nextInt(4), 1 + random.nextInt(6), length);
    boolean crosswise = random.nextInt(4) == 0;
    Tensor source = random(dtype, crosswise ? shape.with(shape.rank() - 1, shape.size(-2)).with(shape.rank() - 2, length).toArray() : shape.toArray());
    Tensor x = crosswise ? source.transpose(-1, -2) : source;
    Tensor weight = random(dtype, length);
    Tensor bias = random(dtype, length);
    Tensor before = switch (random.nextInt(6)) {
      case 0 -> x.mul(3);
      case 1 -> x.add(random(dtype, shape.toArray()));
      case 2 -> x.gelu();
      case 3 -> x.toFloat();
      case 4 -> x.mul(shape.rank() == 2 ? random(dtype, shape.size(0), 1) : random(dtype, shape.size(0), 1, 1));
      default -> x;
    };
    int kind = random.nextInt(10);
    Tensor row = switch (kind) {
      case 0 -> before.softmax(-1);
      case 1 -> before.logSoftmax(-1);
      case 2 -> before.layerNorm(weight.cast(before.dtype()), bias.cast(before.dtype()));
      case 3 -> before.rmsNorm(weight.cast(before.dtype()), 1e-2);
      case 4 -> before.logsumexp(-1, true);
      case 5 -> before.sub(before.mean(-1, true));
      case 6 -> before.square().mean(-1, true).add(1).sqrt();
      case 7 -> before.div(before.abs().sum(-1, true).add(1));
      case 8 -> before.softmax(-1).mul(before).sum(-1, true);
      default -> before.mul(before.toFloat().softmax(-1).cast(before.dtype()));
    };
    Tensor after = switch (random.nextInt(6)) {
      case 0 -> row.mul(random(row.dtype(), shape.toArray()));
      case 1 -> row.add(before);
      case 2 -> row.toFloat();
      case 3 -> row.sum(-1);
      case 4 -> row.mul(0.5).tanh();
      default -> row;
    };
    List<Tensor> results = new ArrayList<>(List.of(after));
    switch (random.nextInt(5)) {
      case 0 -> results.add(row);
      case 1 -> results.add(before);
      case 2, 3 -> results.addAll(Gradient.of(after.mul(random(after.dtype(), after.shape().toArray())).sum(), kind == 2 ? List.of(source, weight, bias) : kind == 3 ? List.of(source, weight) : List.of(source)));
      default -> {}
    }
    // Layer norms of rows that are nearly constant amplify what goes before: eps is small.
    // Differences from the mean add up to nothing but its own rounding, as often as the row is long.
    double condition = length == 1 && kind == 2 ? 400 : kind == 5 ? Math.max(1, length / 50.0) : 1;
    return Fusion.of(results, condition * 800);
  }

  // Data

  private Tensor random(DType dtype, int... sizes) {
    Shape shape = Shape.of(sizes);
    double[] numbers = new double[(int) shape.elements()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = whole || !dtype.isFloating() ? random.nextInt(5) - 2 : random.nextDouble() * 2 - 1;
    }
    // Computed, so that it is data of that very type and casts that follow are a part of the graph.
    return Tensor.of(numbers, shape, device).cast(dtype).realize();
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
