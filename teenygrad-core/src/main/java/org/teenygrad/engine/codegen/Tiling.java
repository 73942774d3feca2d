package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Validator;

/// From a kernel over single elements to one over tiles: factors become STAGEs and FRAGMENTs, their products MMAs, and a STEPS node
/// says what happens in which order. What every node means for one element stays the same.
final class Tiling {
  private Tiling() {}

  /// Every node of a kernel, with other products for FOLDs to add up.
  /// @param products for some FOLDs what they add up, made of nodes that are changed themselves
  static Map<OpNode, OpNode> withProducts(OpNode sink, Map<OpNode, Function<UnaryOperator<OpNode>, OpNode>> products) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(List.of(sink))) {
      List<OpNode> inputs = new ArrayList<>(node.inputs().stream().map(changed::get).toList());
      var product = products.get(node);
      if (product != null) {
        inputs.set(0, product.apply(input -> Objects.requireNonNull(changed.get(input))));
      }
      changed.put(node, node.withInputs(inputs));
    }
    return changed;
  }

  /// A product of two factors by a unit.
  static OpNode product(MatrixUnit unit, OpNode left, OpNode right) {
    return OpNode.create(OpCode.MMA, DType.FLOAT32, List.of(left, right), unit);
  }

  static OpNode fragment(OpNode factor) {
    return OpNode.of(OpCode.FRAGMENT, factor);
  }

  /// The SINK of a kernel of tiles.
  /// @param first the STAGEs that are filled before the steps
  static OpNode sink(List<OpNode> first, OpNode steps, List<OpNode> stores) {
    List<OpNode> inputs = new ArrayList<>();
    first.forEach(stage -> inputs.add(OpNode.of(OpCode.FETCH, stage)));
    inputs.add(steps);
    inputs.addAll(stores);
    OpNode sink = OpNode.of(OpCode.SINK, null, inputs);
    assert isValid(sink);
    return sink;
  }

  private static boolean isValid(OpNode sink) {
    Validator.tiles(sink);
    return true;
  }
}
