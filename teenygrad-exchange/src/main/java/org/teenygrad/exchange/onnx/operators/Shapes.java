package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.PadMode;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// What changes shapes, or tells them, and leaves elements as they are.
final class Shapes {
  private Shapes() {}

  static void addTo(OperatorTable table) {
    table.gives("Shape", 1, ElementType.INT64, Shapes::sizes);
    table.gives("Size", 1, ElementType.INT64, call -> Tensor.full(Shape.SCALAR, count(call), DType.INT64));
    table.alike("Reshape", 5, Shapes::reshape);
    table.alike("Flatten", 1, call -> matrix(call.in(0), positionOrEnd(call.in(0), call.axis("axis", 1))));
    table.alike("Squeeze", 1, call -> squeeze(call.in(0), call.numbers("axes")));
    table.alike("Squeeze", 13, call -> squeeze(call.in(0), call.has(1) ? call.longs(1) : null));
    table.alike("Unsqueeze", 1, call -> unsqueeze(call.in(0), Call.required(call.numbers("axes"), "axes")));
    table.alike("Unsqueeze", 13, call -> unsqueeze(call.in(0), call.longs(1)));
    table.alike("Transpose", 1, Shapes::transpose);
    table.alike("Expand", 8, call -> call.in(0).broadcastTo(broadcast(call.in(0).shape(), Shape.of(call.ints(1)))));
    table.alike("Tile", 6, call -> call.in(0).rank() == 0 ? call.in(0) : call.in(0).repeat(call.ints(1)));
    table.alike("Concat", 4, call -> Tensor.cat(call.all(), call.axis("axis", 1)));
    table.several("Split", 2, call -> split(call, call.numbers("split")));
    table.several("Split", 13, call -> split(call, call.has(1) ? call.longs(1) : null));
    table.alike("Slice", 1, call -> slice(call.in(0), Call.required(call.numbers("starts"), "starts"),
        Call.required(call.numbers("ends"), "ends"), call.numbers("axes"), null));
    table.alike("Slice", 10, call -> slice(
        call.in(0), call.longs(1), call.longs(2), call.has(3) ? call.longs(3) : null, call.has(4) ? call.longs(4) : null));
    table.alike("Pad", 2, call -> pad(call, call.in(0), Call.required(call.numbers("pads"), "pads"), call.real("value", 0)));
    table.alike("Pad", 11, Shapes::pad);
    table.alike("DepthToSpace", 1, Shapes::depthToSpace);
    table.alike("SpaceToDepth", 1, Shapes::spaceToDepth);
    table.alike("Trilu", 14, call -> {
      int k = call.has(1) ? Call.clamped(call.number(1)) : 0;
      return call.flag("upper", true) ? call.in(0).triu(k) : call.in(0).tril(k);
    });
    table.alike("CenterCropPad", 18, Shapes::centerCropPad);
    table.alike("ReverseSequence", 10, Shapes::reverseSequence);
  }

  /// An axis, which may count from the end, as one that counts from the beginning.
  static int position(Tensor x, int axis) {
    return x.rank() == 0 && (axis == 0 || axis == -1) ? 0 : x.shape().axis(axis);
  }

  private static int positionOrEnd(Tensor x, int axis) {
    return axis == x.rank() ? axis : position(x, axis);
  }

  /// The axes before one as rows, the others as columns.
  static Tensor matrix(Tensor x, int axis) {
    int rows = 1;
    int columns = 1;
    for (int i = 0; i < x.rank(); i++) {
      if (i < axis) {
        rows = Math.multiplyExact(rows, x.size(i));
      } else {
        columns = Math.multiplyExact(columns, x.size(i));
      }
    }
    return x.reshape(rows, columns);
  }

  private static long count(Call call) {
    return call.in(0).numel();
  }

  private static Tensor sizes(Call call) {
    int[] all = call.in(0).shape().toArray();
    int begin = bounded(call.number("start", 0), all.length);
    int end = bounded(call.number("end", all.length), all.length);
    return call.tensorOf(Arrays.copyOfRange(all, begin, Math.max(begin, end)));
  }

  private static int bounded(long position, int rank) {
    return Math.clamp(position < 0 ? position + rank : position, 0, rank);
  }

