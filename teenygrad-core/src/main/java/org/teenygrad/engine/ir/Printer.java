package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// Shows graphs as numbered lists, for a terminal; [Diagram] draws them.
public final class Printer {
  private Printer() {}

  /// As [#text(Collection)], of one graph.
  public static String text(OpNode root) {
    return text(List.of(root));
  }

  /// One line a node, inputs before users. Inputs are `%` and their number, or a scalar constant, which has no line
  /// where it is only broadcast:
  ///
  /// ```
  ///   0  PARAM      slot 0                 float32(2, 3)
  ///   1  MUL        %0 2.0                 float32(2, 3)
  ///   2  REDUCE     %1  ADD over [1]       float32(2, 1)
  /// ```
  public static String text(Collection<OpNode> roots) {
    StringBuilder text = new StringBuilder();
    for (Line line : lines(roots)) {
      text.append(String.format(Locale.ROOT, "%4d  %-10s %-28s %s%s%n", line.number, line.node.op(), line.what, line.node.dtype(), line.node.shape()));
    }
    return text.toString();
  }

  /// A line of [#text].
  ///
  /// @param what its inputs and what else its operation needs to know
  public record Line(int number, OpNode node, String what) {}

  /// The lines of [#text].
  public static List<Line> lines(Collection<OpNode> roots) {
    Map<OpNode, String> names = new HashMap<>();
    List<Line> lines = new ArrayList<>();
    Set<OpNode> wanted = new HashSet<>(roots);
    for (OpNode node : Graph.topological(roots)) {
      OpNode constant = broadcast(node);
      if (constant != null && !wanted.contains(node)) {
        names.put(node, payload(constant));
        continue;
      }
      String inputs = node.inputs().stream().map(names::get).collect(Collectors.joining(" "));
      String what = (inputs + "  " + payload(node)).strip();
      names.put(node, "%" + lines.size());
      lines.add(new Line(lines.size(), node, what));
    }
    return lines;
  }

  /// The constant that a node is, or that it is a view of by RESHAPE and EXPAND alone; null if it is something else.
  private static @Nullable OpNode broadcast(OpNode node) {
    OpNode at = node;
    while (at.is(OpCode.RESHAPE) || at.is(OpCode.EXPAND)) {
      at = at.input(0);
    }
    return at.is(OpCode.CONST) ? at : null;
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
