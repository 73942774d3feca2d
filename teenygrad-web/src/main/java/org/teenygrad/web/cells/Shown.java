package org.teenygrad.web.cells;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.plot.Figure;
import org.teenygrad.plot.Plot;
import org.teenygrad.web.pieces.Piece;

/// How a value looks under its cell: text, and for tensors and figures a picture.
final class Shown {
  private static final int MOST_CHARACTERS = 20_000;

  /// Rows and columns of a heat map; more are left to the text.
  private static final int MOST_CELLS = 512;

  private static final int FEWEST_IN_A_ROW = 4;

  private Shown() {}

  /// @param line of the expression in its cell, from 1
  static Map<String, @Nullable Object> of(@Nullable Object value, int line) {
    String type = switch (value) {
      case null -> "";
      case Tensor tensor -> tensor.dtype() + " " + tensor.shape() + " on " + tensor.device();
      case Piece _ -> "";
      default -> value.getClass().getSimpleName();
    };
    String text = value instanceof Figure || value instanceof Piece ? "" : text(value);
    String shown = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + " ..." : text;
    return Json.members("kind", "value", "line", line, "type", type, "text", shown, "tensor", value instanceof Tensor, "picture", picture(value), "piece", value instanceof Piece piece ? piece.told() : null);
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case float[] values -> Arrays.toString(values);
      case double[] values -> Arrays.toString(values);
      case int[] values -> Arrays.toString(values);
      case long[] values -> Arrays.toString(values);
      case boolean[] values -> Arrays.toString(values);
      case byte[] values -> Arrays.toString(values);
      case char[] values -> Arrays.toString(values);
      case short[] values -> Arrays.toString(values);
      case Object[] values -> Arrays.deepToString(values);
      case null, default -> String.valueOf(value);
    };
  }

  private static @Nullable String picture(@Nullable Object value) {
    return switch (value) {
      case Figure figure -> figure.toSvg();
      case Tensor tensor -> heatMap(tensor);
      case null, default -> null;
    };
  }

  /// A matrix, or the first of several, or a vector as its one row; null for what is small, large or no number.
  private static @Nullable String heatMap(Tensor tensor) {
    Shape shape = tensor.shape();
    int rank = shape.rank();
    int columns = rank == 0 ? 0 : shape.size(-1);
    int rows = rank < 2 ? 1 : shape.size(-2);
    boolean isSmall = (long) rows * columns < FEWEST_IN_A_ROW;
    if (rank == 0 || isSmall || rows > MOST_CELLS || columns > MOST_CELLS || tensor.dtype() == DType.BOOL || shape.elements() == 0) {
      return null;
    }
    Tensor first = tensor.detach();
    for (int axis = 0; axis < rank - 2; axis++) {
      first = first.select(0, 0);
    }
    double[][] matrix = first.reshape(rows, columns).toDoubleMatrix();
    String title = rank > 2 ? "the first of " + shape.elements() / ((long) rows * columns) + " matrices" : "";
    return Plot.of(title).heatMap(matrix).toSvg();
  }
}
