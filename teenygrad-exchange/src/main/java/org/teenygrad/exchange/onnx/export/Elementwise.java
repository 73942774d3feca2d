package org.teenygrad.exchange.onnx.export;

import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.exchange.onnx.format.Attribute;

/// Operations that make each element of those at its position.
final class Elementwise {
  /// What has an operator of the same meaning.
  private static final Map<OpCode, String> NAMES = Map.ofEntries(
      Map.entry(OpCode.NEG, "Neg"), Map.entry(OpCode.ABS, "Abs"), Map.entry(OpCode.SQRT, "Sqrt"), Map.entry(OpCode.EXP, "Exp"),
      Map.entry(OpCode.LOG, "Log"), Map.entry(OpCode.SIN, "Sin"), Map.entry(OpCode.COS, "Cos"), Map.entry(OpCode.TANH, "Tanh"),
      Map.entry(OpCode.ERF, "Erf"), Map.entry(OpCode.FLOOR, "Floor"), Map.entry(OpCode.CEIL, "Ceil"), Map.entry(OpCode.ROUND, "Round"),
      Map.entry(OpCode.NOT, "BitwiseNot"), Map.entry(OpCode.ADD, "Add"), Map.entry(OpCode.SUB, "Sub"), Map.entry(OpCode.MUL, "Mul"),
      Map.entry(OpCode.DIV, "Div"), Map.entry(OpCode.MAX, "Max"), Map.entry(OpCode.MIN, "Min"), Map.entry(OpCode.POW, "Pow"),
      Map.entry(OpCode.LT, "Less"), Map.entry(OpCode.EQ, "Equal"), Map.entry(OpCode.AND, "BitwiseAnd"), Map.entry(OpCode.OR, "BitwiseOr"),
      Map.entry(OpCode.XOR, "BitwiseXor"), Map.entry(OpCode.WHERE, "Where"));

  /// The same of truth values.
  private static final Map<OpCode, String> LOGICAL = Map.of(
      OpCode.NOT, "Not", OpCode.ADD, "Or", OpCode.MUL, "And", OpCode.MAX, "Or", OpCode.MIN, "And", OpCode.AND, "And", OpCode.OR, "Or", OpCode.XOR, "Xor",
      OpCode.NE, "Xor", OpCode.EQ, "Equal");

  private final GraphBuilder graph;

  Elementwise(GraphBuilder graph) {
    this.graph = graph;
  }

  /// @throws UnsupportedOperationException if there is no such operator
  Operand of(OpNode node, Operand... in) {
    return switch (node.op()) {
      case CAST -> cast(in[0], node.dtype());
      case EXP2 -> apply("Pow", node.dtype(), graph.constant(node.dtype(), 2.0), in[0]);
      case LOG2 -> apply("Div", node.dtype(), apply("Log", node.dtype(), in), graph.constant(node.dtype(), Math.log(2)));
      case LOG10 -> apply("Div", node.dtype(), apply("Log", node.dtype(), in), graph.constant(node.dtype(), Math.log(10)));
      case TRUNC -> apply("Mul", node.dtype(), apply("Sign", node.dtype(), in), apply("Floor", node.dtype(), apply("Abs", node.dtype(), in)));
      case FMA -> apply("Add", node.dtype(), apply("Mul", node.dtype(), in[0], in[1]), in[2]);
      case IDIV, MOD -> divided(node, in);
      case NE -> in[0].dtype() == DType.BOOL ? apply("Xor", DType.BOOL, in) : not(apply("Equal", DType.BOOL, in));
      case LT -> in[0].dtype() == DType.BOOL ? apply("And", DType.BOOL, not(in[0]), in[1]) : apply("Less", DType.BOOL, in);
      case WHERE -> node.dtype() == DType.BOOL
          ? apply("Or", DType.BOOL, apply("And", DType.BOOL, in[0], in[1]), apply("And", DType.BOOL, not(in[0]), in[2])) : apply("Where", node.dtype(), in);
      default -> apply(name(node), node.dtype(), in);
    };
  }

  private static String name(OpNode node) {
    boolean logical = node.input(0).dtype() == DType.BOOL;
    @Nullable String name = (logical ? LOGICAL : NAMES).get(node.op());
    if (name == null) {
      throw GraphExport.unsupported(node, node.is(OpCode.THREEFRY) ? "random numbers, as of dropout in training, are not part of a model" : "there is no such operator");
    }
    return name;
  }

  Operand not(Operand x) {
    return apply("Not", DType.BOOL, x);
  }

  private Operand cast(Operand x, DType type) {
    return graph.cast(x, type);
  }

  /// Integers are divided by what may be 0; then the result is 0.
  private Operand divided(OpNode node, Operand... in) {
    DType type = node.dtype();
    Map<String, Attribute> attributes = node.is(OpCode.MOD) ? Map.of("fmod", new Attribute.OfInt(1)) : Map.of();
    String operator = node.is(OpCode.MOD) ? "Mod" : "Div";
    OpNode divisor = Uniform.constant(node.input(1));
    if (type.isFloating() || divisor != null && !divisor.isConstant(0)) {
      return graph.add(operator, type, broadcast(in), attributes, in);
    }
    Operand zero = apply("Equal", DType.BOOL, in[1], graph.constant(type, 0));
    Operand safe = apply("Where", type, zero, graph.constant(type, 1), in[1]);
    Operand result = graph.add(operator, type, broadcast(in[0], safe), attributes, in[0], safe);
    return apply("Where", type, zero, graph.constant(type, 0), result);
  }

  /// An operator whose operands broadcast.
  Operand apply(String operator, DType type, Operand... in) {
    return graph.add(operator, type, broadcast(in), in);
  }

  private static Shape broadcast(Operand... in) {
    int rank = IntStream.range(0, in.length).map(i -> in[i].rank()).max().orElse(0);
    int[] sizes = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = 1;
      for (Operand operand : in) {
        int at = axis - rank + operand.rank();
        sizes[axis] = at < 0 || operand.size(at) == 1 ? sizes[axis] : operand.size(at);
      }
    }
    return Shape.of(sizes);
  }
}
