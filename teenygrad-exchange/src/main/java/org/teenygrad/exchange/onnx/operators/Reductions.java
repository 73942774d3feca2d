package org.teenygrad.exchange.onnx.operators;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// What makes one element of many.
final class Reductions {
  private Reductions() {}

  private interface Reduction {
    /// @param axes not empty
    Tensor of(Tensor x, int[] axes, boolean keepDim);
  }

  static void addTo(OperatorTable table) {
    reduction(table, "ReduceSum", 13, Tensor::sum);
    reduction(table, "ReduceMean", 18, Tensor::mean);
    reduction(table, "ReduceProd", 18, Tensor::prod);
    reduction(table, "ReduceMax", 18, Reductions::max);
    reduction(table, "ReduceMin", 18, Reductions::min);
    reduction(table, "ReduceL1", 18, (x, axes, keep) -> x.abs().sum(axes, keep));
    reduction(table, "ReduceL2", 18, (x, axes, keep) -> wide(x).square().sum(axes, keep).sqrt());
    reduction(table, "ReduceSumSquare", 18, (x, axes, keep) -> x.square().sum(axes, keep));
    reduction(table, "ReduceLogSum", 18, (x, axes, keep) -> wide(x).sum(axes, keep).log());
    reduction(table, "ReduceLogSumExp", 18, (x, axes, keep) -> wide(x).logsumexp(axes, keep));
    table.gives("ArgMax", 1, ElementType.INT64, call -> position(call, Tensor::argmax));
    table.gives("ArgMin", 1, ElementType.INT64, call -> position(call, Tensor::argmin));
    table.alike("CumSum", 11, call -> scan(call, 0, Tensor::cumsum));
    table.alike("CumProd", 26, call -> scan(call, 1, Tensor::cumprod));
    table.several("TopK", 10, Sorting::largest);
    table.several("Unique", 11, Sorting::unique);
    table.gives("NonZero", 9, ElementType.INT64, call -> call.in(0).nonzero().t());
  }

  private static Tensor wide(Tensor x) {
    return x.dtype().isFloating() ? x : x.cast(DType.FLOAT64);
  }

  /// Axes were an attribute at first, and are an input since a version.
  private static void reduction(OperatorTable table, String name, int inputSince, Reduction reduction) {
    table.alike(name, 1, call -> {
      long[] axes = call.numbers("axes");
      return reduce(call, reduction, axes == null ? new long[0] : axes);
    });
    table.alike(name, inputSince, call -> reduce(call, reduction, call.has(1) ? call.longs(1) : new long[0]));
  }

  private static Tensor reduce(Call call, Reduction reduction, long[] given) {
    Tensor x = call.in(0);
    if (given.length == 0 && call.flag("noop_with_empty_axes", false)) {
      return reduction.of(x.unsqueeze(0), new int[] {0}, false);
    }
    int[] axes = given.length == 0 ? IntStream.range(0, x.rank()).toArray()
        : Arrays.stream(Call.ints(given)).map(axis -> Shapes.position(x, axis)).toArray();
    return axes.length == 0 ? reduction.of(x.unsqueeze(0), new int[] {0}, false) : reduction.of(x, axes, call.flag("keepdims", true));
  }

  /// Of no elements the lowest value that there is.
  private static Tensor max(Tensor x, int[] axes, boolean keepDim) {
    return isEmpty(x, axes) ? ofNothing(x, axes, keepDim, true) : x.max(axes, keepDim);
  }

  /// Of no elements the highest value that there is.
  private static Tensor min(Tensor x, int[] axes, boolean keepDim) {
    return isEmpty(x, axes) ? ofNothing(x, axes, keepDim, false) : x.min(axes, keepDim);
  }

  private static boolean isEmpty(Tensor x, int[] axes) {
    return Arrays.stream(axes).anyMatch(axis -> x.size(axis) == 0);
  }

  private static Tensor ofNothing(Tensor x, int[] axes, boolean keepDim, boolean lowest) {
    Shape shape = x.sum(axes, keepDim).shape();
    return switch (x.dtype()) {
      case BOOL -> Tensor.full(shape, !lowest);
      case UINT8 -> Tensor.full(shape, lowest ? 0 : 255, x.dtype());
      case INT8 -> Tensor.full(shape, lowest ? Byte.MIN_VALUE : Byte.MAX_VALUE, x.dtype());
      case INT16 -> Tensor.full(shape, lowest ? Short.MIN_VALUE : Short.MAX_VALUE, x.dtype());
      case INT32 -> Tensor.full(shape, lowest ? Integer.MIN_VALUE : Integer.MAX_VALUE, x.dtype());
      case INT64 -> Tensor.full(shape, lowest ? Long.MIN_VALUE : Long.MAX_VALUE, x.dtype());
      case FLOAT8_E4M3 -> Tensor.full(shape, lowest ? -x.dtype().largest() : x.dtype().largest(), x.dtype());
      case FLOAT8_E5M2, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 ->
          Tensor.full(shape, lowest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY, x.dtype());
    };
  }

  private interface Position {
    Tensor of(Tensor x, int axis, boolean keepDim);
  }

  private static Tensor position(Call call, Position position) {
    Tensor x = call.in(0);
    int axis = Shapes.position(x, call.axis("axis", 0));
    boolean keepDim = call.flag("keepdims", true);
    if (!call.flag("select_last_index", false)) {
      return position.of(x, axis, keepDim);
    }
    return position.of(x.flip(axis), axis, keepDim).rsub(x.size(axis) - 1);
  }

  private interface Scan {
    Tensor of(Tensor x, int axis);
  }

  /// @param start what stands before the first element where each is to be left out of its own sum
  private static Tensor scan(Call call, int start, Scan scan) {
    Tensor x = call.in(0);
    int axis = Shapes.position(x, Call.clamped(call.number(1)));
    boolean reverse = call.flag("reverse", false);
    Tensor forward = reverse ? x.flip(axis) : x;
    if (call.flag("exclusive", false)) {
      int[][] pads = new int[x.rank()][2];
      pads[axis][0] = 1;
      forward = forward.slice(axis, 0, x.size(axis) - 1).pad(pads, start);
    }
    Tensor result = scan.of(forward, axis);
    return reverse ? result.flip(axis) : result;
  }
}