  /// 0 stands for the size that there is, unless it is allowed as a size.
  private static Tensor reshape(Call call) {
    Tensor x = call.in(0);
    int[] shape = call.ints(1);
    boolean zeros = call.flag("allowzero", false);
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0 && !zeros) {
        if (i >= x.rank()) {
          throw new IllegalArgumentException("size " + i + " of " + Arrays.toString(shape) + " should be that of shape " + x.shape() + ", which has none");
        }
        shape[i] = x.size(i);
      }
    }
    return x.reshape(shape);
  }

  private static Tensor squeeze(Tensor x, long @Nullable [] axes) {
    if (axes == null) {
      return x.squeeze();
    }
    int[] sorted = Arrays.stream(Call.ints(axes)).map(axis -> position(x, axis)).sorted().toArray();
    Tensor result = x;
    for (int i = sorted.length - 1; i >= 0; i--) {
      if (x.size(sorted[i]) != 1) {
        throw new IllegalArgumentException("axis " + sorted[i] + " of shape " + x.shape() + " has " + x.size(sorted[i]) + " positions, not one");
      }
      result = result.squeeze(sorted[i]);
    }
    return result;
  }

  private static Tensor unsqueeze(Tensor x, long[] axes) {
    int rank = x.rank() + axes.length;
    int[] sorted = Arrays.stream(Call.ints(axes)).map(axis -> axis < 0 ? axis + rank : axis).sorted().toArray();
    Tensor result = x;
    for (int axis : sorted) {
      result = result.unsqueeze(axis);
    }
    return result;
  }

  private static Tensor transpose(Call call) {
    Tensor x = call.in(0);
    long[] order = call.numbers("perm");
    return x.permute(order == null ? IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray() : Call.ints(order));
  }

  /// The shape to which both broadcast.
  /// @throws IllegalArgumentException if there is none
  static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] sizes = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int one = i > a.rank() ? 1 : a.size(-i);
      int other = i > b.rank() ? 1 : b.size(-i);
      if (one != 1 && other != 1 && one != other) {
        throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast");
      }
      sizes[rank - i] = one == 1 ? other : one;
    }
    return Shape.of(sizes);
  }

  private static List<Value> split(Call call, long @Nullable [] given) {
    Tensor x = call.in(0);
    int axis = position(x, call.axis("axis", 0));
    int parts = call.axis("num_outputs", call.node().outputs().size());
    int[] sizes;
    if (given != null) {
      sizes = Call.ints(given);
    } else {
      int most = Math.ceilDiv(x.size(axis), Math.max(1, parts));
      sizes = IntStream.range(0, parts).map(i -> Math.clamp(x.size(axis) - (long) i * most, 0, most)).toArray();
    }
    List<Value> values = new ArrayList<>();
    x.split(sizes, axis).forEach(part -> values.add(call.alike(part)));
    return values;
  }

  /// Bounds beyond the ends are the ends; steps may go backwards.
  private static Tensor slice(Tensor x, long[] starts, long[] ends, long @Nullable [] axes, long @Nullable [] steps) {
    Tensor result = x;
    for (int i = 0; i < starts.length; i++) {
      int axis = axes == null ? i : position(x, Call.clamped(axes[i]));
      long step = steps == null ? 1 : steps[i];
      int size = x.size(axis);
      if (step == 0) {
        throw new IllegalArgumentException("a step is 0");
      }
      if (step > 0) {
        int begin = bounded(starts[i], size);
        int end = Math.max(begin, bounded(ends[i], size));
        result = result.slice(axis, begin, end, Call.clamped(step));
      } else {
        // from the other end: position p is then size - 1 - p
        long first = Math.clamp(starts[i] < 0 ? starts[i] + size : starts[i], -1, size - 1);
        long last = Math.clamp(ends[i] < 0 ? ends[i] + size : ends[i], -1, size - 1);
        int begin = (int) (size - 1 - first);
        int end = (int) Math.max(begin, size - 1 - last);
        result = result.flip(axis).slice(axis, begin, end, Call.clamped(-step));
      }
    }
    return result;
  }

  private static Tensor pad(Call call) {
    Tensor x = call.in(0);
    long[] given = call.longs(1);
    long[] pads = given;
    if (call.has(3)) {
      long[] axes = call.longs(3);
      pads = new long[2 * x.rank()];
      for (int i = 0; i < axes.length; i++) {
        int axis = position(x, Call.clamped(axes[i]));
        pads[axis] = given[i];
        pads[x.rank() + axis] = given[axes.length + i];
      }
    }
    Number value = !call.has(2) ? 0 : x.dtype().isFloating() ? (Number) call.doubles(2)[0] : (Number) call.number(2);
    return pad(call, x, pads, value);
  }

  private static Tensor pad(Call call, Tensor x, long[] pads, Number value) {
    int[][] pairs = pairs(x.rank(), pads);
    return switch (call.text("mode", "constant")) {
      case "constant" -> x.dtype() == DType.BOOL
          ? x.cast(DType.UINT8).pad(pairs, value).cast(DType.BOOL) : x.pad(pairs, value);
      case "reflect" -> x.pad(PadMode.REFLECT, pairs);
      case "edge" -> x.pad(PadMode.REPLICATE, pairs);
      case "wrap" -> x.pad(PadMode.CIRCULAR, pairs);
      default -> throw new IllegalArgumentException("there is no mode '" + call.text("mode", "") + "'; there are constant, reflect, edge and wrap");
    };
  }

  /// All beginnings and then all ends as a pair for each axis.
  static int[][] pairs(int axes, long[] pads) {
    if (pads.length != 2 * axes) {
      throw new IllegalArgumentException("pads " + Arrays.toString(pads) + ": there should be two for each of " + axes + " axes");
    }
    int[][] pairs = new int[axes][2];
    for (int i = 0; i < axes; i++) {
      pairs[i] = new int[] {Call.clamped(pads[i]), Call.clamped(pads[axes + i])};
    }
    return pairs;
  }

  private static Tensor depthToSpace(Call call) {
    Tensor x = call.in(0);
    int b = Call.clamped(call.number("blocksize"));
    int depth = x.size(1) / (b * b);
    boolean columnsFirst = call.text("mode", "DCR").equals("CRD");
    Tensor parts = columnsFirst
        ? x.reshape(x.size(0), depth, b, b, x.size(2), x.size(3)).permute(0, 1, 4, 2, 5, 3)
        : x.reshape(x.size(0), b, b, depth, x.size(2), x.size(3)).permute(0, 3, 4, 1, 5, 2);
    return parts.reshape(x.size(0), depth, x.size(2) * b, x.size(3) * b);
  }

  private static Tensor spaceToDepth(Call call) {
    Tensor x = call.in(0);
    int b = Call.clamped(call.number("blocksize"));
    return x.reshape(x.size(0), x.size(1), x.size(2) / b, b, x.size(3) / b, b)
        .permute(0, 3, 5, 1, 2, 4)
        .reshape(x.size(0), x.size(1) * b * b, x.size(2) / b, x.size(3) / b);
  }

  private static Tensor centerCropPad(Call call) {
    Tensor x = call.in(0);
    int[] target = call.ints(1);
    long[] axes = call.numbers("axes");
    for (int i = 0; i < target.length; i++) {
      int axis = axes == null ? i : position(x, Call.clamped(axes[i]));
      int size = x.size(axis);
      int more = target[i] - size;
      x = more >= 0 ? x.padAxis(axis, more / 2, more - more / 2) : x.narrow(axis, -more / 2, target[i]);
    }
    return x;
  }

  private static Tensor reverseSequence(Call call) {
    Tensor x = call.in(0);
    int time = call.axis("time_axis", 0);
    int batch = call.axis("batch_axis", 1);
    Tensor steps = Tensor.arange(x.size(time), DType.INT64).reshape(shape(x, time));
    Tensor lengths = call.in(1).reshape(shape(x, batch));
    Tensor index = steps.lt(lengths).where(lengths.sub(1).sub(steps), steps).broadcastTo(x.shape());
    return x.gather(time, index);
  }

  /// A shape of ones but for one axis.
  private static int[] shape(Tensor x, int axis) {
    return IntStream.range(0, x.rank()).map(i -> i == axis ? x.size(axis) : 1).toArray();
  }
}
