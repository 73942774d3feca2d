package org.teenygrad;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/// The positions of a kernel on the last axes of a tensor.
///
/// @param kernel the kernel's sizes
/// @param outputs how many positions there are on each axis
/// @param before padding in front
/// @param after padding at the end, including what only windows of ceilMode reach
record Windows(int[] kernel, int[] stride, int[] dilation, int[] outputs, int[] before, int[] after) {
  /// Those of a kernel that moves by one element, from the same first place.
  Windows withoutStride() {
    return new Windows(kernel, IntStream.generate(() -> 1).limit(stride.length).toArray(), dilation, outputs, before, after);
  }

  /// @param shape of what the kernel moves over: its last axes are the spatial ones
  /// @param ownStride the stride where the window names none
  static Windows of(String name, Shape shape, int[] kernel, int[] ownStride, Window window) {
    int axes = kernel.length;
    int[] stride = window.stride().isEmpty() ? ownStride : Window.each(name + ": stride", window.stride(), axes, 1);
    int[] dilation = Window.each(name + ": dilation", window.dilation(), axes, 1);
    if (window.padding().isEmpty()) {
      return same(name, shape, kernel, stride, dilation);
    }
    int[] padding = Window.each(name + ": padding", window.padding(), axes, 0);
    int[] outputs = new int[axes];
    int[] after = padding.clone();
    for (int i = 0; i < axes; i++) {
      int size = shape.size(shape.rank() - axes + i);
      int span = dilation[i] * (kernel[i] - 1) + 1;
      int room = size + 2 * padding[i] - span;
      if (room < 0 || kernel[i] < 1) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT,
                "%s: a kernel of %s with dilation %d does not fit axis %d of shape %s with padding %d",
                name, Arrays.toString(kernel), dilation[i], shape.rank() - axes + i, shape, padding[i]));
      }
      outputs[i] = (window.ceilMode() ? Math.ceilDiv(room, stride[i]) : room / stride[i]) + 1;
      if (window.ceilMode() && (outputs[i] - 1) * stride[i] >= size + padding[i]) {
        outputs[i]--; // the last window would lie in the padding alone
      }
      after[i] = Math.max(padding[i], (outputs[i] - 1) * stride[i] + span - size - padding[i]);
    }
    return new Windows(kernel, stride, dilation, outputs, padding, after);
  }

  /// As many outputs as elements.
  private static Windows same(String name, Shape shape, int[] kernel, int[] stride, int[] dilation) {
    int axes = kernel.length;
    int[] sizes = IntStream.range(0, axes).map(i -> shape.size(shape.rank() - axes + i)).toArray();
    int[] padding = IntStream.range(0, axes).map(i -> dilation[i] * (kernel[i] - 1)).toArray();
    if (Arrays.stream(stride).anyMatch(step -> step != 1)) {
      throw new IllegalArgumentException(
          name + ": padding that keeps the size needs stride 1, not " + Arrays.toString(stride) + "; name the padding");
    }
    int[] before = Arrays.stream(padding).map(all -> all / 2).toArray();
    int[] after = Arrays.stream(padding).map(all -> all - all / 2).toArray();
    return new Windows(kernel, stride, dilation, sizes, before, after);
  }

  int axes() {
    return kernel.length;
  }

  /// Whether neighbours have elements in common, and none lies in the padding alone.
  boolean overlap() {
    return IntStream.range(0, axes()).allMatch(i -> Math.max(before[i], after[i]) <= dilation[i] * (kernel[i] - 1))
        && IntStream.range(0, axes()).anyMatch(i -> dilation[i] * (kernel[i] - 1) >= stride[i]);
  }

  /// x with the padding.
  Tensor padded(Tensor x, Number value) {
    return x.pad(bounds(x), value);
  }

  /// x with the padding, made of what is in it.
  Tensor padded(Tensor x, PadMode mode) {
    return x.pad(mode, bounds(x));
  }

  private int[][] bounds(Tensor x) {
    int[][] bounds = new int[x.rank()][2];
    for (int i = 0; i < axes(); i++) {
      bounds[x.rank() - axes() + i] = new int[] {before[i], after[i]};
    }
    return bounds;
  }

  /// A view of the padded x (..., spatial) as (..., outputs, kernel): overlapping windows.
  Tensor over(Tensor padded) {
    Tensor x = padded;
    int leading = x.rank() - axes();
    for (int i = 0; i < axes(); i++) {
      // Each step appends its kernel axis at the end.
      x = slide(x, leading + i, kernel[i], stride[i], dilation[i], outputs[i]);
    }
    return x;
  }

  /// Axis `axis` of x becomes `outputs` positions; a new last axis holds the `kernel` elements at each of them.
  ///
  /// The axis, cut to length n = (kernel - 1) dilation + outputs stride, is written down again and again; rows of n + dilation
  /// elements of that begin one dilation later each, and every stride-th element of row k is what the kernel's element k sees.
  static Tensor slide(Tensor x, int axis, int kernel, int stride, int dilation, int outputs) {
    int[] order = IntStream.range(0, x.rank() + 1).map(i -> i <= axis ? i : i == x.rank() ? axis + 1 : i + 1).toArray();
    if (dilation == 1 && kernel <= stride) {
      Tensor cut = ofLength(x, axis, outputs * stride).unflatten(axis, outputs, stride);
      return cut.slice(axis + 1, 0, kernel).permute(order);
    }
    int length = (kernel - 1) * dilation + outputs * stride;
    int row = length + dilation;
    int[] times = new int[x.rank()];
    Arrays.fill(times, 1);
    times[axis] = Math.ceilDiv(kernel * row, length);
    Tensor rows = ofLength(x, axis, length).repeat(times).slice(axis, 0, kernel * row).unflatten(axis, kernel, row);
    Tensor steps = rows.slice(axis + 1, 0, outputs * stride).unflatten(axis + 1, outputs, stride).select(axis + 2, 0);
    return steps.transpose(axis, axis + 1).permute(order);
  }

  private static Tensor ofLength(Tensor x, int axis, int length) {
    return x.padAxis(axis, 0, length - x.size(axis));
  }

  /// The k-th element under the kernel, for each position on axis `axis`, a view of the padded x.
  Tensor element(Tensor padded, int spatial, int k) {
    int axis = padded.rank() - axes() + spatial;
    int begin = k * dilation[spatial];
    int end = begin + (outputs[spatial] - 1) * stride[spatial] + 1;
    return padded.slice(axis, begin, end, stride[spatial]);
  }

  /// The positions on a spatial axis that the kernel sees, -1 in the padding: (outputs, kernel).
  int[][] positions(int spatial, int size) {
    int[][] result = new int[outputs[spatial]][kernel[spatial]];
    for (int o = 0; o < result.length; o++) {
      for (int k = 0; k < kernel[spatial]; k++) {
        int position = o * stride[spatial] + k * dilation[spatial] - before[spatial];
        result[o][k] = position < size ? Math.max(-1, position) : -1;
      }
    }
    return result;
  }
}
