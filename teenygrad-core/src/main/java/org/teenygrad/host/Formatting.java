package org.teenygrad.host;

import java.util.function.LongFunction;
import org.teenygrad.Shape;

/// Tensors as text, as NumPy prints arrays: aligned columns, 8 digits, at most 75 characters a line, three elements
/// at each end of an axis where there are more than 1000 in all.
public final class Formatting {
  private static final int LINE_WIDTH = 75;
  private static final int SHORTENED_FROM = 1000;
  private static final int EDGE = 3;
  private static final String GAP = "...";

  private final Shape shape;
  private final long[] strides;
  private final boolean shortened;
  private final LongFunction<String> words;

  private Formatting(HostArray array) {
    shape = array.shape();
    strides = shape.strides();
    shortened = shape.elements() > SHORTENED_FROM;
    words = words(array, shown());
  }

  public static String format(HostArray array) {
    if (array.shape().rank() == 0) {
      return NumberFormat.scalar(array);
    }
    return array.shape().elements() == 0 ? "[]" : new Formatting(array).part(0, 0, " ", LINE_WIDTH);
  }

  private static LongFunction<String> words(HostArray array, long[] shown) {
    if (array.dtype().isFloating()) {
      return NumberFormat.floats(array, shown);
    }
    if (array.dtype().isInteger()) {
      return NumberFormat.integers(array, shown);
    }
    return i -> array.getLong(i) != 0 ? " True" : "False";
  }

  /// The offsets of the elements that are printed: columns are as wide as those need.
  private long[] shown() {
    long[] offsets = {0};
    for (int axis = 0; axis < shape.rank(); axis++) {
      int[] positions = positions(axis);
      long[] longer = new long[offsets.length * positions.length];
      for (int i = 0; i < longer.length; i++) {
        longer[i] = offsets[i / positions.length] + positions[i % positions.length] * strides[axis];
      }
      offsets = longer;
    }
    return offsets;
  }

  private boolean hasGap(int axis) {
    return shortened && shape.size(axis) > 2 * EDGE;
  }

  private int[] positions(int axis) {
    int[] positions = new int[hasGap(axis) ? 2 * EDGE : shape.size(axis)];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = hasGap(axis) && i >= EDGE ? shape.size(axis) - 2 * EDGE + i : i;
    }
    return positions;
  }

  /// The text from an axis on, in brackets. As deep as the tensor has axes.
  private String part(int axis, long offset, String indent, int width) {
    boolean last = axis == shape.rank() - 1;
    StringBuilder text = new StringBuilder();
    Line line = new Line(text, indent, width - 1);
    int[] positions = positions(axis);
    String separator = last ? " " : "\n".repeat(shape.rank() - axis - 1);
    for (int i = 0; i < positions.length; i++) {
      long element = offset + positions[i] * strides[axis];
      if (hasGap(axis) && i == EDGE) {
        line.add(GAP, last);
        line.separate(separator, last);
      }
      line.add(last ? words.apply(element) : part(axis + 1, element, indent + " ", width - 1), last);
      if (i < positions.length - 1) {
        line.separate(separator, last);
      }
    }
    line.end();
    return "[" + text.substring(indent.length()) + "]";
  }

  /// Words one after the other, broken before the one that does not fit.
  private static final class Line {
    private final StringBuilder text;
    private final String indent;
    private final int width;
    private final StringBuilder current;

    Line(StringBuilder text, String indent, int width) {
      this.text = text;
      this.indent = indent;
      this.width = width;
      this.current = new StringBuilder(indent);
    }

    void add(String word, boolean breaks) {
      if (breaks && current.length() + word.length() > width && current.length() > indent.length()) {
        text.append(current.toString().stripTrailing()).append('\n');
        current.setLength(0);
        current.append(indent);
      }
      current.append(word);
    }

    void separate(String separator, boolean breaks) {
      current.append(separator);
      if (!breaks) {
        current.append(indent);
      }
    }

    void end() {
      text.append(current);
    }
  }
}
