package org.teenygrad.exchange.onnx.export;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.exchange.onnx.format.Attribute;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Node;
import org.teenygrad.exchange.onnx.format.TensorData;

/// The nodes and constants of a graph in the making. Views of views become one.
final class GraphBuilder {
  private final OpenSizes open;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, TensorData> constants = new LinkedHashMap<>();
  private final Map<String, Operand> made = new HashMap<>();
  /// What a Reshape is of, and a Transpose with its order: by the name of the result.
  private final Map<String, Operand> reshaped = new HashMap<>();
  private final Map<String, Transposed> transposed = new HashMap<>();
  private final Set<String> taken;

  private record Transposed(Operand of, int... order) {}

  /// @param taken names that are not for intermediate values
  GraphBuilder(OpenSizes open, Set<String> taken) {
    this.open = open;
    this.taken = new HashSet<>(taken);
  }

  OpenSizes open() {
    return open;
  }

  List<Node> nodes() {
    return nodes;
  }

  Map<String, TensorData> constants() {
    return constants;
  }

  /// The result of an operator.
  Operand add(String operator, DType type, Shape shape, Operand... inputs) {
    return add(operator, type, shape, Map.of(), inputs);
  }

  Operand add(String operator, DType type, Shape shape, Map<String, Attribute> attributes, Operand... inputs) {
    String name = fresh(operator, nodes.size());
    nodes.add(new Node(name, "", operator, Arrays.stream(inputs).map(Operand::name).toList(), List.of(name), attributes));
    return new Operand(name, type, shape);
  }

  private String fresh(String kind, int first) {
    for (int number = first; ; number++) {
      String name = kind + "_" + number;
      if (taken.add(name)) {
        return name;
      }
    }
  }

