package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Images looked up at the positions of a grid.
final class GridSampling {
  private GridSampling() {}

  static void addTo(OperatorTable table) {
    table.alike("GridSample", 16, GridSampling::sample);
    table.alike("AffineGrid", 20, GridSampling::affineGrid);
  }

  /// -1 and 1 are the ends of an axis: the outermost elements' centres, or their borders. Positions begin with the last axis.
  private static Tensor sample(Call call) {
    Tensor x = call.in(0);
    Tensor grid = call.in(1);
    int axes = x.rank() - 2;
    boolean aligned = call.flag("align_corners", false);
    DType type = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    List<Tensor> positions = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      Tensor normal = grid.select(-1, axes - 1 - i).cast(type).flatten(1, -1);
      int size = x.size(2 + i);
      positions.add(aligned ? normal.add(1).mul((size - 1) / 2.0) : normal.add(1).mul(size).sub(1).div(2));
    }
    Tensor wide = x.cast(type);
    Tensor y = new Sampler(mode(call.text("mode", "linear")), call.text("padding_mode", "zeros"), aligned).sample(wide, positions);
    int[] shape = IntStream.concat(IntStream.of(x.size(0), x.size(1)), Arrays.stream(grid.shape().toArray(), 1, axes + 1)).toArray();
    return y.reshape(shape);
  }

  /// The names of the first version.
  private static String mode(String mode) {
    return switch (mode) {
      case "bilinear", "linear" -> "linear";
      case "bicubic", "cubic" -> "cubic";
      case "nearest" -> "nearest";
      default -> throw new IllegalArgumentException("there is no mode '" + mode + "'; there are nearest, linear and cubic");
    };
  }

  private static Tensor affineGrid(Call call) {
    Tensor theta = call.in(0);
    int[] sizes = Arrays.stream(call.ints(1)).skip(2).toArray();
    int axes = sizes.length;
    Shape shape = Shape.of(sizes);
    List<Tensor> coordinates = new ArrayList<>();
    for (int i = axes - 1; i >= 0; i--) {
      int size = sizes[i];
      double[] along = IntStream.range(0, size)
          .mapToDouble(p -> call.flag("align_corners", false) ? size == 1 ? 0 : 2.0 * p / (size - 1) - 1 : (2.0 * p + 1) / size - 1)
          .toArray();
      coordinates.add(call.along(axes, i, along).cast(theta.dtype()).broadcastTo(shape).flatten());
    }
    coordinates.add(Tensor.full(Shape.of(Math.toIntExact(shape.elements())), 1, theta.dtype()));
    Tensor grid = theta.matmul(Tensor.stack(coordinates, 0)).transpose(1, 2);
    int[] result = IntStream.concat(IntStream.concat(IntStream.of(theta.size(0)), Arrays.stream(sizes)), IntStream.of(axes)).toArray();
    return grid.reshape(result);
  }
}
