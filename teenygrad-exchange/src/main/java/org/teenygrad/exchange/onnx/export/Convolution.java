package org.teenygrad.exchange.onnx.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.exchange.onnx.export.Access.Affine;
import org.teenygrad.exchange.onnx.export.Windows.Parts;
import org.teenygrad.exchange.onnx.format.Attribute;

/// A sum of products as a convolution: windows over one factor's source, each element of the kernel with one of the other's.
///
/// @param x what windows lie on (batch, channels, spatial)
/// @param weight (out, channels / groups, kernel)
/// @param made the axes of the product that Conv's result has, in its order: batch, group, out, positions
record Convolution(OpNode x, OpNode weight, Windows windows, int groups, List<Integer> made) {

  /// @param product of two views
  /// @param reduced which of its axes are added up
  /// @return empty where it is something else
  static Optional<Convolution> of(OpNode product, List<Integer> reduced) {
    List<Access> left = Access.of(product.input(0));
    List<Access> right = Access.of(product.input(1));
    return Stream.concat(left.stream().flatMap(input -> right.stream().map(filters -> of(input, filters, product.shape(), reduced))),
        right.stream().flatMap(input -> left.stream().map(filters -> of(input, filters, product.shape(), reduced)))).flatMap(Optional::stream).findFirst();
  }

  /// Channels and the kernel's elements are added up, all other axes stay.
  private static Optional<Convolution> of(Access input, Access filters, Shape whole, List<Integer> reduced) {
    Shape x = input.source().shape();
    Shape weight = filters.source().shape();
    if (x.rank() < 3 || weight.rank() != x.rank() || weight.elements() == 0 || x.size(1) % weight.size(1) != 0 || weight.size(0) % (x.size(1) / weight.size(1)) != 0) {
      return Optional.empty();
    }
    int groups = x.size(1) / weight.size(1);
    int batch = input.axes().get(0).only(x.size(0));
    int channel = filters.axes().get(1).only(weight.size(1));
    InGroup outs = InGroup.of(filters.axes().get(0), weight.size(0) / groups, groups);
    List<Integer> made = new ArrayList<>(List.of(batch, outs.group, outs.inner));
    List<Integer> summed = new ArrayList<>(List.of(channel));
    List<Windows.Axis> spatial = new ArrayList<>();
    for (int i = 2; i < x.rank(); i++) {
      int element = filters.axes().get(i).only(weight.size(i));
      Optional<Parts> parts = Parts.of(input.axes().get(i), whole, List.of(element));
      if (parts.isEmpty() || parts.get().element() != element) {
        return Optional.empty();
      }
      summed.add(element);
      made.add(parts.get().position());
      spatial.add(parts.get().axis());
    }
    Windows windows = new Windows(x, spatial);
    return InGroup.of(input.axes().get(1), weight.size(1), groups).equals(new InGroup(channel, outs.group)) && areAll(whole, made, summed, reduced) && windows.areComplete()
        ? Optional.of(new Convolution(input.source(), filters.source(), windows, groups, made)) : Optional.empty();
  }

  /// An index `inner + size * group` as two axes of the view.
  private record InGroup(int inner, int group) {
    static InGroup of(Affine index, int size, int groups) {
      Map<Integer, Long> rest = new HashMap<>(index.factors());
      int group = groups == 1 ? Affine.ONE : axis(rest, size);
      rest.remove(group);
      int inner = size == 1 ? Affine.ONE : axis(rest, 1);
      rest.remove(inner);
      return rest.isEmpty() && index.constant() == 0 ? new InGroup(inner, group) : new InGroup(Affine.NONE, Affine.NONE);
    }

    private static int axis(Map<Integer, Long> factors, long factor) {
      return factors.entrySet().stream().filter(entry -> entry.getValue() == factor).map(Map.Entry::getKey).findFirst().orElse(Affine.NONE);
    }
  }

  /// Whether each axis of the product has one meaning.
  private static boolean areAll(Shape whole, List<Integer> made, List<Integer> summed, List<Integer> reduced) {
    List<Integer> axes = Stream.concat(made.stream(), summed.stream()).filter(axis -> axis != Affine.ONE).sorted().toList();
    return axes.equals(Stream.iterate(0, axis -> axis < whole.rank(), axis -> axis + 1).filter(axis -> whole.size(axis) > 1).toList())
        && made.stream().noneMatch(reduced::contains) && summed.stream().allMatch(axis -> axis == Affine.ONE || reduced.contains(axis));
  }

  /// The sums (batch, out, positions).
  /// @param operands what stands for a node
  Operand in(GraphBuilder graph, Function<OpNode, Operand> operands) {
    Map<String, Attribute> group = groups == 1 ? Map.of() : Map.of("group", new Attribute.OfInt(groups));
    return windows.add(graph, "Conv", x.dtype(), weight.shape().size(0), group,
        graph.expand(operands.apply(x), x.shape()), graph.expand(operands.apply(weight), weight.shape()));
  }
}
