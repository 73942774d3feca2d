package org.teenygrad;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;

/// A tensor that is not computed, in a line: `float32 (2, 3) on cpu, not computed yet: exp(float32 (2, 3)) + 1.0`.
///
/// The expression is cut off below [#DEEPEST] operations. What changes no value (RESHAPE, PERMUTE, DETACH...) is left out; data is shown by
/// its type and shape, and what is made of random numbers alone as `random`.
final class Expression {
  private static final int DEEPEST = 4;
  private static final String CUT = "...";

  private static final Map<OpCode, String> INFIX =
      Map.of(OpCode.ADD, "+", OpCode.SUB, "-", OpCode.MUL, "*", OpCode.DIV, "/", OpCode.LT, "<", OpCode.EQ, "==", OpCode.NE, "!=");

  private static final Set<OpCode> SILENT = EnumSet.of(OpCode.RESHAPE, OpCode.EXPAND, OpCode.PERMUTE, OpCode.CONTIGUOUS, OpCode.DETACH,
      OpCode.SURROGATE, OpCode.PULLBACK);

  private Expression() {}

  static String describe(Tensor tensor) {
    return "%s %s on %s, not computed yet: %s".formatted(tensor.dtype(), tensor.shape(), tensor.device(),
        text(tensor.node(), DEEPEST, false));
  }

  /// @param depth how many operations may be nested
  /// @param operand whether an infix operation needs parentheses
  private static String text(OpNode start, int depth, boolean operand) {
    OpNode node = withoutSilent(start);
    return switch (node.op()) {
      case CONST -> String.valueOf(node.payload());
      case BUFFER -> node.dtype() + " " + node.shape();
      case OpCode _ when isRandom(node) -> "random";
      case OpCode _ when depth == 0 -> CUT;
      case GRADIENT -> call("grad", node.inputs().subList(0, 2), depth);
      case REDUCE -> call(node.payload(Reduction.class).combine() == OpCode.ADD ? "sum" : name(node.payload(Reduction.class).combine()),
          node.inputs(), depth);
      case OpCode _ when INFIX.containsKey(node.op()) -> {
        String infix = text(node.input(0), depth - 1, true) + " " + INFIX.get(node.op()) + " " + text(node.input(1), depth - 1, true);
        yield operand ? "(" + infix + ")" : infix;
      }
      default -> call(name(node.op()), node.inputs(), depth);
    };
  }

  private static OpNode withoutSilent(OpNode start) {
    OpNode node = start;
    while (node.is(OpCode.ASSIGN) || SILENT.contains(node.op())) {
      node = node.input(node.is(OpCode.ASSIGN) ? 1 : 0);
    }
    return node;
  }

  private static String call(String function, List<OpNode> arguments, int depth) {
    return arguments.stream().map(argument -> text(argument, depth - 1, false)).collect(Collectors.joining(", ", function + "(", ")"));
  }

  private static String name(OpCode op) {
    return op == OpCode.SHRINK ? "slice" : op.name().toLowerCase(Locale.ROOT);
  }

  /// Whether all data below a node are keys of random numbers.
  private static boolean isRandom(OpNode node) {
    List<OpNode> below = Graph.topological(List.of(node), n -> !n.is(OpCode.THREEFRY));
    return below.stream().anyMatch(n -> n.is(OpCode.THREEFRY)) && below.stream().noneMatch(n -> n.is(OpCode.BUFFER));
  }
}
