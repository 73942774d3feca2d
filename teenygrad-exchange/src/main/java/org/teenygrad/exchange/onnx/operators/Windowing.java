package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;

/// How a kernel moves over the spatial axes (all but the first two): what the attributes `auto_pad`, `ceil_mode`, `dilations`,
/// `pads` and `strides` say together.
///
/// @param kernel its sizes
/// @param before padding in front of each axis
/// @param after padding behind
/// @param outputs how many positions there are
record Windowing(int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, int[] outputs) {
  static Windowing of(Call call, Tensor x, int[] kernel) {
    int axes = kernel.length;
    if (axes < 1 || axes != x.rank() - 2) {
      throw new IllegalArgumentException("a kernel of " + axes + " axes cannot move over shape " + x.shape());
    }
    int[] strides = call.each("strides", axes, 1);
    int[] dilations = call.each("dilations", axes, 1);
    long[] pads = call.numbers("pads");
    int[][] pairs = pads == null ? new int[axes][2] : Shapes.pairs(axes, pads);
    int[] before = new int[axes];
    int[] after = new int[axes];
    int[] outputs = new int[axes];
    for (int i = 0; i < axes; i++) {
      int size = x.size(2 + i);
      int span = Math.addExact(Math.multiplyExact(dilations[i], kernel[i] - 1), 1);
      if (strides[i] < 1 || dilations[i] < 1 || kernel[i] < 1 || pairs[i][0] < 0 || pairs[i][1] < 0) {
        throw new IllegalArgumentException("a kernel of " + kernel[i] + " with stride " + strides[i] + ", dilation " + dilations[i] + " and padding "
            + Arrays.toString(pairs[i]) + " makes no sense");
      }
      switch (call.text("auto_pad", "NOTSET")) {
        case "NOTSET", "" -> {
          before[i] = pairs[i][0];
          after[i] = pairs[i][1];
          int room = size + before[i] + after[i] - span;
          outputs[i] = (call.flag("ceil_mode", false) ? Math.ceilDiv(room, strides[i]) : Math.floorDiv(room, strides[i])) + 1;
          if (call.flag("ceil_mode", false) && (outputs[i] - 1) * strides[i] >= size + before[i]) {
            outputs[i]--; // the last window would lie in the padding alone
          }
        }
        case "VALID" -> outputs[i] = Math.floorDiv(size - span, strides[i]) + 1;
        case "SAME_UPPER", "SAME_LOWER" -> {
          outputs[i] = Math.ceilDiv(size, strides[i]);
          int padding = Math.max(0, (outputs[i] - 1) * strides[i] + span - size);
          before[i] = call.text("auto_pad", "").equals("SAME_UPPER") ? padding / 2 : padding - padding / 2;
          after[i] = padding - before[i];
        }
        default -> throw new IllegalArgumentException("there is no auto_pad '" + call.text("auto_pad", "") + "'");
      }
      if (outputs[i] < 1) {
        throw new IllegalArgumentException("a kernel that spans " + span + " positions does not fit axis " + (2 + i) + " of shape " + x.shape());
      }
    }
    return new Windowing(kernel, strides, dilations, before, after, outputs);
  }

  int axes() {
    return kernel.length;
  }

  boolean isSymmetric() {
    return Arrays.equals(before, after);
  }

  /// x with its padding, as long as the windows reach.
  Tensor padded(Tensor x, Number value) {
    int[][] pairs = new int[x.rank()][2];
    Tensor cut = x;
    for (int i = 0; i < axes(); i++) {
      int reach = (outputs[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1;
      int behind = reach - before[i] - x.size(2 + i);
      pairs[2 + i] = new int[] {before[i], Math.max(0, behind)};
      if (behind < 0) {
        cut = cut.narrow(2 + i, 0, x.size(2 + i) + behind);
      }
    }
    return cut.pad(pairs, value);
  }

  /// What the kernel sees of x at each position: (batch, channels, outputs..., kernel...).
  Tensor over(Tensor x, Number padding) {
    Tensor seen = padded(x, padding);
    for (int i = 0; i < axes(); i++) {
      seen = seen.unfold(2 + i, dilations[i] * (kernel[i] - 1) + 1, strides[i]);
      if (dilations[i] > 1) {
        seen = seen.slice(-1, 0, seen.size(-1), dilations[i]);
      }
    }
    return seen;
  }

  /// The axes of [#over] that are the kernel's.
  int[] kernelAxes() {
    return IntStream.range(2 + axes(), 2 + 2 * axes()).toArray();
  }

  /// Where on an axis of x each element under the kernel lies: for each output, then for each of the kernel's elements.
  int[][] positions(int axis) {
    int[][] positions = new int[outputs[axis]][kernel[axis]];
    for (int out = 0; out < outputs[axis]; out++) {
      for (int k = 0; k < kernel[axis]; k++) {
        positions[out][k] = out * strides[axis] + k * dilations[axis] - before[axis];
      }
    }
    return positions;
  }
}
