package org.teenygrad.exchange.onnx.export;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.exchange.onnx.export.Access.Affine;
import org.teenygrad.exchange.onnx.format.Attribute;

/// A kernel that moves over the axes of a tensor behind the first two, as ONNX's Conv and pooling have it.
///
/// @param source the shape of what it moves over
/// @param axes one for each of these axes
record Windows(Shape source, List<Axis> axes) {

  /// The kernel's element k at position p is the source's at `stride * p + dilation * k - before`.
  ///
  /// @param kernel how many elements it has
  /// @param outputs how many positions there are
  /// @param before elements in front of the source, where there is nothing
  record Axis(long kernel, long outputs, long stride, long dilation, long before) {
    /// All of an axis, element by element.
    static Axis all(long size, long before) {
      return new Axis(1, size, 1, 1, before);
    }

    long span() {
      return dilation * (kernel - 1) + 1;
    }

    /// Elements behind a source of this size; negative where its end is left out.
    long after(long size) {
      return (outputs - 1) * stride + span() - before - size;
    }
  }

  /// An axis of the source as two of a view.
  ///
  /// @param position the view's axis with the positions, [Affine#ONE] for one position
  /// @param element that with the kernel's elements, [Affine#ONE] for one
  record Parts(int position, int element, Axis axis) {
    /// @param view the shape of what looks at the source
    /// @param kernelAxes those of the view's axes that can be the kernel's; others are positions
    /// @return empty where the sum is of other axes, or goes backwards
    static Optional<Parts> of(Affine index, Shape view, List<Integer> kernelAxes) {
      int position = Affine.ONE;
      int element = Affine.ONE;
      for (Map.Entry<Integer, Long> term : index.factors().entrySet()) {
        boolean isElement = kernelAxes.contains(term.getKey());
        if (term.getValue() < 1 || (isElement ? element : position) != Affine.ONE) {
          return Optional.empty();
        }
        element = isElement ? term.getKey() : element;
        position = isElement ? position : term.getKey();
      }
      return Optional.of(new Parts(position, element, new Axis(element < 0 ? 1 : view.size(element), position < 0 ? 1 : view.size(position),
          index.factors().getOrDefault(position, 1L), index.factors().getOrDefault(element, 1L), -index.constant())));
    }
  }

  /// Whether ONNX has just as many positions, and each sees an element.
  boolean areComplete() {
    return IntStream.range(0, axes.size()).allMatch(i -> {
      Axis axis = axes.get(i);
      long after = axis.after(source.size(2 + i));
      return axis.before >= 0 && axis.before < axis.span() && after < axis.span() && after > -axis.stride;
    });
  }

  /// How many elements the kernel has.
  long elements() {
    return axes.stream().mapToLong(Axis::kernel).reduce(1, Math::multiplyExact);
  }

  /// What an operator with these windows makes of the source.
  Operand add(GraphBuilder graph, String operator, DType type, int channels, Map<String, Attribute> more, Operand... inputs) {
    Map<String, Attribute> attributes = new HashMap<>(more);
    attributes.put("kernel_shape", ints(Axis::kernel));
    attributes.put("strides", ints(Axis::stride));
    if (axes.stream().anyMatch(axis -> axis.dilation != 1)) {
      attributes.put("dilations", ints(Axis::dilation));
    }
    long[] pads = LongStream.concat(axes.stream().mapToLong(Axis::before),
        IntStream.range(0, axes.size()).mapToLong(i -> Math.max(0, axes.get(i).after(source.size(2 + i))))).toArray();
    if (LongStream.of(pads).anyMatch(pad -> pad != 0)) {
      attributes.put("pads", new Attribute.OfInts(pads));
    }
    int[] shape = IntStream.concat(IntStream.of(source.size(0), channels), axes.stream().mapToInt(axis -> (int) axis.outputs)).toArray();
    return graph.add(operator, type, Shape.of(shape), attributes, inputs);
  }

  private Attribute ints(ToLongFunction<Axis> number) {
    return new Attribute.OfInts(axes.stream().mapToLong(number).toArray());
  }
}
