package org.teenygrad.testing;

import static org.teenygrad.engine.ir.OpCode.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.autodiff.Gradients;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Pullback;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Uniform;

/// Makes random graphs that every right device computes alike: the same seed, the same graph.
///
/// A graph grows step by step: each takes nodes made before and adds an operation, or a pattern such as a matmul. What
/// would be ill-conditioned by [Known] is dropped and something else tried.
final class RandomGraphs {
  private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33, 64, 65, 100, 130};
  private static final int MOST_ELEMENTS = 4_096;
  private static final int MOST_PRODUCTS = 40_000;
  private static final int MOST_STEPS = 16;
  private static final int MOST_ROOTS = 4;

  /// How often each type is picked, out of all.
  private static final List<DType> TYPES =
      List.of(
          DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, DType.FLOAT64, DType.FLOAT64,
          DType.BFLOAT16, DType.BFLOAT16, DType.FLOAT16, DType.INT32, DType.INT32, DType.INT64, DType.INT16, DType.INT8,
          DType.UINT8, DType.BOOL);

  private static final List<OpCode> UNARY_FLOATING =
      List.of(NEG, ABS, SQRT, EXP, EXP2, LOG, LOG2, LOG10, SIN, COS, TANH, ERF, FLOOR, CEIL, TRUNC, ROUND);
  private static final List<OpCode> BINARY_FLOATING =
      List.of(ADD, ADD, SUB, MUL, MUL, DIV, MOD, MAX, MIN, POW, LT, EQ, NE);
  private static final List<OpCode> BINARY_INTEGER =
      List.of(ADD, SUB, MUL, IDIV, MOD, MAX, MIN, AND, OR, XOR, SHL, SHR, LT, EQ, NE);
  private static final List<OpCode> BINARY_BOOL = List.of(ADD, MUL, MAX, MIN, AND, OR, XOR, LT, EQ, NE);
  private static final List<OpCode> COMBINES = List.of(ADD, ADD, ADD, MUL, MAX, MIN);

  /// A derivative that no chain rule gives.
  private static final Pullback TWICE = (inputs, cotangent) -> List.of(new Expr(cotangent).mul(2).node());

  private final Device device;
  private final Random random;
  private final boolean wholeNumbers;
  private final List<DType> types;
  private final List<OpNode> pool = new ArrayList<>();
  private final Map<OpNode, Known> known = new HashMap<>();

  private RandomGraphs(long seed, Device device, List<DType> types) {
    this.device = device;
    this.types = types;
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    wholeNumbers = types == TYPES && random.nextInt(3) == 0;
  }

  /// The graph of that seed, its data on the device.
  static RandomGraph generate(long seed, Device device) {
    RandomGraphs graphs = new RandomGraphs(seed, device, TYPES);
    return new RandomGraph("seed " + seed, graphs.grow(), graphs.known);
  }

  /// A graph with some derivatives of what it computes, each in its own types: of the graphs that follow from the seed the
  /// first that has derivatives which are well-conditioned and not 0 throughout. Most are small, so that there can be many.
  static RandomGraph withDerivatives(long seed, Device device) {
    for (long attempt = 0; ; attempt++) {
      RandomGraphs graphs = new RandomGraphs(seed + attempt * 0x5851F42D4C957F2DL, device, TYPES);
      List<OpNode> roots = new ArrayList<>(graphs.grow(1 + graphs.random.nextInt(1 + graphs.random.nextInt(MOST_STEPS)), 2));
      List<OpNode> slopes = roots.stream().flatMap(output -> graphs.slopes(output).stream()).toList();
      if (!slopes.isEmpty()) {
        roots.addAll(slopes);
        return new RandomGraph("derivatives, seed " + seed, roots.stream().distinct().toList(), graphs.known);
      }
    }
  }

  /// The derivatives of one output with respect to up to two variables below it.
  private List<OpNode> slopes(OpNode output) {
    List<OpNode> variables = new ArrayList<>(Graph.topological(List.of(output)).stream().filter(this::isVariable).toList());
    if (!output.dtype().isFloating() || variables.isEmpty()) {
      return List.of();
    }
    Collections.shuffle(variables, random);
    OpNode cotangent = leaf(output.shape(), output.dtype());
    List<OpNode> slopes = new ArrayList<>();
    for (OpNode variable : variables.subList(0, Math.min(2, variables.size()))) {
      OpNode slope = Gradients.expand(List.of(OpNode.of(GRADIENT, output, variable, cotangent))).getFirst();
      if (Uniform.constant(slope) == null && isKnown(slope)) {
        slopes.add(slope);
      }
    }
    return slopes;
  }

  private boolean isKnown(OpNode root) {
    try {
      Graph.topological(List.of(root)).forEach(this::record);
      return true;
    } catch (Unfit e) {
      return false;
    }
  }

  /// The value and some derivatives of the graph of that seed, in float64 throughout so that rounding does not matter;
  /// sometimes derivatives of derivatives.
  static List<OpNode> derivatives(long seed, Device device) {
    RandomGraphs graphs = new RandomGraphs(seed, device, List.of(DType.FLOAT64, DType.FLOAT64, DType.FLOAT64, DType.INT32));
    List<OpNode> roots = new ArrayList<>(graphs.grow());
    List<OpNode> outputs = List.copyOf(roots);
    for (OpNode output : outputs) {
      List<OpNode> variables = Graph.topological(List.of(output)).stream().filter(graphs::isVariable).toList();
      if (output.dtype().isFloating() && !variables.isEmpty()) {
        OpNode slope = graphs.derivative(output, graphs.pick(variables));
        roots.add(slope);
        roots.add(graphs.derivative(output, graphs.pick(variables)));
        if (graphs.random.nextInt(3) == 0) {
          roots.add(graphs.derivative(slope, graphs.pick(variables)));
        }
      }
    }
    return roots.stream().distinct().toList();
  }

  private boolean isVariable(OpNode node) {
    return node.dtype().isFloating() && (node.is(BUFFER) || random.nextInt(8) == 0);
  }

  private OpNode derivative(OpNode output, OpNode variable) {
    return OpNode.of(GRADIENT, output, variable, leaf(output.shape(), output.dtype()));
  }

  private List<OpNode> grow() {
    return grow(1 + random.nextInt(MOST_STEPS), MOST_ROOTS);
  }

  private List<OpNode> grow(int size, int mostRoots) {
    pool.add(leaf(shape(), pick(types)));
    int steps = size;
    for (int tries = 0; steps > 0 && tries < 10 * MOST_STEPS; tries++) {
      try {
        pool.add(step());
        steps--;
      } catch (Unfit e) {
        // something else next time
      }
    }
    Set<OpNode> used = new HashSet<>();
    Graph.topological(pool).forEach(node -> used.addAll(node.inputs()));
    // Mostly what nobody uses; in between, too, so that kernels have several results.
    boolean anything = random.nextInt(3) == 0;
    List<OpNode> roots = new ArrayList<>(pool.stream().filter(node -> anything || !used.contains(node)).distinct().toList());
    Collections.shuffle(roots, random);
    return List.copyOf(roots.subList(0, Math.min(roots.size(), 1 + random.nextInt(mostRoots))));
  }

  /// A step would lead to a node that is ill-conditioned, too large or does not exist.
  private static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unfit() {
      super(null, null, false, false);
    }
  }

  private static void require(boolean fits) {
    if (!fits) {
      throw new Unfit();
    }
  }

  private OpNode step() {
    OpNode x = recent();
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> unary(x);
      case 3, 4, 5, 6 -> binary(x);
      case 7 -> choose(x);
      case 8, 9, 10, 11 -> movement(x);
      case 12, 13, 14 -> reduce(x);
      case 15 -> matmul();
      case 16 -> softmax(x);
      case 17 -> cast(x, pick(types));
      case 18 -> indexed(x);
      default -> rare(x);
    };
  }

  // Leaves

  private Shape shape() {
    int rank = random.nextInt(6);
    int[] sizes = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = random.nextInt(40) == 0 ? 0 : SIZES[random.nextInt(rank > 2 ? 8 : SIZES.length)];
    }
    Shape shape = Shape.of(sizes);
    return shape.elements() <= MOST_ELEMENTS ? shape : shape();
  }

  private OpNode leaf(Shape shape, DType dtype) {
    double[] numbers = new double[(int) shape.elements()];
    boolean whole = wholeNumbers || !dtype.isFloating();
    boolean wide = dtype.isInteger() && random.nextInt(4) == 0;
    int spread = dtype == DType.BOOL ? 1 : wide ? 1 << 20 : 4;
    double positive = random.nextInt(3) == 0 || dtype == DType.BOOL ? 0 : 1;
    for (int i = 0; i < numbers.length; i++) {
      double unit = random.nextDouble() * (1 + positive) - positive;
      numbers[i] = whole ? Math.rint(unit * spread) : unit * 2;
    }
    OpNode leaf = Buffers.of(device, dtype, shape, numbers);
    Known range = whole ? Known.exact(-positive * spread, spread, 0) : new Known(-2 * positive, 2, 0, -1);
    Known all = dtype.isInteger() ? Known.any(dtype) : range;
    known.put(leaf, range.lo() >= all.lo() && range.hi() <= all.hi() ? range : all);
    return leaf;
  }

  private OpNode uniform(DType dtype, Shape shape, double value) {
    OpNode uniform = Uniform.of(dtype, shape, value);
    for (OpNode node : Graph.topological(List.of(uniform))) {
      record(node);
    }
    return uniform;
  }

  // Elementwise

  private OpNode unary(OpNode x) {
    if (!x.dtype().isFloating()) {
      return add(x.dtype() == DType.BOOL ? NOT : pick(List.of(NEG, ABS, NOT)), null, x);
    }
    OpCode op = pick(UNARY_FLOATING);
    return switch (op) {
      case SQRT, LOG, LOG2, LOG10 -> add(op, null, clamp(x, 0.25, 64));
      case EXP, EXP2 -> add(op, null, clamp(x, -6, 4));
      default -> add(op, null, x);
    };
  }

  /// Values outside of the bounds replaced by them: continuous, so well-conditioned.
  private OpNode clamp(OpNode x, double lo, double hi) {
    Known range = know(x);
    if (range.lo() >= lo && range.hi() <= hi) {
      return x;
    }
    OpNode below = add(MIN, null, x, uniform(x.dtype(), x.shape(), hi));
    return add(MAX, null, below, uniform(x.dtype(), x.shape(), lo));
  }

  private OpNode binary(OpNode x) {
    OpNode y = operand(x.shape(), x.dtype());
    OpNode left = random.nextBoolean() ? x : y;
    OpNode right = left == x ? y : x;
    OpCode op = pick(x.dtype().isFloating() ? BINARY_FLOATING : x.dtype() == DType.BOOL ? BINARY_BOOL : BINARY_INTEGER);
    if (op == DIV || op == MOD && x.dtype().isFloating()) {
      right = clamp(right, 1, 8);
    } else if (op == POW) {
      left = clamp(left, 0.25, 4);
      right = clamp(right, -2, 2);
    } else if (op == SHL || op == SHR) {
      right = clamp(right, x.dtype() == DType.UINT8 ? 0 : -2, 70);
    }
    return add(op, null, left, right);
  }

  /// A node of that shape and type: one made before, cast and moved to fit, or a new one.
  private OpNode operand(Shape shape, DType dtype) {
    if (random.nextInt(6) == 0) {
      return uniform(dtype, shape, dtype == DType.BOOL ? random.nextInt(2) : random.nextInt(7));
    }
    if (random.nextInt(3) == 0) {
      int[] sizes = shape.stream().map(size -> random.nextInt(3) == 0 ? 1 : size).toArray();
      int drop = random.nextInt(sizes.length + 1) / 2;
      return fit(leaf(Shape.of(Arrays.copyOfRange(sizes, drop, sizes.length)), dtype), shape);
    }
    return fit(cast(pick(pool), dtype), shape);
  }

  private OpNode cast(OpNode x, DType dtype) {
    if (x.dtype() == dtype) {
      return x;
    }
    boolean large = dtype.isFloating() && know(x).magnitude() > 1000;
    OpNode from = large ? clamp(x, x.dtype() == DType.UINT8 ? 0 : -100, 100) : x;
    return record(OpNode.create(CAST, dtype, List.of(from), null));
  }

  private OpNode choose(OpNode x) {
    OpNode condition = operand(x.shape(), DType.BOOL);
    OpNode y = operand(x.shape(), x.dtype());
    return add(WHERE, null, condition, x, y);
  }

  // Movement

  private OpNode movement(OpNode x) {
    int rank = x.shape().rank();
    List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    return switch (random.nextInt(6)) {
      case 0 -> add(RESHAPE, reshaped(x.shape()), x);
      case 1 -> {
        Collections.shuffle(axes, random);
        yield add(PERMUTE, List.copyOf(axes), x);
      }
      case 2 -> {
        int[] sizes = x.shape().stream().map(size -> size == 1 ? 1 + random.nextInt(6) : size).toArray();
        yield add(EXPAND, Shape.of(sizes), x);
      }
      case 3 -> add(PAD, new Bounds(axes.stream().map(a -> few()).toList(), axes.stream().map(a -> few()).toList()), x);
      case 4 -> {
        List<Integer> begins = axes.stream().map(a -> random.nextInt(1 + x.shape().size(a) / 2)).toList();
        List<Integer> ends =
            axes.stream()
                .map(a -> x.shape().size(a) - random.nextInt(1 + x.shape().size(a) / 2))
                .toList();
        yield add(SHRINK, new Bounds(begins, ends), x);
      }
      default -> add(FLIP, axes.stream().filter(axis -> random.nextBoolean()).toList(), x);
    };
  }

  private int few() {
    return Math.max(0, random.nextInt(5) - 2);
  }

  /// Neighbouring axes merged or split at random.
  private Shape reshaped(Shape shape) {
    List<Integer> sizes = new ArrayList<>();
    for (int size : shape.toArray()) {
      int last = sizes.size() - 1;
      int factor = IntStream.of(2, 3, 5).filter(f -> size > 0 && size % f == 0).findFirst().orElse(1);
      if (last >= 0 && random.nextInt(3) == 0) {
        sizes.set(last, sizes.get(last) * size);
      } else if (factor > 1 && random.nextInt(3) == 0) {
        sizes.addAll(random.nextBoolean() ? List.of(factor, size / factor) : List.of(size / factor, factor));
      } else {
        sizes.add(size);
      }
    }
    if (random.nextInt(4) == 0) {
      sizes.add(random.nextInt(sizes.size() + 1), 1);
    }
    return Shape.of(sizes);
  }

  /// `x` brought to that shape: axes cut, padded or repeated, added or dropped in front.
  private OpNode fit(OpNode x, Shape shape) {
    int more = x.shape().rank() - shape.rank();
    OpNode fitted = x;
    if (more < 0) {
      int[] sizes = new int[shape.rank()];
      Arrays.fill(sizes, 1);
      System.arraycopy(x.shape().toArray(), 0, sizes, -more, x.shape().rank());
      fitted = add(RESHAPE, Shape.of(sizes), x);
    }
    List<Integer> begins = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int axis = 0; axis < fitted.shape().rank(); axis++) {
      int size = fitted.shape().size(axis);
      int wanted = axis < more ? 1 : shape.size(axis - Math.max(0, more));
      int kept = Math.min(size, wanted);
      begins.add(random.nextInt(size - kept + 1));
      ends.add(begins.getLast() + kept);
      int missing = size == 1 ? 0 : wanted - kept;
      before.add(random.nextInt(missing + 1));
      after.add(missing - before.getLast());
    }
    fitted = unlessSame(SHRINK, new Bounds(begins, ends), fitted);
    fitted = unlessSame(PAD, new Bounds(before, after), fitted);
    if (more > 0) {
      int[] sizes = fitted.shape().toArray();
      fitted = add(RESHAPE, Shape.of(Arrays.copyOfRange(sizes, more, sizes.length)), fitted);
    }
    return unlessSame(EXPAND, shape, fitted);
  }

  /// Mostly leaves out what would change nothing.
  private OpNode unlessSame(OpCode op, Object payload, OpNode x) {
    OpNode moved = add(op, payload, x);
    return moved.shape().equals(x.shape()) && random.nextInt(10) > 0 ? x : moved;
  }

  // Reductions and indexing

  private OpNode reduce(OpNode x) {
    List<Integer> axes = IntStream.range(0, x.shape().rank()).filter(axis -> random.nextBoolean()).boxed().toList();
    OpCode combine = pick(COMBINES);
    require(!axes.isEmpty());
    OpNode reduced = add(REDUCE, new Reduction(combine, axes), x);
    if (random.nextBoolean()) {
      return reduced;
    }
    int[] kept = IntStream.range(0, x.shape().rank()).filter(a -> !axes.contains(a)).map(x.shape()::size).toArray();
    return add(RESHAPE, Shape.of(kept), reduced);
  }

  /// The batched product of (batch, m, k) and (batch, k, n), either one transposed at random, as a reduction over products.
  private OpNode matmul() {
    int batch = 1 + random.nextInt(3);
    int m = SIZES[random.nextInt(14)];
    int n = SIZES[random.nextInt(14)];
    int k = SIZES[random.nextInt(14)];
    require((long) batch * m * n * k <= MOST_PRODUCTS);
    DType dtype = pick(types);
    OpNode a = matrix(batch, m, k, dtype);
    OpNode b = matrix(random.nextBoolean() ? batch : 1, n, k, dtype);
    if ((dtype == DType.BFLOAT16 || dtype == DType.FLOAT16) && random.nextInt(4) > 0) {
      a = cast(a, DType.FLOAT32);
      b = cast(b, DType.FLOAT32);
    }
    Shape products = Shape.of(batch, m, n, k);
    OpNode left = large(EXPAND, products, add(RESHAPE, Shape.of(batch, m, 1, k), a));
    OpNode rows = add(RESHAPE, Shape.of(b.shape().size(0), 1, n, k), b);
    OpNode product = large(MUL, null, left, large(EXPAND, products, rows));
    OpNode sum = large(REDUCE, new Reduction(ADD, List.of(3)), product);
    return add(RESHAPE, Shape.of(batch, m, n), sum);
  }

  private OpNode matrix(int batch, int rows, int columns, DType dtype) {
    boolean transposed = random.nextBoolean();
    Shape shape = transposed ? Shape.of(batch, columns, rows) : Shape.of(batch, rows, columns);
    OpNode matrix = random.nextBoolean() ? leaf(shape, dtype) : operand(shape, dtype);
    return transposed ? add(PERMUTE, List.of(0, 2, 1), matrix) : matrix;
  }

  /// Softmax in one of two ways, or only what one of them divides by.
  private OpNode softmax(OpNode x) {
    int last = x.shape().rank() - 1;
    require(last >= 0 && x.shape().size(last) > 0 && x.dtype().isFloating());
    OpNode scores = clamp(x, -3, 3);
    if (random.nextBoolean()) {
      OpNode normalizer = add(LOGSUMEXP, new Reduction(ADD, List.of(last)), scores);
      return random.nextBoolean() ? normalizer : add(EXP, null, add(SUB, null, scores, add(EXPAND, x.shape(), normalizer)));
    }
    OpNode largest = add(REDUCE, new Reduction(MAX, List.of(last)), scores);
    OpNode exponents =
        add(EXP, null, add(SUB, null, scores, add(EXPAND, x.shape(), largest)));
    OpNode sum = add(REDUCE, new Reduction(ADD, List.of(last)), exponents);
    OpNode softmax = OpNode.of(DIV, exponents, add(EXPAND, x.shape(), sum));
    // Intervals forget that each score is a part of the sum.
    double error = 4 * know(scores).error() + 32 * Known.unit(x.dtype());
    known.put(softmax, new Known(-error, 1 + error, error, -1));
    return softmax;
  }

  private OpNode indexed(OpNode x) {
    require(x.shape().rank() > 0);
    int axis = random.nextInt(x.shape().rank());
    int size = x.shape().size(axis);
    int length = SIZES[random.nextInt(8)];
    Shape shape = x.shape().with(axis, length);
    double[] numbers = random.doubles(shape.elements(), -1, size + 1).map(Math::floor).toArray();
    OpNode index = Buffers.of(device, random.nextBoolean() ? DType.INT64 : DType.INT32, shape, numbers);
    known.put(index, Known.exact(-1, size, 0));
    if (random.nextBoolean()) {
      return add(GATHER, axis, x, index);
    }
    OpNode source = operand(shape, x.dtype());
    OpCode combine = random.nextInt(4) == 0 ? null : pick(COMBINES);
    return add(SCATTER, new Scatter(axis, combine), x, index, source);
  }

  private OpNode scan(OpNode x) {
    require(x.shape().rank() > 0);
    OpCode combine = pick(COMBINES);
    require(combine != MUL);
    return add(SCAN, new Reduction(combine, List.of(random.nextInt(x.shape().rank()))), x);
  }

  private OpNode sort(OpNode x) {
    require(x.shape().rank() > 0 && !x.dtype().isFloating() && x.shape().size(-1) > 0);
    OpNode wide = OpNode.create(CAST, DType.INT64, List.of(x), null);
    return add(SORT, new Order(1 + random.nextInt(x.shape().size(-1))), x.dtype() == DType.INT64 ? x : record(wide));
  }

  private OpNode rare(OpNode x) {
    return switch (random.nextInt(8)) {
      case 7 -> sort(x);
      case 6 -> scan(x);
      case 0 -> add(CONTIGUOUS, null, x);
      case 1 -> add(DETACH, null, x);
      case 2 -> {
        DType other = x.dtype() == DType.INT8 ? DType.UINT8 : DType.INT8;
        require(x.dtype().bytes() == 1);
        yield record(OpNode.create(BITCAST, other, List.of(x), null));
      }
      case 3 -> {
        require(x.dtype().isFloating());
        yield add(FMA, null, x, operand(x.shape(), x.dtype()), operand(x.shape(), x.dtype()));
      }
      case 4 -> {
        require(x.dtype().isFloating());
        OpNode other = operand(x.shape(), x.dtype());
        yield x.shape().rank() % 2 == 0 ? add(SURROGATE, null, x, other) : add(PULLBACK, TWICE, x, other);
      }
      default -> {
        int length = 1 + random.nextInt(50);
        OpNode counter = record(OpNode.create(ARANGE, DType.INT64, List.of(), length));
        yield add(THREEFRY, null, counter, operand(counter.shape(), DType.INT64));
      }
    };
  }

  // Nodes

  private OpNode add(OpCode op, @Nullable Object payload, OpNode... inputs) {
    OpNode node = OpNode.of(op, payload, List.of(inputs));
    require(node.shape().elements() <= MOST_ELEMENTS);
    return record(node);
  }

  private OpNode large(OpCode op, @Nullable Object payload, OpNode... inputs) {
    return record(OpNode.of(op, payload, List.of(inputs)));
  }

  private OpNode record(OpNode node) {
    if (!known.containsKey(node)) {
      Known result = Known.of(node, node.inputs().stream().map(this::know).toList());
      if (result == null) {
        throw new Unfit();
      }
      known.put(node, result);
    }
    return node;
  }

  private Known know(OpNode node) {
    return Objects.requireNonNull(known.get(node));
  }

  private OpNode recent() {
    return random.nextInt(3) > 0 ? pool.getLast() : pick(pool);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
