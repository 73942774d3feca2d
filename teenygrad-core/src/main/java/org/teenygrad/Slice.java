package org.teenygrad;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to take along one axis, for [Tensor#index(Slice...)]: Python's `3`, `1:`, `::-2`, `None` and `...`.
///
/// ```java
/// x.index(Slice.of(1, 4), Slice.ALL.step(-2));   // x[1:4, ::-2]
/// x.index("1:4, ::-2");                          // the same
/// ```
public sealed interface Slice {
  /// Every element: `:`.
  Part ALL = new Part(null, null, 1);

  /// A new axis of size 1: `None`.
  Slice NEW_AXIS = new NewAxis();

  /// As many [#ALL] as there are axes left over: `...`.
  Slice ELLIPSIS = new Ellipsis();

  /// One element, whose axis disappears; a negative index counts from the end: `index`.
  static Slice at(int index) {
    return new At(index);
  }

  /// The elements at positions, as a tensor or list in a Python subscript: integers, or a bool mask of one or more axes.
  /// The result's axes of several such slices are as for [Tensor#index(Tensor...)].
  static Slice at(Tensor positions) {
    return new Positions(positions);
  }

  /// From `begin` to before `end`: `begin:end`. Negative positions count from the end; positions outside are moved to
  /// the nearest inside, as in Python.
  static Part of(int begin, int end) {
    return new Part(begin, end, 1);
  }

  /// From `begin` on: `begin:`.
  static Part from(int begin) {
    return new Part(begin, null, 1);
  }

  /// Up to before `end`: `:end`.
  static Part to(int end) {
    return new Part(null, end, 1);
  }

  /// One element.
  record At(int index) implements Slice {}

  /// Elements at positions, or where a mask is true.
  record Positions(Tensor positions) implements Slice {}

  /// A new axis.
  record NewAxis() implements Slice {}

  /// All axes that are left over.
  record Ellipsis() implements Slice {}

  /// Every `step`-th element; a missing bound means the end that the step starts from or goes to.
  record Part(@Nullable Integer begin, @Nullable Integer end, int step) implements Slice {
    /// @throws IllegalArgumentException if the step is 0
    public Part {
      if (step == 0) {
        throw new IllegalArgumentException("index: a step of 0 goes nowhere");
      }
    }

    /// The same bounds with another step; a negative one goes backwards, as in Python: `ALL.step(-1)` is `::-1`.
    /// @throws IllegalArgumentException if the step is 0
    public Part step(int changed) {
      return new Part(begin, end, changed);
    }

    /// The first position on an axis of that size.
    int first(int size) {
      Integer from = begin;
      return from == null ? (step > 0 ? 0 : size - 1) : clipped(from, size);
    }

    /// How many positions there are on an axis of that size.
    int count(int size) {
      Integer to = end;
      int last = to == null ? (step > 0 ? size : -1) : clipped(to, size);
      long span = step > 0 ? (long) last - first(size) : (long) first(size) - last;
      long stride = Math.abs((long) step);
      return span <= 0 ? 0 : (int) ((span + stride - 1) / stride);
    }

    private int clipped(int position, int size) {
      long absolute = position < 0 ? (long) position + size : position;
      return step > 0 ? Math.clamp(absolute, 0, size) : Math.clamp(absolute, -1, size - 1);
    }
  }

  /// The slices that a Python subscript names: `"1:, ..., ::-2, None, 3"`.
  /// @throws IllegalArgumentException if a part is none of those
  static List<Slice> parse(String subscript) {
    List<Slice> slices = new ArrayList<>();
    for (String item : subscript.split(",", -1)) {
      slices.add(parseOne(item.strip(), subscript));
    }
    return slices;
  }

  private static Slice parseOne(String item, String subscript) {
    try {
      String[] bounds = item.split(":", -1);
      return switch (bounds.length) {
        case 1 ->
            switch (item) {
              case "..." -> ELLIPSIS;
              case "None", "newaxis" -> NEW_AXIS;
              default -> at(Integer.parseInt(item));
            };
        case 2 -> new Part(bound(bounds[0]), bound(bounds[1]), 1);
        case 3 -> {
          Integer step = bound(bounds[2]);
          yield new Part(bound(bounds[0]), bound(bounds[1]), step == null ? 1 : step);
        }
        default -> throw new NumberFormatException(item);
      };
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "index: '" + item + "' in '" + subscript + "' is none of 3, 1:4, ::2, None and ...", notANumber);
    }
  }

  private static @Nullable Integer bound(String text) {
    return text.isBlank() ? null : Integer.valueOf(text.strip());
  }
}
