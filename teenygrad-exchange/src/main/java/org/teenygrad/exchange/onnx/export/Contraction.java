package org.teenygrad.exchange.onnx.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.Shape;

/// A sum of products as a product of matrices.
///
/// @param left a factor with a size of 1 on each axis that it does not have
/// @param right the other
/// @param whole the shape of their product
/// @param batch axes that both have and that stay
/// @param rows axes of the left factor alone
/// @param columns axes of the right factor alone
/// @param summed axes that both have, over which products are added up
record Contraction(Operand left, Operand right, Shape whole, List<Integer> batch, List<Integer> rows, List<Integer> columns, List<Integer> summed) {
  /// @param reduced over which axes the sum is
  /// @return empty where no factor is used more than once, so that a product and a sum are as good
  static Optional<Contraction> of(Operand left, Operand right, Shape whole, List<Integer> reduced) {
    Contraction found = new Contraction(left, right, whole, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int axis = 0; axis < whole.rank(); axis++) {
      boolean inLeft = left.size(axis) > 1;
      boolean inRight = right.size(axis) > 1;
      if (reduced.contains(axis) && inLeft != inRight || whole.size(axis) > 1 && !inLeft && !inRight) {
        return Optional.empty();
      }
      if (inLeft && inRight) {
        (reduced.contains(axis) ? found.summed : found.batch).add(axis);
      } else if (inLeft) {
        found.rows.add(axis);
      } else if (inRight) {
        found.columns.add(axis);
      }
    }
    return found.summed.isEmpty() || found.rows.isEmpty() && found.columns.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  /// The sums, with a size of 1 on the axes that are summed over.
  Operand in(GraphBuilder graph) {
    // Without a batch rows stay axes of their own, as MatMul takes them.
    int[] rowSizes = batch.isEmpty() && !rows.isEmpty() ? sizes(rows) : new int[] {elements(rows)};
    Operand a = graph.reshape(graph.transpose(left, order(batch, rows, summed)), shape(sizes(batch), rowSizes, new int[] {elements(summed)}));
    Operand b = graph.reshape(graph.transpose(right, order(batch, summed, columns)), shape(sizes(batch), new int[] {elements(summed)}, new int[] {elements(columns)}));
    Operand product = graph.add("MatMul", a.dtype(), shape(sizes(batch), rowSizes, new int[] {elements(columns)}), a, b);
    int[] shape = whole.toArray();
    summed.forEach(axis -> shape[axis] = 1);
    return graph.arrange(product, Stream.of(batch, rows, columns).flatMap(List::stream).toList(), Shape.of(shape));
  }

  /// All axes, those named first; the others have size 1.
  private int[] order(List<Integer> first, List<Integer> second, List<Integer> third) {
    List<Integer> named = Stream.of(first, second, third).flatMap(List::stream).toList();
    return IntStream.concat(named.stream().mapToInt(axis -> axis), IntStream.range(0, whole.rank()).filter(axis -> !named.contains(axis))).toArray();
  }

  private int[] sizes(List<Integer> axes) {
    return axes.stream().mapToInt(whole::size).toArray();
  }

  private int elements(List<Integer> axes) {
    return axes.stream().mapToInt(whole::size).reduce(1, Math::multiplyExact);
  }

  private static Shape shape(int[]... parts) {
    return Shape.of(Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray());
  }
}
