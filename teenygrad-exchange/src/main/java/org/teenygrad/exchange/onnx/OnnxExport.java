package org.teenygrad.exchange.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.Device;
import org.teenygrad.Recorded;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.exchange.onnx.export.GraphExport;
import org.teenygrad.exchange.onnx.export.GraphExport.Exported;
import org.teenygrad.exchange.onnx.export.GraphExport.Open;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.Graph.NamedType;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.ModelWriter;
import org.teenygrad.exchange.onnx.format.TensorData;
import org.teenygrad.exchange.onnx.format.ValueType;
import org.teenygrad.exchange.onnx.format.ValueType.Dimension;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;

/// Makes a file's content of a module: the expression that it is for some inputs, walked over.
///
/// An open size is a prime number in that expression, which tells what depends on it; the expressions for two such numbers must
/// become the same file.
final class OnnxExport {
  /// The version of the format that goes with [GraphExport#OPERATOR_SET].
  private static final long IR_VERSION = 8;

  /// Below what size an axis without a limit is while expressions are made.
  static final int LARGEST = 31;

  /// How many prime numbers are tried for each open size: one may be a divisor of a size that is fixed.
  private static final int TRIES = 3;

  private final Module module;
  private final Function<List<Tensor>, Map<String, Tensor>> function;
  private final List<OnnxInput> inputs;
  private final Device device;
  private final Map<String, Tensor> state;

  OnnxExport(Module module, Function<List<Tensor>, Map<String, Tensor>> function, List<OnnxInput> inputs) {
    this.module = module;
    this.function = function;
    this.inputs = List.copyOf(inputs);
    Tensor.realize(module.parameters());
    state = module.stateDict();
    device = state.values().stream().findFirst().map(Tensor::device).orElseGet(Devices::defaultDevice);
  }

  private record Traced(Exported graph, List<NamedType> outputs) {
    /// All but the parameters' data.
    byte[] content() {
      Graph graph = new Graph("", this.graph.nodes(), this.graph.constants(), List.of(), outputs, List.of());
      return ModelWriter.message(new Model(IR_VERSION, "", graph, Map.of(), List.of(), Map.of())).toBytes();
    }
  }

  /// @throws IllegalArgumentException if the expression depends on an open size in another way than by shapes, or not on an input
  /// @throws UnsupportedOperationException if ONNX has no operator for something
  Model model() {
    Traced traced = traced();
    List<TensorData> initializers = Stream.concat(
        traced.graph.parameters().stream().map(name -> data(name, Objects.requireNonNull(state.get(name)))), traced.graph.constants().stream()).toList();
    List<NamedType> given = inputs.stream().map(input -> new NamedType(input.name(), new ValueType.OfTensor(
        ElementType.of(input.type()).number(),
        IntStream.range(0, input.shape().rank()).mapToObj(axis -> dimension(input.openAxes().get(axis), input.shape().size(axis))).toList()))).toList();
    Graph graph = new Graph(module.getClass().getSimpleName(), traced.graph.nodes(), initializers, given, traced.outputs, List.of());
    return new Model(IR_VERSION, "teenygrad", graph, Map.of("", GraphExport.OPERATOR_SET), List.of(), Map.of());
  }

  private static Dimension dimension(String name, int size) {
    return name.isEmpty() ? new Dimension(size, "") : new Dimension(-1, name);
  }

  private static TensorData data(String name, Tensor tensor) {
    MemorySegment bytes = tensor.detach().toMemory(Arena.ofAuto());
    return new TensorData(name, ElementType.of(tensor.dtype()).number(), tensor.shape(), new TensorData.Raw(bytes));
  }

  private Traced traced() {
    Map<String, Integer> most = most();
    List<Traced> tries = new ArrayList<>();
    for (int number = 0; number < TRIES; number++) {
      Traced one = traced(primes(most, number));
      if (most.isEmpty() || tries.stream().anyMatch(other -> Arrays.equals(other.content(), one.content()))) {
        return one;
      }
      tries.add(one);
    }
    throw new IllegalArgumentException("the model depends on the sizes " + most.keySet()
        + " in another way than that tensors have them, so that they cannot be left open: give inputs of fixed sizes");
  }

  /// The open sizes, and what each may be at most.
  private Map<String, Integer> most() {
    Map<String, Integer> most = new TreeMap<>();
    for (OnnxInput input : inputs) {
      for (int axis = 0; axis < input.shape().rank(); axis++) {
        if (!input.openAxes().get(axis).isEmpty()) {
          most.merge(input.openAxes().get(axis), input.shape().size(axis), Math::min);
        }
      }
    }
    return most;
  }

  private static Map<String, Integer> primes(Map<String, Integer> most, int number) {
    Map<String, Integer> primes = new TreeMap<>();
    most.forEach((name, size) -> {
      int rank = primes.size() + number * most.size();
      int prime = IntStream.iterate(size, n -> n > 4, n -> n - 1).filter(n -> BigInteger.valueOf(n).isProbablePrime(50)).skip(rank).findFirst().orElseThrow(
          () -> new IllegalArgumentException(String.format(Locale.ROOT, "the size '%s' cannot be left open, since it is at most %d", name, size)));
      primes.put(name, prime);
    });
    return primes;
  }

  private Traced traced(Map<String, Integer> sizes) {
    Map<String, Tensor> given = new LinkedHashMap<>();
    Map<String, Open> open = new TreeMap<>();
    for (OnnxInput input : inputs) {
      int[] shape = input.shape().toArray();
      for (int axis = 0; axis < shape.length; axis++) {
        String name = input.openAxes().get(axis);
        if (!name.isEmpty()) {
          shape[axis] = Objects.requireNonNull(sizes.get(name));
          open.putIfAbsent(name, new Open(name, shape[axis], input.name(), axis));
        }
      }
      long elements = Shape.of(shape).elements();
      given.put(input.name(), Tensor.ofMemory(MemorySegment.ofArray(new byte[Math.toIntExact(elements * input.type().bytes())]), input.type(), Shape.of(shape), device));
    }
    Map<String, Tensor> outputs = Mode.EVALUATION.call(() -> Recorded.expression(() -> function.apply(List.copyOf(given.values()))));
    Exported graph = GraphExport.of(List.copyOf(open.values()), given, state, outputs);
    List<NamedType> types = new ArrayList<>();
    outputs.forEach((name, tensor) -> types.add(new NamedType(name, new ValueType.OfTensor(ElementType.of(tensor.dtype()).number(),
        tensor.shape().stream().mapToObj(size -> dimension(size, open)).toList()))));
    return new Traced(graph, types);
  }

  /// A size of an output: an open one of the inputs', a multiple of some, or fixed.
  private static Dimension dimension(int size, Map<String, Open> open) {
    return open.values().stream().filter(one -> one.size() == size).findFirst().map(one -> dimension(one.name(), size))
        .orElseGet(() -> new Dimension(open.values().stream().anyMatch(one -> size % one.size() == 0) ? -1 : size, ""));
  }
}
