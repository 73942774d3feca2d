package org.teenygrad.ir;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.DType;

/// Shows graphs as numbered lists, for a terminal; [Diagram] draws them.
public final class Printer {
  private Printer() {}

  /// As [#text(Collection)], of one graph.
  public static String text(OpNode root) {
    return text(List.of(root));
  }

  /// One line a node, inputs before users, inputs by their numbers:
  ///
  /// ```
  ///   0  CONST      2.0                    float32()
  ///   1  PARAM      slot 0                 float32()
  ///   2  MUL        0 1                    float32()
  /// ```
  public static String text(Collection<OpNode> roots) {
    Map<OpNode, Integer> numbers = new HashMap<>();
    StringBuilder text = new StringBuilder();
    for (OpNode node : Graph.topological(roots)) {
      String inputs =
          node.inputs().stream()
              .map(input -> String.valueOf(numbers.get(input)))
              .collect(Collectors.joining(" "));
      String what = (inputs + "  " + payload(node)).strip();
      text.append(
          String.format(Locale.ROOT, "%4d  %-10s %-28s %s%s%n",
              numbers.size(), node.op(), what, node.dtype(), node.shape()));
      numbers.put(node, numbers.size());
    }
    return text.toString();
  }

  /// What an operation needs to know besides its inputs, in words.
  static String payload(OpNode node) {
    return switch (node.payload()) {
      case null -> "";
      case Param(int slot, var _) -> "slot " + slot;
      case Range(int id, long size) -> "r" + id + " < " + size;
      case Storage storage -> storage.name();
      case Double value when node.dtype() != DType.FLOAT64 -> Float.toString(value.floatValue());
      case Reduction(OpCode combine, List<Integer> axes) -> combine + " over " + axes;
      case Scatter(int axis, var combine) ->
          (combine == null ? "last" : combine) + " along " + axis;
      case Bounds bounds ->
          IntStream.range(0, bounds.rank())
              .mapToObj(axis -> bounds.first(axis) + ".." + bounds.second(axis))
              .collect(Collectors.joining(", ", "[", "]"));
      case Object other -> node.is(OpCode.GATHER) ? "along " + other : other.toString();
    };
  }
}
