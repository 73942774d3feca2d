package org.teenygrad.web.pieces;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Layout;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;

/// A view of a tensor beside the strip of memory that it looks at: which element lies where.
///
/// ```java
/// Tensor x = Tensor.arange(24).reshape(2, 3, 4);
/// Strip.of(x, x.transpose(0, 2));
/// ```
///
/// @param layout the view's
/// @param values what lies in memory, in its order
/// @param isCopy whether no strides say where its elements are: then they have been copied to a strip of their own
public record Strip(Layout layout, List<String> values, boolean isCopy) implements Piece {
  private static final int MOST = 400;

  /// @throws IllegalArgumentException if there are more than 400 elements
  public Strip {
    values = List.copyOf(values);
    if (values.size() > MOST || layout.shape().elements() > MOST) {
      throw new IllegalArgumentException("a strip of " + values.size() + " places and a view of " + layout.shape().elements() + " elements; at most " + MOST + " can be seen");
    }
  }

  /// A view of memory.
  /// @param memory row-major, so that its elements in their order are the strip
  /// @param view what movement operations made of it
  /// @throws IllegalArgumentException if there are more than 400 elements
  public static Strip of(Tensor memory, Tensor view) {
    boolean isCopy = view.layout().isEmpty();
    Tensor source = isCopy ? view : memory;
    Layout layout = view.layout().orElseGet(() -> new Layout(view.shape(), rowMajor(view), 0));
    double[] values = source.numel() > MOST ? new double[MOST + 1] : source.contiguous().toDoubleArray();
    return new Strip(layout, IntStream.range(0, values.length).mapToObj(i -> text(values[i])).toList(), isCopy);
  }

  private static List<Long> rowMajor(Tensor view) {
    List<Long> strides = new ArrayList<>();
    for (long stride : view.shape().strides()) {
      strides.add(stride);
    }
    return strides;
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : String.format(java.util.Locale.ROOT, "%.3g", value);
  }

  @Override
  public Map<String, @Nullable Object> told() {
    int[] shape = IntStream.range(0, layout.shape().rank()).map(layout.shape()::size).toArray();
    return Json.members("piece", "strip", "shape", IntStream.of(shape).boxed().toList(), "strides", layout.strides(), "offset", layout.offset(), "values", values, "copy", isCopy);
  }
}
