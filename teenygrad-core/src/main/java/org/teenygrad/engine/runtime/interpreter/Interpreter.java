package org.teenygrad.engine.runtime.interpreter;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Order;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.HostBuffer;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// The device that walks a graph node by node with plain loops: slow, obvious, and the definition of
/// what every operation means. Elementwise meanings are in [Semantics]; here are all others.
public final class Interpreter implements Kernel {
  private final List<OpNode> outputs;
  private final List<OpNode> order;

  private Interpreter(Program program) {
    outputs = program.graph().inputs();
    order = Graph.topological(outputs);
  }

  public static Runtime open(Device device) {
    return new Runtime(device, HostAllocator.shared(), new Target.Graphs(), Interpreter::new);
  }

  @Override
  public void run(List<List<Buffer>> arguments) {
    arguments.forEach(this::runOnce);
  }

  private void runOnce(List<Buffer> arguments) {
    Map<OpNode, Values> values = new HashMap<>();
    Map<OpNode, Integer> usesLeft = new HashMap<>();
    order.forEach(node -> node.inputs().forEach(input -> usesLeft.merge(input, 1, Integer::sum)));
    outputs.forEach(output -> usesLeft.merge(output, 1, Integer::sum));
    for (OpNode node : order) {
      List<Values> inputs = new ArrayList<>();
      for (OpNode input : node.inputs()) {
        inputs.add(Objects.requireNonNull(values.get(input)));
        if (usesLeft.merge(input, -1, Integer::sum) == 0) {
          values.remove(input);
        }
      }
      values.put(node, compute(node, inputs, arguments));
    }
    for (int slot = 0; slot < outputs.size(); slot++) {
      OpNode output = outputs.get(slot);
      Objects.requireNonNull(values.get(output)).store(output.dtype(), memory(arguments.get(slot)));
    }
    Reference.reachabilityFence(arguments);
  }

  private static Values compute(OpNode node, List<Values> inputs, List<Buffer> arguments) {
    DType dtype = node.dtype();
    Shape shape = node.shape();
    int length = length(node);
    Shape from = node.inputs().isEmpty() ? shape : node.input(0).shape();
    return switch (node.op()) {
      case CONST -> Values.filled(dtype, length, node.payload(Object.class));
      case ARANGE -> arange(dtype, length);
      case PARAM -> {
        Buffer argument = arguments.get(node.payload(Param.class).slot());
        yield Values.load(dtype, length, memory(argument));
      }
      case NEG, ABS, SQRT, EXP, EXP2, LOG, LOG2, LOG10, SIN, COS, TANH, ERF -> elementwise(node, inputs);
      case FLOOR, CEIL, TRUNC, ROUND, NOT, CAST, BITCAST -> elementwise(node, inputs);
      case ADD, SUB, MUL, DIV, IDIV, MOD, MAX, MIN, POW -> elementwise(node, inputs);
      case LT, EQ, NE, AND, OR, XOR, SHL, SHR, THREEFRY -> elementwise(node, inputs);
      case WHERE, FMA -> elementwise(node, inputs);
      case RESHAPE -> inputs.getFirst();
      case PERMUTE -> inputs.getFirst().select(Positions.permuted(from, shape, list(node)));
      case EXPAND -> inputs.getFirst().select(Positions.broadcast(from, shape));
      case PAD -> inputs.getFirst().select(Positions.padded(from, shape, bounds(node)));
      case SHRINK -> inputs.getFirst().select(Positions.shrunk(from, shape, bounds(node)));
      case FLIP -> inputs.getFirst().select(Positions.flipped(shape, list(node)));
      case REDUCE -> reduce(node, inputs.getFirst());
      case LOGSUMEXP -> logSumExp(node, inputs.getFirst());
      case GATHER -> {
        long[] index = integers(inputs.get(1));
        yield inputs
            .getFirst()
            .select(Positions.indexed(from, shape, node.payload(Integer.class), index));
      }
      case SCATTER -> scatter(node, inputs);
      case SCAN -> scan(node, inputs.getFirst());
      case SORT -> sort(node, inputs.getFirst());
      case CONTIGUOUS, COPY, DETACH, SURROGATE, PULLBACK -> inputs.getFirst();
      case ASSIGN -> inputs.get(1);
      case BUFFER, GRADIENT, REDISTRIBUTE -> throw misplaced(node);
      case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL -> throw new IllegalArgumentException("the interpreter runs on one rank, but this is exchanged with others: " + node);
      case RANGE, LOAD, STORE, FOLD, SINK -> throw misplaced(node);
      case STAGE, FRAGMENT, MMA, FETCH, LAND, AWAIT, BARRIER, STEPS -> throw misplaced(node);
    };
  }

