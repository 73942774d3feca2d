package org.teenygrad.exchange.onnx.operators;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ElementType;
import org.teenygrad.exchange.onnx.format.Graph;
import org.teenygrad.exchange.onnx.format.ValueType;

/// What decides which graphs are computed, and how often. Conditions are computed at once; loops are written out step by step.
final class ControlFlow {
  /// Each step of a loop is an expression of its own.
  private static final long MOST_STEPS = 100_000;

  private ControlFlow() {}

  static void addTo(OperatorTable table) {
    table.several("If", 1, call -> call.subgraphs().evaluate(call.graph(call.truth(0) ? "then_branch" : "else_branch"), List.of()));
    table.several("Loop", 1, ControlFlow::loop);
    table.several("Scan", 8, ControlFlow::scanOfBatch);
    table.several("Scan", 9, ControlFlow::scan);
  }

  private static Value scalar(long number) {
    return Value.of(Tensor.of(new long[] {number}, Shape.SCALAR, Placement.HOST));
  }

  private static boolean truth(Value value) {
    if (value instanceof Value.OfTensor condition && condition.tensor().numel() == 1) {
      return condition.tensor().toBooleanArray()[0];
    }
    throw new IllegalArgumentException("the condition of a loop is not one value");
  }

  private static List<Value> loop(Call call) {
    Graph body = call.graph("body");
    long most = call.has(0) ? call.number(0) : Long.MAX_VALUE;
    boolean goesOn = !call.has(1) || call.truth(1);
    List<Value> carried = new ArrayList<>();
    for (int i = 2; i < call.size(); i++) {
      carried.add(call.value(i));
    }
    int count = carried.size();
    List<List<Value>> scanned = new ArrayList<>();
    for (int i = count + 1; i < body.outputs().size(); i++) {
      scanned.add(new ArrayList<>());
    }
    for (long step = 0; goesOn && step < most; step++) {
      if (step == MOST_STEPS) {
        throw new IllegalArgumentException("a loop has more than " + MOST_STEPS + " steps");
      }
      List<Value> inputs = new ArrayList<>(List.of(scalar(step), Value.of(Tensor.of(new boolean[] {true}, Shape.SCALAR, Placement.HOST))));
      inputs.addAll(carried);
      List<Value> outputs = call.subgraphs().evaluate(body, inputs);
      goesOn = truth(outputs.getFirst());
      carried = new ArrayList<>(outputs.subList(1, 1 + count));
      for (int i = 0; i < scanned.size(); i++) {
        scanned.get(i).add(outputs.get(1 + count + i));
      }
    }
    List<Value> results = new ArrayList<>(carried);
    for (int i = 0; i < scanned.size(); i++) {
      results.add(stacked(call, scanned.get(i), body.outputs().get(1 + count + i), 0, false));
    }
    return results;
  }

  /// @param reversed whether the last stands first
  private static Value stacked(Call call, List<Value> values, Graph.NamedType declared, int axis, boolean reversed) {
    if (values.isEmpty()) {
      return nothing(declared);
    }
    List<Tensor> tensors = new ArrayList<>();
    ElementType type = null;
    for (Value value : reversed ? values.reversed() : values) {
      if (!(value instanceof Value.OfTensor tensor)) {
        throw new IllegalArgumentException("the output '" + declared.name() + "' of each step is no tensor");
      }
      tensors.add(call.placement().bring(tensor.tensor(), call.device()));
      type = tensor.type();
    }
    return new Value.OfTensor(Call.required(type, "type"), Tensor.stack(tensors, axis));
  }

  /// Of no steps, as far as the file says what a step would give.
  private static Value nothing(Graph.NamedType declared) {
    if (declared.type() instanceof ValueType.OfTensor tensor && tensor.dimensions() instanceof List<ValueType.Dimension> dimensions) {
      int[] sizes = IntStream.concat(IntStream.of(0), dimensions.stream().mapToInt(d -> Math.max(0, Call.clamped(d.size())))).toArray();
      ElementType type = ElementType.of(tensor.elementType());
      return new Value.OfTensor(type, Tensor.full(Shape.of(sizes), 0, type.carrier()));
    }
    throw new IllegalArgumentException("nobody knows the shape of '" + declared.name() + "' of a loop of no steps");
  }

