package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// What a part of a graph looks like, and, as the right-hand side of a rule, what replaces it.
///
/// ```java
/// add(any("x"), constant(0))        // x + 0, and 0 + x, for the inputs of commutative operations match in either order
/// where(any("c"), any("x"), any("x"))     // a name that stands twice means the same node twice
/// op(RESHAPE, op(RESHAPE, any("x"))).as("outer")
/// any("x").when(node -> node.shape().rank() == 2)
/// ```
///
/// [#constant] and [#anyConstant] match a CONST and also a tensor that is [Uniform].
public final class Pattern {
  /// What the node itself must be; its inputs come afterwards.
  private final Predicate<OpNode> guard;

  /// The operation, or null for any.
  final @Nullable OpCode op;

  /// Null where the inputs do not matter.
  final @Nullable List<Pattern> inputs;

  final @Nullable String name;

  /// The value of a constant, or null.
  final @Nullable Double value;

  private Pattern(
      @Nullable OpCode op,
      @Nullable List<Pattern> inputs,
      @Nullable String name,
      @Nullable Double value,
      Predicate<OpNode> guard) {
    this.op = op;
    this.inputs = inputs;
    this.name = name;
    this.value = value;
    this.guard = guard;
  }

  /// Any node.
  public static Pattern any(String name) {
    return new Pattern(null, null, name, null, node -> true);
  }

  /// One value everywhere. Zeros have a sign: 0.0 is not -0.0.
  public static Pattern constant(double value) {
    return new Pattern(null, null, null, value, node -> holds(Uniform.constant(node), value));
  }

  /// Any one value everywhere; see [Match#value].
  public static Pattern anyConstant(String name) {
    return any(name).when(node -> Uniform.constant(node) != null);
  }

  /// The operation on inputs that look so; without inputs given, on any inputs.
  public static Pattern op(OpCode op, Pattern... inputs) {
    return new Pattern(op, inputs.length == 0 ? null : List.of(inputs), null, null, node -> true);
  }

  public static Pattern add(Pattern x, Pattern y) {
    return op(OpCode.ADD, x, y);
  }

  public static Pattern sub(Pattern x, Pattern y) {
    return op(OpCode.SUB, x, y);
  }

  public static Pattern mul(Pattern x, Pattern y) {
    return op(OpCode.MUL, x, y);
  }

  public static Pattern div(Pattern x, Pattern y) {
    return op(OpCode.DIV, x, y);
  }

  public static Pattern neg(Pattern x) {
    return op(OpCode.NEG, x);
  }

  public static Pattern not(Pattern x) {
    return op(OpCode.NOT, x);
  }

  public static Pattern where(Pattern condition, Pattern x, Pattern y) {
    return op(OpCode.WHERE, condition, x, y);
  }

  /// This pattern, with its node known by a name.
  public Pattern as(String name) {
    return new Pattern(op, inputs, name, value, guard);
  }

  /// This pattern, for nodes that also pass a test.
  public Pattern when(Predicate<OpNode> test) {
    return new Pattern(op, inputs, name, value, guard.and(test));
  }

  /// This pattern, for nodes of types that pass a test.
  public Pattern ofType(Predicate<DType> test) {
    return when(node -> test.test(node.dtype()));
  }

  private static boolean holds(@Nullable OpNode constant, double value) {
    return constant != null
        && switch (constant.payload()) {
          case Double number -> Double.compare(number, value) == 0;
          case Long number -> number == (long) value && number.doubleValue() == value;
          case Boolean truth -> value == (truth ? 1 : 0);
          case null, default -> false;
        };
  }

  boolean matches(OpNode node, Match match) {
    if (op != null && node.op() != op
        || inputs != null && node.inputs().size() != inputs.size()
        || !guard.test(node)
        || name != null && !match.bind(name, node)) {
      return false;
    }
    for (int i = 0; inputs != null && i < inputs.size(); i++) {
      if (!inputs.get(i).matches(node.input(i), match)) {
        return false;
      }
    }
    return true;
  }

  /// The node that this pattern describes, as the replacement of what was matched. Constants take type and shape of the
  /// node that is replaced.
  OpNode build(Match match) {
    if (name != null) {
      return match.get(name);
    }
    if (value != null) {
      return Uniform.of(match.root().dtype(), match.root().shape(), value);
    }
    List<OpNode> built = new ArrayList<>();
    for (Pattern input : Objects.requireNonNull(inputs, "a replacement must name what it is made of")) {
      built.add(input.build(match));
    }
    return OpNode.of(Objects.requireNonNull(op), null, built);
  }

  /// The patterns, with fixed order of inputs, that together mean this one.
  List<Pattern> inFixedOrder() {
    if (inputs == null) {
      return List.of(this);
    }
    List<List<Pattern>> choices = List.of(List.of());
    for (Pattern input : inputs) {
      List<List<Pattern>> longer = new ArrayList<>();
      for (List<Pattern> start : choices) {
        for (Pattern fixed : input.inFixedOrder()) {
          List<Pattern> list = new ArrayList<>(start);
          list.add(fixed);
          longer.add(list);
        }
      }
      choices = longer;
    }
    List<Pattern> all = new ArrayList<>();
    boolean swaps = op != null && op.isCommutative() && inputs.get(0) != inputs.get(1);
    for (List<Pattern> choice : choices) {
      all.add(new Pattern(op, choice, name, value, guard));
    }
    for (List<Pattern> choice : swaps ? choices : List.<List<Pattern>>of()) {
      all.add(new Pattern(op, choice.reversed(), name, value, guard));
    }
    return all;
  }
}
