package org.teenygrad;

import java.util.Arrays;
import java.util.function.Supplier;
import org.teenygrad.engine.runtime.Debug;

/// Looks whether indices are within the axis that they index, where the user's line is.
///
/// Indices are values: on most devices what is read outside of an axis is 0 and what is written there is dropped, for a kernel that
/// stops costs more. On the interpreter, and everywhere with `TEENYGRAD_CHECK=index`, they are computed and looked at before they are
/// used. PyTorch throws on a CPU and kills the context on a GPU. What is recorded is not checked: its indices are others each time.
final class IndexCheck {
  private static final ScopedValue<Boolean> OFF = ScopedValue.newInstance();

  private IndexCheck() {}

  /// An action whose indices are not looked at.
  static <T> T without(Supplier<T> action) {
    return ScopedValue.where(OFF, true).call(action::get);
  }

  /// Positions that count from 0.
  /// @throws IndexOutOfBoundsException if they are checked and one is not in `0 .. size - 1`
  static void positions(String method, Tensor x, int axis, Tensor index) {
    int size = Positions.atLeastVector(x).size(axis);
    within(method, "index", index, x, 0, size, "axis " + axis + " of " + x.shape());
  }

  /// Positions that count from 0, or from the end where they are negative.
  /// @throws IndexOutOfBoundsException if they are checked and one is not in `-size .. size - 1`
  static void signedPositions(String method, Tensor x, int axis, Tensor index) {
    int size = Positions.atLeastVector(x).size(axis);
    within(method, "index", index, x, -size, size, "axis " + axis + " of " + x.shape());
  }

  /// Classes of samples.
  /// @param counted bool, in the targets' shape: false where a target is ignored
  /// @throws IndexOutOfBoundsException if they are checked and one is not in `0 .. count - 1`
  static void classes(String method, Tensor targets, Tensor counted, int count) {
    if (isWanted(targets, targets)) {
      within(method, "target", counted.where(targets, 0), targets, 0, count, count + " classes");
    }
  }

  /// PyTorch lets a scalar have axes 0 and -1.
  private static int size(Tensor x, int axis) {
    return x.rank() == 0 ? 1 : x.size(axis);
  }

  /// @param beside where an index is computed that could be on any device
  private static boolean isWanted(Tensor index, Tensor beside) {
    String device = (index.deviceOrNull() == null ? beside : index).device().name();
    return !OFF.isBound() && index.dtype().isInteger() && (device.equals("interpreter") || Debug.checksIndex() && !device.equals("null"));
  }

  /// An index that could be on any device, on that of another tensor; computing it elsewhere would make it one of there.
  private static Tensor placed(Tensor index, Tensor beside) {
    return index.deviceOrNull() == null ? index.to(beside.device()) : index;
  }

  private static void within(String method, String role, Tensor index, Tensor beside, long from, long below, String of) {
    if (from == below && index.numel() > 0) { // known without a look at the values, on every device
      throw new IndexOutOfBoundsException(method + ": an " + role + " of " + index.shape() + " into " + of + ", where nothing is");
    }
    if (!isWanted(index, beside)) {
      return;
    }
    long[] values = placed(index, beside).toLongArray();
    for (int i = 0; i < values.length; i++) {
      if (values[i] < from || values[i] >= below) {
        throw new IndexOutOfBoundsException(
            method + ": " + role + " " + values[i] + place(index.shape(), i) + " is outside " + from + ".." + (below - 1) + ", " + of);
      }
    }
  }

  private static String place(Shape shape, long element) {
    long[] strides = shape.strides();
    long[] at = new long[shape.rank()];
    Arrays.setAll(at, axis -> element / strides[axis] % shape.size(axis));
    return shape.rank() == 0 ? "" : " at " + Arrays.toString(at);
  }
}
