package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.Attribute;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;

/// One call of an operator: its inputs and attributes, as operators ask for them.
///
/// @param version of the operator set
/// @param inputs null for what is absent
/// @param device where inputs are brought before anything is computed of them
public record Call(
    Node node, long version, List<@Nullable Value> inputs, Device device, Placement placement, Tensors tensors, Subgraphs subgraphs) {

  /// How many inputs there are; the last may be absent.
  public int size() {
    return inputs.size();
  }

  public boolean has(int input) {
    return input < inputs.size() && inputs.get(input) != null;
  }

  /// An input that may be of any kind.
  public Value value(int input) {
    Value value = input < inputs.size() ? inputs.get(input) : null;
    if (value == null) {
      throw new IllegalArgumentException("input " + input + " is missing");
    }
    return value;
  }

  private Value.OfTensor tensorValue(int input) {
    if (value(input) instanceof Value.OfTensor tensor) {
      return tensor;
    }
    throw new IllegalArgumentException("input " + input + " is no tensor");
  }

  /// An input as a tensor on the device.
  public Tensor in(int input) {
    return placement.bring(tensorValue(input).tensor(), device);
  }

  public @Nullable Tensor optional(int input) {
    return has(input) ? in(input) : null;
  }

  /// All inputs as tensors on the device.
  public List<Tensor> all() {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.add(in(i));
    }
    return tensors;
  }

  /// The type of an input's elements.
  public ElementType type(int input) {
    return tensorValue(input).type();
  }

  public List<Value> sequence(int input) {
    if (value(input) instanceof Value.OfSequence sequence) {
      return sequence.elements();
    }
    throw new IllegalArgumentException("input " + input + " is no sequence");
  }

  /// The values of an input, which are computed if need be.
  public long[] longs(int input) {
    return tensorValue(input).tensor().toLongArray();
  }

  /// As [#longs], one number.
  public long number(int input) {
    Tensor tensor = tensorValue(input).tensor();
    if (tensor.numel() != 1) {
      throw new IllegalArgumentException("input " + input + " should be one number, but has shape " + tensor.shape());
    }
    return tensor.toLongArray()[0];
  }

  /// The values of an input as numbers of int.
  public int[] ints(int input) {
    return ints(longs(input));
  }

  /// @throws IllegalArgumentException if one does not fit
  static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Call::clamped).toArray();
  }

  /// Sizes and positions that are beyond all axes are often written as the largest number.
  static int clamped(long value) {
    return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  public double[] doubles(int input) {
    return tensorValue(input).tensor().toDoubleArray();
  }

  public boolean truth(int input) {
    Tensor tensor = tensorValue(input).tensor();
    if (tensor.numel() != 1) {
      throw new IllegalArgumentException("a condition is one value, but input " + input + " has shape " + tensor.shape());
    }
    return tensor.toBooleanArray()[0];
  }

  /// Whether an output is wanted.
  public boolean wants(int output) {
    return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
  }

  private @Nullable Attribute attribute(String name) {
    return node.attributes().get(name);
  }

  public boolean hasAttribute(String name) {
    return attribute(name) != null;
  }

  private IllegalArgumentException wrong(String name, String kind, Attribute given) {
    return new IllegalArgumentException("the attribute '" + name + "' should be " + kind + ", but is " + given.getClass().getSimpleName().substring(2));
  }

  public long number(String name, long otherwise) {
    return switch (attribute(name)) {
      case null -> otherwise;
      case Attribute.OfInt number -> number.value();
      case Attribute other -> throw wrong(name, "an integer", other);
    };
  }

  /// An attribute that must be there.
  public long number(String name) {
    if (attribute(name) == null) {
      throw new IllegalArgumentException("the attribute '" + name + "' is missing");
    }
    return number(name, 0);
  }

  public int axis(String name, int otherwise) {
    return clamped(number(name, otherwise));
  }

  public boolean flag(String name, boolean otherwise) {
    return number(name, otherwise ? 1 : 0) != 0;
  }

  public double real(String name, double otherwise) {
    return switch (attribute(name)) {
      case null -> otherwise;
      case Attribute.OfFloat number -> number.value();
      case Attribute other -> throw wrong(name, "a float", other);
    };
  }

  public String text(String name, String otherwise) {
    return switch (attribute(name)) {
      case null -> otherwise;
      case Attribute.OfText text -> text.value();
      case Attribute other -> throw wrong(name, "a string", other);
    };
  }

  public long @Nullable [] numbers(String name) {
    return switch (attribute(name)) {
      case null -> null;
      case Attribute.OfInts numbers -> numbers.values();
      case Attribute other -> throw wrong(name, "integers", other);
    };
  }

  /// A number for each of `count` axes.
  public int[] each(String name, int count, int otherwise) {
    long[] given = numbers(name);
    int[] all = new int[count];
    Arrays.fill(all, otherwise);
    if (given == null) {
      return all;
    }
    if (given.length != count) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s %s: there should be %d numbers", name, Arrays.toString(given), count));
    }
    return ints(given);
  }

  public float @Nullable [] reals(String name) {
    return switch (attribute(name)) {
      case null -> null;
      case Attribute.OfFloats numbers -> numbers.values();
      case Attribute other -> throw wrong(name, "floats", other);
    };
  }

  public List<String> texts(String name) {
    return switch (attribute(name)) {
      case null -> List.of();
      case Attribute.OfTexts texts -> texts.values();
      case Attribute other -> throw wrong(name, "strings", other);
    };
  }

  public Graph graph(String name) {
    if (attribute(name) instanceof Attribute.OfGraph graph) {
      return graph.value();
    }
    throw new IllegalArgumentException("the graph '" + name + "' is missing");
  }

  public @Nullable TensorData tensor(String name) {
    return switch (attribute(name)) {
      case null -> null;
      case Attribute.OfTensor tensor -> tensor.value();
      case Attribute other -> throw wrong(name, "a tensor", other);
    };
  }

  /// The element type that an attribute names.
  public ElementType elementType(String name, ElementType otherwise) {
    return hasAttribute(name) ? ElementType.of(number(name)) : otherwise;
  }

  /// Whether an input's values do not depend on the model's inputs, as far as that is known without computing them.
  public boolean isKnown(int input) {
    return placement.isHost(tensorValue(input).tensor());
  }

  /// Numbers as an int64 tensor on the device.
  public Tensor tensorOf(long... values) {
    return Tensor.of(values, Shape.of(values.length), device);
  }

  /// Numbers as an int64 tensor on the device.
  public Tensor tensorOf(int... values) {
    return tensorOf(Arrays.stream(values).asLongStream().toArray());
  }

  /// The first input's type, of a result.
  Value.OfTensor alike(Tensor result) {
    return Value.of(type(0), result);
  }

  /// A tensor with a number for each position of an axis, which broadcasts with tensors of that rank.
  Tensor along(int rank, int axis, double... values) {
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    shape[axis] = values.length;
    return Tensor.of(values, Shape.of(values.length), device).reshape(shape);
  }

  /// The input's type if tensors have it and it is floating.
  DType floating(int input) {
    DType type = in(input).dtype();
    if (!type.isFloating()) {
      throw new IllegalArgumentException("input " + input + " should be floating, but is of " + type(input));
    }
    return type;
  }

  static <T> T required(@Nullable T value, String what) {
    return Objects.requireNonNull(value, what);
  }
}
