package org.teenygrad.exchange.onnx.operators;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// The operators by domain, name and version: that of the highest version that is not above the model's is meant.
public final class OperatorTable {
  private static final OperatorTable ALL = new OperatorTable(List.of(
      Elementwise::addTo, Arithmetic::addTo, Activations::addTo, Reductions::addTo, Shapes::addTo, Indexing::addTo, Casting::addTo,
      Generating::addTo, Products::addTo, Convolutions::addTo, Pooling::addTo, Normalizations::addTo, Losses::addTo, Recurrent::addTo,
      AttentionOperators::addTo, StateSpaces::addTo, Quantization::addTo, Resizing::addTo, GridSampling::addTo, Detection::addTo, Signals::addTo, Sequences::addTo,
      ControlFlow::addTo, Training::addTo, MachineLearning::addTo));

  private final Map<String, NavigableMap<Long, Operator>> operators = new HashMap<>();
  private String domain = "";

  private OperatorTable(List<Consumer<OperatorTable>> groups) {
    groups.forEach(group -> {
      domain = "";
      group.accept(this);
    });
  }

  /// All operators that there are.
  public static OperatorTable all() {
    return ALL;
  }

  /// @param version of the operator set that the model names
  /// @return null if there is none
  public @Nullable Operator find(String domain, String name, long version) {
    NavigableMap<Long, Operator> versions = operators.get(key(domain, name));
    if (versions == null) {
      return null;
    }
    Map.Entry<Long, Operator> entry = versions.floorEntry(version);
    return entry == null ? null : entry.getValue();
  }

  private static String key(String domain, String name) {
    return domain + ":" + name;
  }

  /// From here on a group adds operators of that domain.
  void domain(String named) {
    domain = named;
  }

  /// @param since the first version of the operator set in which it is so
  void several(String name, int since, Operator operator) {
    Operator before = operators.computeIfAbsent(key(domain, name), key -> new TreeMap<>()).put((long) since, operator);
    if (before != null) {
      throw new IllegalStateException(name + " since " + since + " is there twice");
    }
  }

  /// One output.
  void value(String name, int since, Function<Call, Value> operator) {
    several(name, since, call -> List.of(operator.apply(call)));
  }

  /// One output whose elements are of the first input's type.
  void alike(String name, int since, Function<Call, Tensor> operator) {
    value(name, since, call -> call.alike(operator.apply(call)));
  }

  /// One output whose elements are of that type.
  void gives(String name, int since, ElementType type, Function<Call, Tensor> operator) {
    value(name, since, call -> Value.of(type, operator.apply(call)));
  }

  /// One input, one output of its type.
  void unary(String name, int since, UnaryOperator<Tensor> operator) {
    alike(name, since, call -> operator.apply(call.in(0)));
  }

  /// Two inputs, one output of the first one's type.
  void binary(String name, int since, BinaryOperator<Tensor> operator) {
    alike(name, since, call -> operator.apply(call.in(0), call.in(1)));
  }
}
