package org.teenygrad.engine.codegen;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;

/// Runs a graph of simple scalar operations over many lanes at once, each operation exactly as the machine does it.
/// Anything that [Decompositions] should have replaced is refused.
final class Lanes {
  private final OpNode root;
  private final List<OpNode> order;

  Lanes(OpNode root) {
    this.root = root;
    this.order = Graph.topological(List.of(root));
  }

  /// The argument number `slot` of a graph.
  static OpNode argument(int slot, DType type) {
    return OpNode.create(OpCode.PARAM, type, List.of(), new Param(slot, Shape.SCALAR));
  }

  /// Operations that cost an instruction.
  long operations() {
    return order.stream()
        .filter(n -> !n.is(OpCode.CONST) && !n.is(OpCode.PARAM) && !n.is(OpCode.BITCAST))
        .count();
  }

  float[] floats(Object... arguments) {
    return (float[]) run(arguments);
  }

  double[] doubles(Object... arguments) {
    return (double[]) run(arguments);
  }

  long[] longs(Object... arguments) {
    return (long[]) run(arguments);
  }

  private Object run(Object... arguments) {
    int n = Array.getLength(arguments[0]);
    Map<OpNode, Object> values = new IdentityHashMap<>();
    for (OpNode node : order) {
      values.put(node, switch (node.op()) {
        case PARAM -> arguments[node.payload(Param.class).slot()];
        case CONST -> constant(node, n);
        default -> step(node, n, node.inputs().stream().map(i -> Objects.requireNonNull(values.get(i))).toArray());
      });
    }
    return Objects.requireNonNull(values.get(root));
  }

  private static Object constant(OpNode node, int n) {
    return switch (node.dtype()) {
      case FLOAT32 -> {
        float[] out = new float[n];
        Arrays.fill(out, node.payload(Double.class).floatValue());
        yield out;
      }
      case FLOAT64 -> {
        double[] out = new double[n];
        Arrays.fill(out, node.payload(Double.class));
        yield out;
      }
      case INT32 -> {
        int[] out = new int[n];
        Arrays.fill(out, node.payload(Long.class).intValue());
        yield out;
      }
      case INT64 -> {
        long[] out = new long[n];
        Arrays.fill(out, node.payload(Long.class));
        yield out;
      }
      default -> throw new IllegalArgumentException(node.toString());
    };
  }

  private static Object step(OpNode node, int n, Object[] in) {
    return switch (in[in.length - 1]) {
      case float[] z -> floatStep(node, n, in, z);
      case double[] z -> doubleStep(node, n, in, z);
      case int[] z -> intStep(node, n, in, z);
      case long[] z -> longStep(node, n, in, z);
      case boolean[] z -> booleanStep(node, n, in, z);
      default -> throw new IllegalArgumentException(node.toString());
    };
  }