  private static Values arange(DType dtype, int length) {
    long[] array = new long[length];
    for (int i = 0; i < length; i++) {
      array[i] = Semantics.integralToIntegral(dtype, i);
    }
    return new Values.Integers(array);
  }

  private static Values elementwise(OpNode node, List<Values> inputs) {
    OpCode op = node.op();
    DType dtype = node.dtype();
    int length = length(node);
    boolean compares = op == OpCode.LT || op == OpCode.EQ || op == OpCode.NE;
    if (op == OpCode.CAST || op == OpCode.BITCAST || compares) {
      return converted(node, inputs);
    }
    if (dtype.isFloating()) {
      double[] a = operand(inputs, 0);
      double[] b = operand(inputs, 1);
      double[] c = operand(inputs, 2);
      double[] result = new double[length];
      for (int i = 0; i < length; i++) {
        result[i] = Semantics.floating(op, dtype, at(a, i), at(b, i), at(c, i));
      }
      return new Values.Floats(result);
    }
    long[] a = integers(inputs.get(0));
    long[] b = inputs.size() > 1 ? integers(inputs.get(1)) : a;
    long[] c = inputs.size() > 2 ? integers(inputs.get(2)) : a;
    long[] result = new long[length];
    for (int i = 0; i < length; i++) {
      result[i] = Semantics.integral(op, dtype, a[i], b[i], c[i]);
    }
    return new Values.Integers(result);
  }

  /// Operations whose result has another type than their inputs.
  private static Values converted(OpNode node, List<Values> inputs) {
    List<DType> types = node.inputs().stream().map(OpNode::dtype).toList();
    Values result = Values.zeros(node.dtype(), length(node));
    Object[] payloads = new Object[inputs.size()];
    for (int i = 0; i < result.length(); i++) {
      for (int j = 0; j < payloads.length; j++) {
        payloads[j] = inputs.get(j).payload(types.get(j), i);
      }
      result.set(i, Semantics.evaluate(node.op(), node.dtype(), types, payloads));
    }
    return result;
  }

  private static Values reduce(OpNode node, Values input) {
    Reduction reduction = node.payload(Reduction.class);
    Object identity = Semantics.identity(reduction.combine(), node.dtype());
    Values result = Values.filled(node.dtype(), length(node), identity);
    int[] positions = Positions.broadcast(node.shape(), node.input(0).shape());
    combine(reduction.combine(), node.dtype(), result, positions, input);
    return result;
  }

  /// The largest element and the logarithm of the sum of exponentials of the distances from it.
  private static Values logSumExp(OpNode node, Values input) {
    int[] positions = Positions.broadcast(node.shape(), node.input(0).shape());
    double[] x = floats(input);
    double[] shift = floats(Values.filled(node.dtype(), length(node), Double.NEGATIVE_INFINITY));
    for (int i = 0; i < x.length; i++) {
      shift[positions[i]] = Math.max(shift[positions[i]], x[i]);
    }
    for (int i = 0; i < shift.length; i++) {
      shift[i] = Double.isInfinite(shift[i]) ? 0 : shift[i];
    }
    double[] sums = new double[shift.length];
    for (int i = 0; i < x.length; i++) {
      sums[positions[i]] += Math.exp(x[i] - shift[positions[i]]);
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Semantics.round(node.dtype(), Math.log(sums[i]) + shift[i]);
    }
    return new Values.Floats(sums);
  }

