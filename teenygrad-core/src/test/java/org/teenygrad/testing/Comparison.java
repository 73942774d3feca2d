package org.teenygrad.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Printer;
import org.teenygrad.ir.Semantics;
import org.teenygrad.schedule.Realizer;

/// Computes the same graph on two devices and finds where the results differ.
record Comparison(Device reference, Device tested) {
  /// Fails with the graph and the first difference, if there is one. Floating values may differ by a few units of their
  /// type's precision, relative to the largest value.
  static void compare(OpNode root, Device reference, Device tested) {
    double largest = 1;
    for (double number : Buffers.numbers(on(reference, List.of(root)).getFirst())) {
      largest = Double.isFinite(number) ? Math.max(largest, Math.abs(number)) : largest;
    }
    double tolerance = 64 * largest * Known.unit(root.dtype());
    String difference = new Comparison(reference, tested).difference(List.of(root), node -> tolerance);
    if (difference != null) {
      throw new AssertionError(difference + "\n" + Printer.text(root));
    }
  }

  /// Fails with the smallest graph that differs and the first difference, if there is one.
  void check(RandomGraph graph) {
    if (difference(graph) != null) {
      RandomGraph smallest = new Shrinker(this).shrink(graph);
      throw new AssertionError(
          "%s: %s on %s and %s%n%s"
              .formatted(graph.name(), difference(smallest), reference, tested, Printer.text(smallest.roots())));
    }
  }

  /// One line that says where the results differ, or null.
  @Nullable String difference(RandomGraph graph) {
    return difference(graph.roots(), graph::tolerance);
  }

  private @Nullable String difference(List<OpNode> roots, ToDoubleFunction<OpNode> tolerance) {
    List<OpNode> expected = on(reference, roots);
    List<OpNode> actual = on(tested, roots);
    try {
      Realizer.realize(expected);
      Realizer.realize(actual);
    } catch (RuntimeException e) {
      return e.toString();
    }
    for (int i = 0; i < roots.size(); i++) {
      String difference = difference(roots.get(i), expected.get(i), actual.get(i), tolerance.applyAsDouble(roots.get(i)));
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static @Nullable String difference(OpNode root, OpNode expected, OpNode actual, double tolerance) {
    DType dtype = root.dtype();
    long[] wanted = Buffers.bits(expected);
    long[] found = Buffers.bits(actual);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] != found[i] && !(dtype.isFloating() && close(dtype, wanted[i], found[i], tolerance))) {
        return "%s differs at element %d of %d: %s is right, %s is not (tolerance %s)"
            .formatted(root, i, wanted.length, text(dtype, wanted[i]), text(dtype, found[i]), tolerance);
      }
    }
    return null;
  }

  private static boolean close(DType dtype, long a, long b, double tolerance) {
    double x = Semantics.bitsToFloating(dtype, a);
    double y = Semantics.bitsToFloating(dtype, b);
    return x == y || Double.isNaN(x) && Double.isNaN(y) || Math.abs(x - y) <= tolerance;
  }

  private static String text(DType dtype, long bits) {
    return dtype.isFloating() ? "" + Semantics.bitsToFloating(dtype, bits) : "" + bits;
  }

  /// The same graphs over copies of their data on a device.
  static List<OpNode> on(Device device, List<OpNode> roots) {
    Map<OpNode, OpNode> copies = new HashMap<>();
    for (OpNode node : Graph.topological(roots)) {
      if (node.is(OpCode.BUFFER)) {
        copies.put(node, Buffers.ofBits(device, node.dtype(), node.shape(), Buffers.bits(node)));
      }
    }
    List<OpNode> copied = new ArrayList<>();
    for (OpNode root : roots) {
      copied.add(Objects.requireNonNull(Graph.substitute(root, copies)));
    }
    return copied;
  }
}