  /// A number.
  Operand constant(DType type, Number value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT32 -> bytes.putFloat(value.floatValue());
      case FLOAT64 -> bytes.putDouble(value.doubleValue());
      case FLOAT16 -> bytes.putShort(Float.floatToFloat16(value.floatValue()));
      case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(value.floatValue()) >>> 16)); // rounded before, when the constant was made
      case INT64 -> bytes.putLong(value.longValue());
      case INT32 -> bytes.putInt(value.intValue());
      case INT16 -> bytes.putShort(value.shortValue());
      case INT8, UINT8, BOOL -> bytes.put(value.byteValue());
      default -> throw new UnsupportedOperationException("ONNX's version " + GraphExport.OPERATOR_SET + " has no tensors of " + type);
    }
    return once(type + " " + value, () -> stored(type, Shape.SCALAR, MemorySegment.ofArray(Arrays.copyOf(bytes.array(), type.bytes()))));
  }

  /// A vector of int64.
  Operand integers(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.stream(values).forEach(bytes::putLong);
    return once("integers " + Arrays.toString(values), () -> stored(DType.INT64, Shape.of(values.length), MemorySegment.ofArray(bytes.array())));
  }

  /// Data that has no name.
  Operand stored(DType type, Shape shape, MemorySegment bytes) {
    String name = fresh("constant", constants.size());
    constants.put(name, new TensorData(name, ElementType.of(type).number(), shape, new TensorData.Raw(bytes)));
    return new Operand(name, type, shape);
  }

  /// Gives a value an output's name.
  void nameOutput(Operand value, String name) {
    nodes.add(new Node(name, "", "Identity", List.of(value.name()), List.of(name), Map.of()));
  }

  private Operand once(String key, Supplier<Operand> maker) {
    Operand known = made.get(key);
    if (known == null) {
      known = maker.get();
      made.put(key, known);
    }
    return known;
  }

  /// A size as a vector of one number, known or computed of the inputs' sizes.
  Operand size(long size) {
    OpenSizes.Product product = open.of(size);
    Operand result = product.isFixed() || product.factor() != 1 ? integers(product.factor()) : null;
    for (OpenSizes.OpenSize one : product.open()) {
      Operand known = once("size " + one.name(), () -> add("Shape", DType.INT64, Shape.of(1),
          Map.of("start", new Attribute.OfInt(one.axis()), "end", new Attribute.OfInt(one.axis() + 1L)),
          new Operand(one.input(), DType.INT64, Shape.SCALAR)));
      result = result == null ? known : add("Mul", DType.INT64, Shape.of(1), result, known);
    }
    return result == null ? integers(size) : result;
  }

  /// Sizes as a vector.
  Operand vector(long... sizes) {
    if (Arrays.stream(sizes).noneMatch(open::isOpen)) {
      return integers(sizes);
    }
    return once("vector " + Arrays.toString(sizes), () -> add("Concat", DType.INT64, Shape.of(sizes.length),
        Map.of("axis", new Attribute.OfInt(0)), Arrays.stream(sizes).mapToObj(this::size).toArray(Operand[]::new)));
  }

  Operand reshape(Operand x, Shape shape) {
    Operand from = reshaped.getOrDefault(x.name(), x);
    if (from.shape().equals(shape)) {
      return from;
    }
    if (shape.elements() == 0) {
      throw new UnsupportedOperationException("a tensor without elements cannot be reshaped in ONNX's files: " + x.shape() + " to " + shape);
    }
    long[] sizes = shape.stream().asLongStream().toArray();
    boolean infer = Arrays.stream(sizes).filter(open::isOpen).count() == 1;
    Operand asked = infer ? integers(Arrays.stream(sizes).map(size -> open.isOpen(size) ? -1 : size).toArray()) : vector(sizes);
    Operand result = add("Reshape", x.dtype(), shape, from, asked);
    reshaped.put(result.name(), from);
    return result;
  }

  /// What a Reshape is of; others are themselves.
  Operand beforeReshape(Operand x) {
    return reshaped.getOrDefault(x.name(), x);
  }

  Operand transpose(Operand x, int... order) {
    Transposed before = transposed.get(x.name());
    if (before != null) {
      return transpose(before.of, Arrays.stream(order).map(axis -> before.order[axis]).toArray());
    }
    Shape shape = Shape.of(Arrays.stream(order).map(x::size).toArray());
    int[] moved = Arrays.stream(order).filter(axis -> x.size(axis) != 1).toArray();
    if (Arrays.equals(moved, Arrays.stream(moved).sorted().toArray())) {
      return reshape(x, shape); // only axes of size 1 change their place
    }
    Operand result = add("Transpose", x.dtype(), shape, Map.of("perm", new Attribute.OfInts(Arrays.stream(order).asLongStream().toArray())), x);
    transposed.put(result.name(), new Transposed(x, order));
    return result;
  }

  /// An operator's result in the axes of a tensor.
  /// @param made which of them each of x's axes is, or several in a row; negative ones are none
  /// @param shape of the tensor, with a size of 1 on all other axes
  Operand arrange(Operand x, List<Integer> made, Shape shape) {
    List<Integer> order = new ArrayList<>(made.stream().filter(axis -> axis >= 0).toList());
    IntStream.range(0, shape.rank()).filter(axis -> !order.contains(axis)).forEach(order::add);
    Operand spread = reshape(x, Shape.of(order.stream().mapToInt(shape::size).toArray()));
    return transpose(spread, IntStream.range(0, shape.rank()).map(order::indexOf).toArray());
  }

  /// x in full: as often as the shape says along each axis.
  Operand expand(Operand x, Shape shape) {
    return x.shape().equals(shape) ? x : add("Expand", x.dtype(), shape, x, vector(shape.stream().asLongStream().toArray()));
  }

  /// x in full along some axes of the tensor that it stands for.
  Operand expandAxes(Operand x, Shape whole, List<Integer> axes) {
    int[] shape = ranked(x, whole.rank()).shape().toArray();
    axes.forEach(axis -> shape[axis] = whole.size(axis));
    return expand(x, Shape.of(shape));
  }

  /// x with as many axes as the tensor that it stands for.
  Operand ranked(Operand x, int rank) {
    return x.rank() == rank ? x : reshape(x, Shape.of(IntStream.generate(() -> 1).limit(rank).toArray()));
  }

  Operand cast(Operand x, DType type) {
    return x.dtype() == type ? x : add("Cast", type, x.shape(), Map.of("to", new Attribute.OfInt(ElementType.of(type).number())), x);
  }

  /// x combined along axes, which stay with size 1.
  Operand reduce(String operator, Operand x, int... axes) {
    int[] over = Arrays.stream(axes).filter(axis -> x.size(axis) != 1).toArray();
    if (over.length == 0) {
      return x;
    }
    int[] shape = x.shape().toArray();
    Arrays.stream(over).forEach(axis -> shape[axis] = 1);
    return add(operator, x.dtype(), Shape.of(shape), Map.of("keepdims", new Attribute.OfInt(1)), x, integers(Arrays.stream(over).asLongStream().toArray()));
  }
}
