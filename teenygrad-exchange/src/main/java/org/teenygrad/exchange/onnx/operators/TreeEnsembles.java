package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.TensorData;

/// Decision trees, walked on the host.
final class TreeEnsembles {
  private static final int MEMBER = 6;

  private final Call call;
  private final int[] features;
  private final double[] splits;
  private final long[] modes;
  private final int[] whenTrue;
  private final int[] whenFalse;
  private final long[] trueIsLeaf;
  private final long[] falseIsLeaf;
  private final long[] missingIsTrue;
  private final List<double[]> members;

  private TreeEnsembles(Call call) {
    this.call = call;
    this.features = Call.ints(numbers("nodes_featureids"));
    this.splits = doubles("nodes_splits");
    this.modes = Arrays.stream(doubles("nodes_modes")).mapToLong(mode -> (long) mode).toArray();
    this.whenTrue = Call.ints(numbers("nodes_truenodeids"));
    this.whenFalse = Call.ints(numbers("nodes_falsenodeids"));
    this.trueIsLeaf = numbers("nodes_trueleafs");
    this.falseIsLeaf = numbers("nodes_falseleafs");
    long[] missing = call.numbers("nodes_missing_value_tracks_true");
    this.missingIsTrue = missing == null ? new long[features.length] : missing;
    this.members = members();
    int nodes = features.length;
    for (int length : new int[] {splits.length, modes.length, whenTrue.length, whenFalse.length, trueIsLeaf.length, falseIsLeaf.length, missingIsTrue.length}) {
      if (length != nodes) {
        throw new IllegalArgumentException("there are " + nodes + " nodes, but " + length + " numbers about them");
      }
    }
  }

  private long[] numbers(String name) {
    return Call.required(call.numbers(name), name);
  }

  private double[] doubles(String name) {
    TensorData data = Call.required(call.tensor(name), name);
    return call.tensors().value(data, Placement.HOST).tensor().toDoubleArray();
  }

  /// The sets of those nodes that ask whether a number is in a set, by node; written one after the other, a NaN behind each.
  private List<double[]> members() {
    List<double[]> sets = new ArrayList<>();
    double[] all = call.tensor("membership_values") == null ? new double[0] : doubles("membership_values");
    int begin = 0;
    for (long mode : modes) {
      int end = begin;
      if (mode == MEMBER) {
        while (end < all.length && !Double.isNaN(all[end])) {
          end++;
        }
      }
      sets.add(Arrays.copyOfRange(all, begin, end));
      begin = mode == MEMBER ? end + 1 : begin;
      begin = Math.min(begin, all.length);
    }
    return sets;
  }

  static Tensor evaluate(Call call) {
    if (call.number("post_transform", 0) != 0) {
      throw new UnsupportedOperationException("the post_transform " + call.number("post_transform", 0) + " of trees");
    }
    return new TreeEnsembles(call).sums();
  }

  private Tensor sums() {
    double[] x = call.doubles(0);
    int rows = call.in(0).size(0);
    int columns = call.in(0).size(1);
    int targets = call.axis("n_targets", 1);
    double[] weights = doubles("leaf_weights");
    int[] ids = Call.ints(numbers("leaf_targetids"));
    int[] roots = Call.ints(numbers("tree_roots"));
    long aggregate = call.number("aggregate_function", 1);
    double[] results = new double[Math.multiplyExact(rows, targets)];
    if (aggregate >= 2) {
      Arrays.fill(results, aggregate == 2 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY);
    }
    for (int row = 0; row < rows; row++) {
      for (int root : roots) {
        int leaf = leaf(root, x, row * columns);
        int at = row * targets + ids[leaf];
        results[at] = switch ((int) aggregate) {
          case 0 -> results[at] + weights[leaf] / roots.length;
          case 1 -> results[at] + weights[leaf];
          case 2 -> Math.min(results[at], weights[leaf]);
          default -> Math.max(results[at], weights[leaf]);
        };
      }
    }
    return Tensor.of(results, Shape.of(rows, targets), call.device());
  }

  private int leaf(int root, double[] x, int row) {
    int node = root;
    for (int steps = 0; steps <= features.length; steps++) {
      boolean yes = holds(node, x[row + features[node]]);
      int next = yes ? whenTrue[node] : whenFalse[node];
      if ((yes ? trueIsLeaf[node] : falseIsLeaf[node]) != 0) {
        return next;
      }
      node = next;
    }
    throw new IllegalArgumentException("a tree has a circle");
  }

  private boolean holds(int node, double x) {
    if (Double.isNaN(x)) {
      return missingIsTrue[node] != 0;
    }
    double split = splits[node];
    return switch ((int) modes[node]) {
      case 0 -> x <= split;
      case 1 -> x < split;
      case 2 -> x >= split;
      case 3 -> x > split;
      case 4 -> x == split;
      case 5 -> x != split;
      case MEMBER -> IntStream.range(0, members.get(node).length).anyMatch(i -> members.get(node)[i] == x);
      default -> throw new IllegalArgumentException("there is no mode " + modes[node] + " of nodes");
    };
  }
}
