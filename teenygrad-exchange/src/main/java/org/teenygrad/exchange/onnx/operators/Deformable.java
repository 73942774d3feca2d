package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Interpolation;
import org.teenygrad.PadMode;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Convolutions whose kernels' elements are moved by data (Dai et al., "Deformable convolutional networks", 2017).
final class Deformable {
  private Deformable() {}

  /// Each element under the kernel is sampled, and what is sampled multiplied with the weights.
  static Tensor convolution(Call call) {
    Tensor x = call.in(0);
    Tensor weight = call.in(1);
    Tensor offset = call.in(2);
    int[] kernel = Convolutions.kernel(weight);
    int axes = kernel.length;
    int batch = x.size(0);
    int groups = call.axis("group", 1);
    int offsetGroups = call.axis("offset_group", 1);
    Windowing windows = Windowing.of(call, x, kernel);
    int inKernel = IntStream.of(kernel).reduce(1, Math::multiplyExact);
    int outputs = IntStream.of(windows.outputs()).reduce(1, Math::multiplyExact);
    Tensor moved = offset.reshape(batch, offsetGroups, inKernel, axes, outputs);
    int perGroup = x.size(1) / offsetGroups;
    List<Tensor> groupsSeen = new ArrayList<>();
    for (int g = 0; g < offsetGroups; g++) {
      List<Tensor> positions = new ArrayList<>();
      for (int i = 0; i < axes; i++) {
        Tensor start = base(call, windows, i).reshape(1, inKernel, outputs).toDouble();
        Tensor position = moved.select(1, g).select(2, i).toDouble().add(start);
        positions.addFirst(position.mul(2).add(1).div(x.size(2 + i)).sub(1)); // -1 and 1 are the image's borders
      }
      Tensor grid = grid(positions, axes);
      Tensor image = x.narrow(1, g * perGroup, perGroup);
      Tensor lines = (axes == 1 ? image.unsqueeze(2) : image).toDouble(); // a pixel hit exactly has nothing of its neighbours
      Tensor seen = lines.gridSample(grid, Interpolation.LINEAR, PadMode.ZEROS, false).cast(x.dtype());
      seen = seen.reshape(batch, perGroup, inKernel, outputs);
      if (call.has(4)) {
        seen = seen.mul(call.in(4).reshape(batch, offsetGroups, inKernel, outputs).narrow(1, g, 1));
      }
      groupsSeen.add(seen);
    }
    Tensor columns = Tensor.cat(groupsSeen, 1).reshape(batch, groups, x.size(1) / groups * inKernel, outputs);
    Tensor matrix = weight.reshape(1, groups, weight.size(0) / groups, weight.size(1) * inKernel);
    int[] shape = IntStream.concat(IntStream.of(batch, weight.size(0)), IntStream.of(windows.outputs())).toArray();
    Tensor y = matrix.matmul(columns).reshape(shape);
    return call.has(3) ? y.add(call.in(3).reshape(Convolutions.perChannel(y.rank(), weight.size(0)))) : y;
  }

  /// (batch, kernel, outputs, axes), in three dimensions with one of size 1 before the last; a line is an image of one row.
  private static Tensor grid(List<Tensor> positions, int axes) {
    Tensor grid = Tensor.stack(axes == 1 ? List.of(positions.getFirst(), positions.getFirst().zerosLike()) : positions, -1);
    return axes == 3 ? grid.unsqueeze(-2) : grid;
  }

  /// Where each element under the kernel would be, were it not moved: (kernel, outputs).
  private static Tensor base(Call call, Windowing windows, int axis) {
    int[] kernel = windows.kernel();
    int[] sizes = windows.outputs();
    int axes = kernel.length;
    int[][] along = windows.positions(axis);
    Shape shape = Shape.of(IntStream.concat(IntStream.of(kernel), IntStream.of(sizes)).toArray());
    double[] start = IntStream.range(0, sizes[axis]).mapToDouble(out -> along[out][0]).toArray();
    double[] within = IntStream.range(0, kernel[axis]).mapToDouble(k -> (double) along[0][k] - along[0][0]).toArray();
    return call.along(2 * axes, axis, within).add(call.along(2 * axes, axes + axis, start)).broadcastTo(shape).cast(DType.FLOAT32);
  }
}