  private static boolean flag(long @Nullable [] flags, int index) {
    return flags != null && index < flags.length && flags[index] != 0;
  }

  private static int axis(long @Nullable [] axes, int index) {
    return axes == null || index >= axes.length ? 0 : Call.clamped(axes[index]);
  }

  private static List<Value> scan(Call call) {
    int scanned = Call.clamped(call.number("num_scan_inputs"));
    int states = call.size() - scanned;
    long[] axes = call.numbers("scan_input_axes");
    List<Value> initial = IntStream.range(0, states).mapToObj(call::value).toList();
    List<List<Value>> slices = new ArrayList<>();
    for (int i = 0; i < scanned; i++) {
      Tensor x = call.in(states + i);
      ElementType type = call.type(states + i);
      List<Value> parts = x.unbind(axis(axes, i)).stream().<Value>map(part -> new Value.OfTensor(type, part)).toList();
      slices.add(flag(call.numbers("scan_input_directions"), i) ? parts.reversed() : parts);
    }
    return scan(call, initial, slices, slices.isEmpty() ? 0 : slices.getFirst().size());
  }

  private static List<Value> scan(Call call, List<Value> initial, List<List<Value>> slices, int steps) {
    Graph body = call.graph("body");
    List<Value> states = initial;
    int count = states.size();
    List<List<Value>> outputs = new ArrayList<>();
    for (int i = count; i < body.outputs().size(); i++) {
      outputs.add(new ArrayList<>());
    }
    if (steps > MOST_STEPS) {
      throw new IllegalArgumentException("a scan has more than " + MOST_STEPS + " steps");
    }
    for (int step = 0; step < steps; step++) {
      List<Value> inputs = new ArrayList<>(states);
      for (List<Value> slice : slices) {
        inputs.add(slice.get(step));
      }
      List<Value> made = call.subgraphs().evaluate(body, inputs);
      states = made.subList(0, count);
      for (int i = 0; i < outputs.size(); i++) {
        outputs.get(i).add(made.get(count + i));
      }
    }
    List<Value> results = new ArrayList<>(states);
    for (int i = 0; i < outputs.size(); i++) {
      results.add(stacked(call, outputs.get(i), body.outputs().get(count + i), axis(call.numbers("scan_output_axes"), i),
          flag(call.numbers("scan_output_directions"), i)));
    }
    return results;
  }

  /// The first version: all inputs begin with an axis for the batch, behind which is that of the steps; how many count may be said
  /// for each.
  private static List<Value> scanOfBatch(Call call) {
    int scanned = Call.clamped(call.number("num_scan_inputs"));
    int states = call.size() - scanned - 1;
    int batch = call.in(1).size(0);
    long[] lengths = call.has(0) ? call.longs(0) : null;
    List<List<Value>> results = new ArrayList<>();
    for (int b = 0; b < batch; b++) {
      List<Value> initial = new ArrayList<>();
      for (int i = 0; i < states; i++) {
        initial.add(new Value.OfTensor(call.type(1 + i), call.in(1 + i).select(0, b)));
      }
      List<List<Value>> slices = new ArrayList<>();
      for (int i = 0; i < scanned; i++) {
        int input = 1 + states + i;
        slices.add(call.in(input).select(0, b).unbind(0).stream().<Value>map(part -> new Value.OfTensor(call.type(input), part)).toList());
      }
      results.add(scan(call, initial, slices, lengths == null ? slices.getFirst().size() : Call.clamped(lengths[b])));
    }
    List<Value> all = new ArrayList<>();
    for (int i = 0; i < results.getFirst().size(); i++) {
      int output = i;
      all.add(stacked(call, results.stream().map(result -> result.get(output)).toList(), call.graph("body").outputs().get(i), 0, false));
    }
    return all;
  }

}