  private static Values scatter(OpNode node, List<Values> inputs) {
    Scatter scatter = node.payload(Scatter.class);
    OpNode index = node.input(1);
    Values source = inputs.get(2);
    int[] positions =
        Positions.indexed(node.shape(), index.shape(), scatter.axis(), integers(inputs.get(1)));
    Values result = copy(inputs.getFirst());
    OpCode combine = scatter.combine();
    if (combine != null) {
      combine(combine, node.dtype(), result, positions, source);
      return result;
    }
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] >= 0) {
        result.set(positions[i], source.payload(node.dtype(), i));
      }
    }
    return result;
  }

  private static Values scan(OpNode node, Values input) {
    Reduction scan = node.payload(Reduction.class);
    int axis = scan.axes().getFirst();
    int size = node.shape().size(axis);
    int step = Math.toIntExact(node.shape().strides()[axis]);
    Values result = copy(input);
    switch (result) {
      case Values.Floats(double[] x) -> {
        for (int i = 0; i < x.length; i++) {
          if (i / step % size > 0) {
            x[i] = Semantics.floating(scan.combine(), DType.FLOAT64, x[i - step], x[i], 0);
          }
        }
        for (int i = 0; i < x.length; i++) {
          x[i] = Semantics.round(node.dtype(), x[i]);
        }
      }
      case Values.Integers(long[] x) -> {
        for (int i = 0; i < x.length; i++) {
          if (i / step % size > 0) {
            x[i] = Semantics.integral(scan.combine(), node.dtype(), x[i - step], x[i], 0);
          }
        }
      }
    }
    return result;
  }

  private static Values sort(OpNode node, Values input) {
    int size = node.input(0).shape().size(-1);
    int count = node.payload(Order.class).count();
    long[] x = integers(input).clone();
    long[] result = new long[length(node)];
    for (int row = 0; row * count < result.length; row++) {
      Arrays.sort(x, row * size, (row + 1) * size);
      System.arraycopy(x, row * size, result, row * count, count);
    }
    return new Values.Integers(result);
  }

  /// Combines each element of `source`, in order, into the element of `result` at its position, if that
  /// is not negative. Floating types accumulate in double and are rounded at the end.
  private static void combine(
      OpCode op, DType dtype, Values result, int[] positions, Values source) {
    switch (result) {
      case Values.Floats(double[] into) -> {
        double[] from = floats(source);
        for (int i = 0; i < from.length; i++) {
          int at = positions[i];
          if (at >= 0) {
            into[at] = Semantics.floating(op, DType.FLOAT64, into[at], from[i], 0);
          }
        }
        for (int i = 0; i < into.length; i++) {
          into[i] = Semantics.round(dtype, into[i]);
        }
      }
      case Values.Integers(long[] into) -> {
        long[] from = integers(source);
        for (int i = 0; i < from.length; i++) {
          int at = positions[i];
          if (at >= 0) {
            into[at] = Semantics.integral(op, dtype, into[at], from[i], 0);
          }
        }
      }
    }
  }

  private static Values copy(Values values) {
    return switch (values) {
      case Values.Floats(double[] array) -> new Values.Floats(array.clone());
      case Values.Integers(long[] array) -> new Values.Integers(array.clone());
    };
  }

  /// An operand of a floating operation: absent as no elements, WHERE's condition as 0 and 1.
  private static double[] operand(List<Values> inputs, int i) {
    if (i >= inputs.size()) {
      return new double[0];
    }
    return switch (inputs.get(i)) {
      case Values.Floats(double[] array) -> array;
      case Values.Integers(long[] array) -> Arrays.stream(array).asDoubleStream().toArray();
    };
  }

  private static double at(double[] operand, int i) {
    return operand.length == 0 ? 0 : operand[i];
  }

  private static double[] floats(Values values) {
    return ((Values.Floats) values).array();
  }

  private static long[] integers(Values values) {
    return ((Values.Integers) values).array();
  }

  private static Bounds bounds(OpNode node) {
    return node.payload(Bounds.class);
  }

  private static List<?> list(OpNode node) {
    return node.payload(List.class);
  }

  private static MemorySegment memory(Buffer buffer) {
    return ((HostBuffer) buffer).segment();
  }

  private static int length(OpNode node) {
    long elements = node.shape().elements();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "the interpreter holds a tensor in one Java array; " + node + " is too large for that");
    }
    return (int) elements;
  }

  private static IllegalArgumentException misplaced(OpNode node) {
    return new IllegalArgumentException("the interpreter does not take " + node);
  }
}
