package org.teenygrad.ir;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Shows graphs: as a numbered list for a terminal, or as Graphviz DOT for a picture.
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

  /// As [#dot(Collection, Function)], without more text.
  public static String dot(Collection<OpNode> roots) {
    return dot(roots, node -> null);
  }

  /// A Graphviz digraph that reads from left to right, each node a box of cells: operation, type and
  /// shape, then a cell for each line of the text that `label` adds, such as `value 2.0` and `grad 1.0`.
  public static String dot(Collection<OpNode> roots, Function<OpNode, @Nullable String> label) {
    Map<OpNode, Integer> numbers = new HashMap<>();
    StringBuilder dot = new StringBuilder("digraph teenygrad {\n  rankdir=LR;\n  node [shape=record];\n");
    for (OpNode node : Graph.topological(roots)) {
      int number = numbers.size();
      numbers.put(node, number);
      String cells =
          cell((node.op() + " " + payload(node)).strip()) + "|" + cell("" + node.dtype() + node.shape());
      String more = label.apply(node);
      if (more != null) {
        cells += more.lines().map(line -> "|" + cell(line)).collect(Collectors.joining());
      }
      String style = node.inputs().isEmpty() ? ", style=rounded" : "";
      dot.append(String.format(Locale.ROOT, "  n%d [label=\"{%s}\"%s];\n", number, cells, style));
      for (OpNode input : node.inputs()) {
        dot.append(String.format(Locale.ROOT, "  n%d -> n%d;\n", numbers.get(input), number));
      }
    }
    return dot.append("}\n").toString();
  }

  /// Text with what a record label gives a meaning to written as itself.
  private static String cell(String text) {
    return text.replaceAll("([\\\\{}|<>\"])", "\\\\$1");
  }

  private static String payload(OpNode node) {
    return switch (node.payload()) {
      case null -> "";
      case Param(int slot, var _) -> "slot " + slot;
      case Range(int id, long size) -> "r" + id + " < " + size;
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
