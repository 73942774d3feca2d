package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;

/// Sequences and optionals.
final class Sequences {
  private Sequences() {}

  static void addTo(OperatorTable table) {
    table.value("SequenceEmpty", 11, call -> new Value.OfSequence(List.of()));
    table.value("SequenceConstruct", 11, call -> new Value.OfSequence(IntStream.range(0, call.size()).mapToObj(call::value).toList()));
    table.value("SequenceAt", 11, call -> call.sequence(0).get(position(call, 1, call.sequence(0).size())));
    table.value("SequenceInsert", 11, call -> {
      List<Value> elements = new ArrayList<>(call.sequence(0));
      elements.add(call.has(2) ? position(call, 2, elements.size() + 1, elements.size()) : elements.size(), call.value(1));
      return new Value.OfSequence(elements);
    });
    table.value("SequenceErase", 11, call -> {
      List<Value> elements = new ArrayList<>(call.sequence(0));
      elements.remove(call.has(1) ? position(call, 1, elements.size()) : elements.size() - 1);
      return new Value.OfSequence(elements);
    });
    table.gives("SequenceLength", 11, ElementType.INT64, call -> Tensor.full(Shape.SCALAR, call.sequence(0).size(), DType.INT64));
    table.value("ConcatFromSequence", 11, Sequences::concat);
    table.value("SplitToSequence", 11, Sequences::split);
    table.several("SequenceMap", 17, Sequences::map);
    table.value("Optional", 15, call -> new Value.OfOptional(call.has(0) ? call.value(0) : null));
    table.value("OptionalGetElement", 15, Sequences::element);
    table.gives("OptionalHasElement", 15, ElementType.BOOL, call -> Tensor.full(Shape.SCALAR, hasElement(call)));
  }

  private static int position(Call call, int input, int size) {
    return position(call, input, size, size);
  }

  /// @param end what -1 is one before
  private static int position(Call call, int input, int size, int end) {
    long given = call.number(input);
    long at = given < 0 ? given + end : given;
    if (at < 0 || at >= size) {
      throw new IllegalArgumentException("position " + given + " is not in a sequence of " + end);
    }
    return (int) at;
  }

  private static boolean hasElement(Call call) {
    return call.has(0) && !(call.value(0) instanceof Value.OfOptional optional && optional.value() == null);
  }

  private static Value element(Call call) {
    if (!(call.value(0) instanceof Value.OfOptional optional)) {
      return call.value(0);
    }
    return Objects.requireNonNullElseGet(optional.value(), () -> {
      throw new IllegalArgumentException("the optional has no value");
    });
  }

  private static List<Value.OfTensor> tensors(Call call) {
    List<Value.OfTensor> tensors = new ArrayList<>();
    for (Value value : call.sequence(0)) {
      if (!(value instanceof Value.OfTensor tensor)) {
        throw new IllegalArgumentException("the sequence has elements that are no tensors");
      }
      tensors.add(new Value.OfTensor(tensor.type(), call.placement().bring(tensor.tensor(), call.device())));
    }
    return tensors;
  }

  private static Value concat(Call call) {
    List<Value.OfTensor> elements = tensors(call);
    if (elements.isEmpty()) {
      throw new IllegalArgumentException("the sequence is empty");
    }
    List<Tensor> parts = elements.stream().map(Value.OfTensor::tensor).toList();
    int axis = Call.clamped(call.number("axis"));
    return new Value.OfTensor(elements.getFirst().type(), call.flag("new_axis", false) ? Tensor.stack(parts, axis) : Tensor.cat(parts, axis));
  }

  private static Value split(Call call) {
    Tensor x = call.in(0);
    int axis = Shapes.position(x, call.axis("axis", 0));
    int size = x.size(axis);
    List<Tensor> parts;
    if (!call.has(1)) {
      parts = call.flag("keepdims", true) ? x.split(1, axis) : x.unbind(axis);
    } else if (call.in(1).rank() == 0) {
      int each = Math.clamp(call.number(1), 1, Math.max(1, size));
      int[] sizes = IntStream.range(0, Math.ceilDiv(size, each)).map(i -> Math.min(each, size - i * each)).toArray();
      parts = x.split(sizes, axis);
    } else {
      parts = x.split(call.ints(1), axis);
    }
    return new Value.OfSequence(parts.stream().<Value>map(call::alike).toList());
  }

  /// A graph of each element; what are no sequences are the same each time.
  private static List<Value> map(Call call) {
    List<Value> elements = call.sequence(0);
    List<List<Value>> results = new ArrayList<>();
    for (int i = 0; i < call.node().outputs().size(); i++) {
      results.add(new ArrayList<>());
    }
    for (int i = 0; i < elements.size(); i++) {
      List<Value> inputs = new ArrayList<>();
      for (int k = 0; k < call.size(); k++) {
        inputs.add(call.value(k) instanceof Value.OfSequence sequence ? sequence.elements().get(i) : call.value(k));
      }
      List<Value> made = call.subgraphs().evaluate(call.graph("body"), inputs);
      for (int k = 0; k < results.size(); k++) {
        results.get(k).add(made.get(k));
      }
    }
    return results.stream().<Value>map(Value.OfSequence::new).toList();
  }

}