  private static Object floatStep(OpNode node, int n, Object[] in, float[] z) {
    float[] out = new float[n];
    boolean[] truth = new boolean[n];
    switch (node.op()) {
      case NEG -> { for (int i = 0; i < n; i++) out[i] = -z[i]; }
      case ABS -> { for (int i = 0; i < n; i++) out[i] = Math.abs(z[i]); }
      case TRUNC -> { for (int i = 0; i < n; i++) out[i] = (float) (z[i] < 0 ? Math.ceil(z[i]) : Math.floor(z[i])); }
      case ROUND -> { for (int i = 0; i < n; i++) out[i] = (float) Math.rint(z[i]); }
      case ADD -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] + z[i]; }
      case SUB -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] - z[i]; }
      case MUL -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] * z[i]; }
      case DIV -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] / z[i]; }
      case FMA -> {
        float[] x = (float[]) in[0];
        float[] y = (float[]) in[1];
        for (int i = 0; i < n; i++) out[i] = Math.fma(x[i], y[i], z[i]);
      }
      case WHERE -> {
        boolean[] c = (boolean[]) in[0];
        float[] y = (float[]) in[1];
        for (int i = 0; i < n; i++) out[i] = c[i] ? y[i] : z[i];
      }
      case LT -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] < z[i]; }
      case EQ -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] == z[i]; }
      case NE -> { float[] x = (float[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] != z[i]; }
      case CAST -> { return toDoubles(n, i -> z[i]); }
      case BITCAST -> {
        int[] bits = new int[n];
        for (int i = 0; i < n; i++) bits[i] = Float.floatToRawIntBits(z[i]);
        return bits;
      }
      default -> throw refused(node);
    }
    return node.dtype() == DType.BOOL ? truth : out;
  }

  private static Object doubleStep(OpNode node, int n, Object[] in, double[] z) {
    double[] out = new double[n];
    boolean[] truth = new boolean[n];
    switch (node.op()) {
      case NEG -> { for (int i = 0; i < n; i++) out[i] = -z[i]; }
      case ABS -> { for (int i = 0; i < n; i++) out[i] = Math.abs(z[i]); }
      case TRUNC -> { for (int i = 0; i < n; i++) out[i] = z[i] < 0 ? Math.ceil(z[i]) : Math.floor(z[i]); }
      case ROUND -> { for (int i = 0; i < n; i++) out[i] = Math.rint(z[i]); }
      case ADD -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] + z[i]; }
      case SUB -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] - z[i]; }
      case MUL -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] * z[i]; }
      case DIV -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] / z[i]; }
      case FMA -> {
        double[] x = (double[]) in[0];
        double[] y = (double[]) in[1];
        for (int i = 0; i < n; i++) out[i] = Math.fma(x[i], y[i], z[i]);
      }
      case WHERE -> {
        boolean[] c = (boolean[]) in[0];
        double[] y = (double[]) in[1];
        for (int i = 0; i < n; i++) out[i] = c[i] ? y[i] : z[i];
      }
      case LT -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] < z[i]; }
      case EQ -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] == z[i]; }
      case NE -> { double[] x = (double[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] != z[i]; }
      case CAST -> {
        float[] floats = new float[n];
        for (int i = 0; i < n; i++) floats[i] = (float) z[i];
        return floats;
      }
      case BITCAST -> {
        long[] bits = new long[n];
        for (int i = 0; i < n; i++) bits[i] = Double.doubleToRawLongBits(z[i]);
        return bits;
      }
      default -> throw refused(node);
    }
    return node.dtype() == DType.BOOL ? truth : out;
  }

  private static Object intStep(OpNode node, int n, Object[] in, int[] z) {
    int[] out = new int[n];
    boolean[] truth = new boolean[n];
    switch (node.op()) {
      case NOT -> { for (int i = 0; i < n; i++) out[i] = ~z[i]; }
      case ADD -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] + z[i]; }
      case SUB -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] - z[i]; }
      case AND -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] & z[i]; }
      case OR -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] | z[i]; }
      case XOR -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] ^ z[i]; }
      case SHL -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] << z[i]; }
      case SHR -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] >> z[i]; }
      case EQ -> { int[] x = (int[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] == z[i]; }
      case WHERE -> {
        boolean[] c = (boolean[]) in[0];
        int[] y = (int[]) in[1];
        for (int i = 0; i < n; i++) out[i] = c[i] ? y[i] : z[i];
      }
      case CAST, BITCAST -> {
        if (node.dtype() == DType.INT64) {
          long[] longs = new long[n];
          for (int i = 0; i < n; i++) longs[i] = z[i];
          return longs;
        }
        float[] floats = new float[n];
        for (int i = 0; i < n; i++) floats[i] = node.is(OpCode.CAST) ? (float) z[i] : Float.intBitsToFloat(z[i]);
        return floats;
      }
      default -> throw refused(node);
    }
    return node.dtype() == DType.BOOL ? truth : out;
  }

  private static Object longStep(OpNode node, int n, Object[] in, long[] z) {
    long[] out = new long[n];
    boolean[] truth = new boolean[n];
    switch (node.op()) {
      case NOT -> { for (int i = 0; i < n; i++) out[i] = ~z[i]; }
      case ADD -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] + z[i]; }
      case SUB -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] - z[i]; }
      case MUL -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] * z[i]; }
      case AND -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] & z[i]; }
      case OR -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] | z[i]; }
      case XOR -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] ^ z[i]; }
      case SHL -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] << z[i]; }
      case SHR -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) out[i] = x[i] >> z[i]; }
      case EQ -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] == z[i]; }
      case NE -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] != z[i]; }
      case LT -> { long[] x = (long[]) in[0]; for (int i = 0; i < n; i++) truth[i] = x[i] < z[i]; }
      case WHERE -> {
        boolean[] c = (boolean[]) in[0];
        long[] y = (long[]) in[1];
        for (int i = 0; i < n; i++) out[i] = c[i] ? y[i] : z[i];
      }
      case CAST -> {
        if (node.dtype() == DType.FLOAT64) {
          return toDoubles(n, i -> z[i]);
        }
        int[] ints = new int[n];
        for (int i = 0; i < n; i++) ints[i] = (int) z[i];
        return ints;
      }
      case BITCAST -> { return toDoubles(n, i -> Double.longBitsToDouble(z[i])); }
      default -> throw refused(node);
    }
    return node.dtype() == DType.BOOL ? truth : out;
  }

  private static Object booleanStep(OpNode node, int n, Object[] in, boolean[] z) {
    boolean[] out = new boolean[n];
    for (int i = 0; i < n; i++) {
      out[i] = switch (node.op()) {
        case NOT -> !z[i];
        case AND -> ((boolean[]) in[0])[i] & z[i];
        case OR -> ((boolean[]) in[0])[i] | z[i];
        default -> throw refused(node);
      };
    }
    return out;
  }

  private static double[] toDoubles(int n, IntToDoubleFunction value) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) out[i] = value.applyAsDouble(i);
    return out;
  }

  private static IllegalArgumentException refused(OpNode node) {
    return new IllegalArgumentException("not a simple operation: " + node + " of " + node.inputs());
  }
}
