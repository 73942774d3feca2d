package org.teenygrad.web.compiler;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.host.Formatting;
import org.teenygrad.host.HostArray;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.plot.Plot;

/// Values of a tensor for a page: text, what they are like, and a heat map of a matrix. Computed here, in Java, as the engine is busy with the program that is looked at.
final class ValueView {
  /// Rows and columns of a heat map; more are left to the text.
  private static final int MOST_CELLS = 512;

  private static final int FEWEST_IN_A_ROW = 4;

  private ValueView() {}

  static Map<String, @Nullable Object> of(Values.Read read) {
    HostArray array = read.array();
    long elements = read.shape().elements();
    long shown = array.shape().elements();
    String text = (read.isWhole() ? "" : String.format(Locale.ROOT, "the first %,d of %,d numbers:%n", shown, elements)) + Formatting.format(array);
    return Json.members("text", text, "summary", elements > 1 && array.dtype() != DType.BOOL ? summary(array) : null, "picture", read.isWhole() ? heatMap(array) : null, "run", read.run());
  }

  /// Least, most, mean and deviation of the numbers that there are, and how many are none.
  private static String summary(HostArray array) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    long finite = 0;
    long count = array.shape().elements();
    for (long i = 0; i < count; i++) {
      double value = array.getDouble(i);
      if (Double.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        sum += value;
        squares += value * value;
        finite++;
      }
    }
    String others = finite == count ? "" : String.format(Locale.ROOT, "%,d are infinite or NaN", count - finite);
    if (finite == 0) {
      return others;
    }
    double mean = sum / finite;
    String text = String.format(Locale.ROOT, "from %.4g to %.4g, mean %.4g, standard deviation %.4g", least, most, mean, Math.sqrt(Math.max(0, squares / finite - mean * mean)));
    return others.isEmpty() ? text : text + "; " + others;
  }

  /// A matrix, or the first of several, or a vector as its one row; null for what is small, large or no number.
  private static @Nullable String heatMap(HostArray array) {
    Shape shape = array.shape();
    int columns = shape.rank() == 0 ? 0 : shape.size(-1);
    int rows = shape.rank() < 2 ? 1 : shape.size(-2);
    if ((long) rows * columns < FEWEST_IN_A_ROW || rows > MOST_CELLS || columns > MOST_CELLS || array.dtype() == DType.BOOL) {
      return null;
    }
    double[][] matrix = new double[rows][columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        matrix[row][column] = array.getDouble((long) row * columns + column);
      }
    }
    String title = shape.rank() > 2 ? "the first of " + shape.elements() / ((long) rows * columns) + " matrices" : "";
    return Plot.of(title).heatMap(matrix).toSvg();
  }
}
