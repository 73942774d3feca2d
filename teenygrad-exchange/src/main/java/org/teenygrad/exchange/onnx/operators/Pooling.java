package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.Window;

/// Poolings.
final class Pooling {
  private Pooling() {}

  static void addTo(OperatorTable table) {
    table.several("MaxPool", 1, Pooling::max);
    table.alike("AveragePool", 7, Pooling::average);
    table.alike("LpPool", 2, Pooling::lp);
    table.alike("MaxUnpool", 9, Pooling::unpool);
    table.alike("GlobalAveragePool", 1, call -> call.in(0).mean(spatial(call.in(0)), true));
    table.alike("GlobalMaxPool", 1, call -> call.in(0).max(spatial(call.in(0)), true));
    table.alike("GlobalLpPool", 2, call -> root(powers(call).sum(spatial(call.in(0)), true), call));
  }

  private static int[] spatial(Tensor x) {
    return IntStream.range(2, x.rank()).toArray();
  }

  private static int[] kernel(Call call) {
    return Call.ints(Call.required(call.numbers("kernel_shape"), "kernel_shape"));
  }

  private static Number lowest(DType type) {
    return switch (type) {
      case BOOL, UINT8 -> 0;
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      case FLOAT8_E4M3 -> -type.largest();
      case FLOAT8_E5M2, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> Double.NEGATIVE_INFINITY;
    };
  }

  private static List<Value> max(Call call) {
    Tensor x = call.in(0);
    Windowing windows = Windowing.of(call, x, kernel(call));
    Tensor padded = windows.padded(x, lowest(x.dtype()));
    Window window = Window.DEFAULT.stride(windows.strides()).dilation(windows.dilations());
    Tensor largest = switch (windows.axes()) {
      case 1 -> padded.maxPool1d(window, windows.kernel()[0]);
      case 2 -> padded.maxPool2d(window, windows.kernel());
      case 3 -> padded.maxPool3d(window, windows.kernel());
      default -> windows.over(x, lowest(x.dtype())).max(windows.kernelAxes(), false);
    };
    return call.wants(1) ? List.of(call.alike(largest), Value.of(places(call, x, windows))) : List.of(call.alike(largest));
  }

  /// Where in x, all axes in one, the largest elements are.
  private static Tensor places(Call call, Tensor x, Windowing windows) {
    int axes = windows.axes();
    Tensor seen = windows.over(x, lowest(x.dtype()));
    Tensor choice = seen.flatten(2 + axes, -1).argmax(-1, false);
    boolean columnsFirst = call.flag("storage_order", false);
    int inner = Arrays.stream(windows.kernel()).reduce(1, Math::multiplyExact);
    long[] strides = new long[axes];
    long stride = 1;
    for (int i = 0; i < axes; i++) {
      int axis = columnsFirst ? i : axes - 1 - i;
      strides[axis] = stride;
      stride *= x.size(2 + axis);
    }
    int planes = x.size(0) * x.size(1);
    Tensor place = Tensor.arange(planes, DType.INT64).mul(stride).reshape(ones(axes, x.size(0), x.size(1)));
    for (int i = 0; i < axes; i++) {
      inner /= windows.kernel()[i];
      int[] shape = ones(axes, 1, 1);
      shape[2 + i] = windows.outputs()[i];
      Tensor start = Tensor.arange(windows.outputs()[i], DType.INT64).mul(windows.strides()[i]).sub(windows.before()[i]).reshape(shape);
      Tensor within = choice.truncDiv(inner).fmod(windows.kernel()[i]).mul(windows.dilations()[i]);
      place = place.add(within.add(start).mul(strides[i]));
    }
    return place;
  }

  private static int[] ones(int axes, int batch, int channels) {
    int[] shape = new int[2 + axes];
    Arrays.fill(shape, 1);
    shape[0] = batch;
    shape[1] = channels;
    return shape;
  }

  /// Padding counts as elements where that is asked for, but never what only the last window of `ceil_mode` reaches.
  private static Tensor average(Call call) {
    Tensor x = call.in(0);
    Windowing windows = Windowing.of(call, x, kernel(call));
    boolean padding = call.flag("count_include_pad", false);
    Tensor sum = windows.over(x, 0).sum(windows.kernelAxes(), false);
    for (int i = 0; i < windows.axes(); i++) {
      int begin = padding ? -windows.before()[i] : 0;
      int end = x.size(2 + i) + (padding ? windows.after()[i] : 0);
      double[] counts = Arrays.stream(windows.positions(i))
          .mapToDouble(seen -> Math.max(1, Arrays.stream(seen).filter(p -> p >= begin && p < end).count()))
          .toArray();
      sum = sum.div(call.along(x.rank(), 2 + i, counts).cast(x.dtype()));
    }
    return sum;
  }

  private static Tensor powers(Call call) {
    return call.in(0).abs().pow(call.number("p", 2));
  }

  private static Tensor root(Tensor sum, Call call) {
    return sum.pow(1.0 / call.number("p", 2));
  }

  private static Tensor lp(Call call) {
    Windowing windows = Windowing.of(call, call.in(0), kernel(call));
    return root(windows.over(powers(call), 0).sum(windows.kernelAxes(), false), call);
  }

  /// Elements go where the pooling had them from; where another size is wanted, the rest is added behind.
  private static Tensor unpool(Call call) {
    Tensor x = call.in(0);
    int[] kernel = kernel(call);
    int[] strides = call.each("strides", kernel.length, 1);
    long[] pads = call.numbers("pads");
    int[][] pairs = pads == null ? new int[kernel.length][2] : Shapes.pairs(kernel.length, pads);
    int[] sizes = x.shape().toArray();
    for (int i = 0; i < kernel.length; i++) {
      sizes[2 + i] = (x.size(2 + i) - 1) * strides[i] + kernel[i] - pairs[i][0] - pairs[i][1];
    }
    Shape shape = Shape.of(sizes);
    Tensor flat = Tensor.full(Shape.of(Math.toIntExact(shape.elements())), 0, x.dtype());
    Tensor spread = flat.scatter(0, call.in(1).flatten(), x.flatten()).reshape(shape);
    if (call.has(2)) {
      int[] wanted = call.ints(2);
      for (int i = 0; i < wanted.length; i++) {
        spread = spread.padAxis(i, 0, wanted[i] - spread.size(i));
      }
    }
    return spread;
  }
}
