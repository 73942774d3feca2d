package org.teenygrad.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Printer;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.schedule.Realizer;

/// Computes the same graph on two devices and finds where the results differ.
record Comparison(Device reference, Device tested) {
  /// Fails with the graph and the first difference, if there is one.
  /// @param relative how far floating values may be off, relative to the largest of their tensor; 0 where they must be equal
  void check(String name, List<OpNode> roots, double relative) {
    String difference = difference(roots, (root, values) -> relative == 0 ? 0 : relative * largest(root.dtype(), values));
    if (difference != null) {
      throw new AssertionError(
          String.format(Locale.ROOT, "%s: %s on %s and %s%n%s",
              name, difference, reference, tested, Printer.text(roots)));
    }
  }

  /// Fails with the graph and the first difference, if there is one. Floating values may differ by a few units of their
  /// type's precision, relative to the largest value.
  static void compare(OpNode root, Device reference, Device tested) {
    new Comparison(reference, tested).check("given graph", List.of(root), 64 * Known.unit(root.dtype()));
  }

  private static double largest(DType dtype, long[] bits) {
    double largest = 1;
    for (long element : bits) {
      double number = dtype.isFloating() ? Semantics.bitsToFloating(dtype, element) : 0;
      largest = Double.isFinite(number) ? Math.max(largest, Math.abs(number)) : largest;
    }
    return largest;
  }

  private interface Bound {
    /// @param expected the bits of the right values
    double of(OpNode root, long[] expected);
  }

  /// Fails with the smallest graph that differs and the first difference, if there is one.
  void check(RandomGraph graph) {
    if (difference(graph) != null) {
      RandomGraph smallest = new Shrinker(this).shrink(graph);
      throw new AssertionError(
          String.format(Locale.ROOT, "%s: %s on %s and %s%n%s",
              graph.name(), difference(smallest), reference, tested, Printer.text(smallest.roots())));
    }
  }

  /// One line that says where the results differ, or null.
  @Nullable String difference(RandomGraph graph) {
    return difference(graph.roots(), (root, expected) -> graph.tolerance(root));
  }

  private @Nullable String difference(List<OpNode> roots, Bound tolerance) {
    List<OpNode> expected = on(reference, roots);
    List<OpNode> actual = on(tested, roots);
    try {
      Realizer.realize(expected);
      Realizer.realize(actual);
    } catch (RuntimeException e) {
      return e.toString();
    }
    for (int i = 0; i < roots.size(); i++) {
      String difference = difference(roots.get(i), Buffers.bits(expected.get(i)), Buffers.bits(actual.get(i)), tolerance);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static @Nullable String difference(OpNode root, long[] wanted, long[] found, Bound bound) {
    DType dtype = root.dtype();
    double tolerance = bound.of(root, wanted);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] != found[i] && !(dtype.isFloating() && close(dtype, wanted[i], found[i], tolerance))) {
        return String.format(Locale.ROOT, "%s differs at element %d of %d: %s is right, %s is not (tolerance %s)",
            root, i, wanted.length, text(dtype, wanted[i]), text(dtype, found[i]), tolerance);
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
