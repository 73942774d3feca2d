package org.teenygrad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Scatter;

/// How [Pooling] becomes views and reductions.
final class Pools {
  /// Kernels up to this length are compared element by element, which fuses; longer ones go through positions.
  private static final int UNROLLED = 16;

  interface PartReduction {
    Tensor of(Tensor part, int axis);
  }

  private Pools() {}

  private static Windows windows(String name, Tensor x, Window window, int axes, int... sizes) {
    if (x.rank() < axes) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: shape %s has no %d spatial axes", name, x.shape(), axes));
    }
    if (window.padding().isEmpty()) {
      throw new IllegalArgumentException(name + ": only convolutions have padding that keeps the size; name the padding");
    }
    if (window.paddingMode() != PadMode.ZEROS) {
      throw new IllegalArgumentException(name + ": only convolutions have padding mode " + window.paddingMode());
    }
    int[] kernel = Window.each(name + ": kernel", Arrays.stream(sizes).boxed().toList(), axes, 1);
    Windows windows = Windows.of(name, x.shape(), kernel, kernel, window);
    for (int i = 0; i < axes; i++) {
      if (windows.before()[i] > kernel[i] / 2) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s: padding %d is more than half of the kernel %d",
                name, windows.before()[i], kernel[i]));
      }
    }
    return windows;
  }

  /// One axis after the other, the last first: so the first of equal elements in row-major order wins.
  static Tensor max(String name, Tensor x, Window window, int axes, int... sizes) {
    Windows windows = windows(name, x, window, axes, sizes);
    if (Arrays.stream(windows.kernel()).anyMatch(size -> size > UNROLLED)) {
      Tensor seen = flatWindows(windows, windows.padded(x, lowest(x.dtype())));
      return seen.gather(-1, seen.argmax(-1, true)).squeeze(-1);
    }
    Tensor result = windows.padded(x, lowest(x.dtype()));
    for (int axis = axes - 1; axis >= 0; axis--) {
      Tensor best = windows.element(result, axis, 0);
      for (int k = 1; k < windows.kernel()[axis]; k++) {
        Tensor next = windows.element(result, axis, k);
        Tensor better = next.gt(best);
        if (x.dtype().isFloating()) {
          better = better.or(next.isNan());
        }
        best = better.where(next, best);
      }
      result = best;
    }
    return result;
  }

  /// (..., outputs, all elements under the kernel).
  private static Tensor flatWindows(Windows windows, Tensor padded) {
    Tensor seen = windows.over(padded);
    return seen.flatten(seen.rank() - windows.axes(), -1);
  }

  static Tensor indices(String name, Tensor x, Window window, int axes, int... sizes) {
    Windows windows = windows(name, x, window, axes, sizes);
    Tensor choice = flatWindows(windows, windows.padded(x, lowest(x.dtype()))).argmax(-1);
    Tensor flat = null;
    int inner = Arrays.stream(windows.kernel()).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < axes; i++) {
      inner /= windows.kernel()[i];
      int[] shape = new int[axes];
      Arrays.fill(shape, 1);
      shape[i] = windows.outputs()[i];
      Tensor start = Tensor.arange(windows.outputs()[i], DType.INT64).mul(windows.stride()[i]).reshape(shape);
      Tensor within = choice.truncDiv(inner).fmod(windows.kernel()[i]).mul(windows.dilation()[i]);
      Tensor position = within.add(start).sub(windows.before()[i]);
      flat = flat == null ? position : flat.mul(x.size(x.rank() - axes + i)).add(position);
    }
    return flat == null ? choice : flat;
  }

  static Tensor unpool(Tensor x, Tensor indices, int height, int width) {
    if (x.rank() < 2 || !x.shape().equals(indices.shape()) || !indices.dtype().isInteger()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "maxUnpool2d: indices %s %s must be integers of the shape of the maxima %s",
              indices.dtype(), indices.shape(), x.shape()));
    }
    int[] flat = x.shape().toArray();
    int[] leading = Arrays.copyOf(flat, flat.length - 2);
    Shape plane = Shape.of(IntStream.concat(Arrays.stream(leading), IntStream.of(height * width)).toArray());
    Tensor base = Tensor.full(plane, 0, x.dtype());
    Tensor result = Tensor.applyWith(OpCode.SCATTER, new Scatter(plane.rank() - 1, null), base, indices.flatten(-2, -1), x.flatten(-2, -1));
    return result.unflatten(-1, height, width);
  }

  static Tensor average(String name, Tensor x, Window window, int axes, int... sizes) {
    Windows windows = windows(name, x, window, axes, sizes);
    Tensor numbers = Operations.requireNumbers(name, x);
    Tensor seen = windows.over(windows.padded(x.dtype().isFloating() ? Precision.widen(numbers) : numbers, 0));
    Tensor sum = seen.sum(IntStream.range(seen.rank() - axes, seen.rank()).toArray());
    Tensor counts = window.divisorOverride() == 0 ? counts(windows, x, window, sum.dtype()) : Operations.constant(sum.dtype(), window.divisorOverride());
    return (x.dtype().isFloating() ? sum.div(counts) : sum.truncDiv(counts)).cast(x.dtype());
  }

  /// How many elements each window holds, on the last axes: the product of one row for each axis.
  private static Tensor counts(Windows windows, Tensor x, Window window, DType type) {
    int axes = windows.axes();
    Tensor product = Operations.constant(type, 1);
    for (int i = 0; i < axes; i++) {
      int size = x.size(x.rank() - axes + i);
      int padding = windows.before()[i];
      int[] row = new int[windows.outputs()[i]];
      for (int o = 0; o < row.length; o++) {
        int begin = o * windows.stride()[i] - padding;
        int end = Math.min(begin + windows.kernel()[i], size + padding);
        row[o] = window.countIncludePad() ? end - begin : Math.min(end, size) - Math.max(begin, 0);
      }
      int[] shape = new int[axes];
      Arrays.fill(shape, 1);
      shape[i] = row.length;
      boolean same = Arrays.stream(row).distinct().count() == 1;
      Tensor factor = same
          ? Operations.constant(type, row[0])
          : Tensor.of(row, Shape.of(row.length), x.device()).reshape(shape).cast(type);
      product = product.mul(factor);
    }
    return product;
  }

  static Tensor adaptive(Tensor x, int[] outputs, PartReduction reduction) {
    if (outputs.length > x.rank()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "adaptivePool: %d sizes for shape %s", outputs.length, x.shape()));
    }
    Tensor result = x.alias();
    for (int i = 0; i < outputs.length; i++) {
      int axis = x.rank() - outputs.length + i;
      int size = x.size(axis);
      int parts = outputs[i];
      if (parts > 0 && size % parts == 0) {
        result = reduction.of(result.unflatten(axis, parts, size / parts), axis + 1).squeeze(axis + 1);
        continue;
      }
      List<Tensor> columns = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        int begin = Math.floorDiv(part * size, parts);
        columns.add(reduction.of(result.slice(axis, begin, Math.ceilDiv((part + 1) * size, parts)), axis));
      }
      result = Tensor.cat(columns, axis);
    }
    return result;
  }

  /// Where the maxima of [Pooling#adaptiveMaxPool] are, in the last axes taken as one: the last axis is reduced first, so that of
  /// equal elements the first in row-major order wins.
  static Tensor adaptiveIndices(Tensor x, int... outputs) {
    if (outputs.length > x.rank()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "adaptiveMaxPoolIndices: %d sizes for shape %s", outputs.length, x.shape()));
    }
    int first = x.rank() - outputs.length;
    int[] plane = IntStream.range(first, x.rank()).map(x::size).toArray();
    int all = Arrays.stream(plane).reduce(1, Math::multiplyExact);
    Tensor places = Tensor.arange(all, DType.INT64).reshape(plane).broadcastTo(x.shape());
    Tensor values = x.detach();
    for (int axis = x.rank() - 1; axis >= first; axis--) {
      int size = values.size(axis);
      int parts = outputs[axis - first];
      List<Tensor> best = new ArrayList<>();
      List<Tensor> where = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        int begin = Math.floorDiv(part * size, parts);
        int end = Math.ceilDiv((part + 1) * size, parts);
        Tensor seen = values.slice(axis, begin, end);
        Tensor choice = seen.argmax(axis, true);
        best.add(seen.gather(axis, choice));
        where.add(places.slice(axis, begin, end).gather(axis, choice));
      }
      values = Tensor.cat(best, axis);
      places = Tensor.cat(where, axis);
    }
    return places.to(x.device());
  }

  static Number lowest(DType type) {
    return switch (type) {
      case FLOAT8_E4M3 -> -type.largest();
      case FLOAT8_E5M2, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> Double.NEGATIVE_INFINITY;
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      case UINT8, BOOL -> 0;
    };
  }
}
