package org.teenygrad.exchange.onnx;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Graph.NamedType;
import org.teenygrad.exchange.onnx.format.Model;
import org.teenygrad.exchange.onnx.format.TensorData;
import org.teenygrad.exchange.onnx.format.ValueType;
import org.teenygrad.exchange.onnx.operators.Value;
import org.teenygrad.nn.Module;

/// A model of an ONNX file as a module.
///
/// Its initializers of floating types are parameters, under their own names, but for single numbers, which are constants. What is
/// called is built anew each time, for the shapes of its inputs; [org.teenygrad.Recorded] builds it once.
///
/// ```java
/// OnnxModel model = Onnx.load(Path.of("classifier.onnx"));
/// Tensor loss = model.call(images).crossEntropy(labels);
/// loss.backward();
/// ```
public final class OnnxModel implements Module {
  private final Program program;
  private final Map<String, Value> initializers = new HashMap<>();
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final List<NamedType> inputs;

  OnnxModel(Program program) {
    this.program = program;
    Set<String> optional = new LinkedHashSet<>();
    for (TensorData data : program.model().graph().initializers()) {
      Value.OfTensor value = program.initial(data);
      initializers.put(data.name(), value);
      optional.add(data.name());
      if (value.type().isNative() && value.tensor().dtype().isFloating() && value.tensor().numel() > 1) {
        parameters.put(data.name(), value.tensor().requiresGrad());
      }
    }
    this.inputs = program.model().graph().inputs().stream().filter(input -> !optional.contains(input.name())).toList();
  }

  /// What the file says.
  public Model file() {
    return program.model();
  }

  /// The inputs that a call must give: those that are no initializers.
  public List<NamedType> inputs() {
    return inputs;
  }

  public List<NamedType> outputs() {
    return program.model().graph().outputs();
  }

  @Override
  public Map<String, Object> parts() {
    return new LinkedHashMap<>(parameters);
  }

  /// The model's first output.
  /// @param tensors the inputs in order
  /// @throws IllegalArgumentException if they are too few or too many, of other types or shapes than the model says, or do not fit together
  /// @throws UnsupportedOperationException if an operator is used in a way that is not supported
  public Tensor call(Tensor... tensors) {
    if (tensors.length != inputs.size()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "the model has the inputs %s, but %d are given", inputs, tensors.length));
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (int i = 0; i < tensors.length; i++) {
      named.put(inputs.get(i).name(), given(inputs.get(i), tensors[i]));
    }
    String first = outputs().getFirst().name();
    if (call(named).get(first) instanceof Value.OfTensor result) {
      return result.tensor();
    }
    throw new IllegalArgumentException("the output '" + first + "' is no tensor: call the model with values by name");
  }

  /// A tensor as what the model says that an input is: types that tensors do not have are carried by others.
  private static Value given(NamedType input, Tensor tensor) {
    if (input.type() instanceof ValueType.OfTensor type && ElementType.of(type.elementType()).carrier() == tensor.dtype()) {
      return new Value.OfTensor(ElementType.of(type.elementType()), tensor);
    }
    return Value.of(tensor);
  }

  /// All outputs by name.
  /// @param values inputs by name; those that are initializers may be given, too
  /// @throws IllegalArgumentException if one is missing or unknown, of another type or shape than the model says, or they do not
  ///     fit together
  /// @throws UnsupportedOperationException if an operator is used in a way that is not supported
  public Map<String, Value> call(Map<String, Value> values) {
    InputCheck check = new InputCheck();
    for (NamedType input : program.model().graph().inputs()) {
      Value value = values.get(input.name());
      if (value != null) {
        check.require(input, value);
      } else if (!initializers.containsKey(input.name()) && !(input.type() instanceof ValueType.OfOptional)) {
        throw new IllegalArgumentException("the input " + input + " is missing");
      }
    }
    for (String name : values.keySet()) {
      if (program.model().graph().inputs().stream().noneMatch(input -> input.name().equals(name))) {
        throw new IllegalArgumentException("the model has no input '" + name + "'; it has " + inputs);
      }
    }
    Map<String, Value> known = new HashMap<>(initializers);
    known.putAll(values);
    return Evaluation.of(program, known);
  }
}
