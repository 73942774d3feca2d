package org.teenygrad.bench;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.schedule.Realizer;

/// A computation that really runs each time. A graph whose value is known is not computed again, so each call builds the graph
/// anew over new versions of its inputs, in the same memory; it costs what a user's loop costs that builds the expression from
/// new data. Results are freed at once, as they are where objects are counted.
final class Repeated implements Runnable {
  private final List<OpNode> roots;
  private final List<OpNode> inputs;

  private Repeated(List<Tensor> inputs, List<Tensor> results) {
    this.inputs = inputs.stream().map(Tensor::node).toList();
    roots = results.stream().map(Tensor::node).toList();
  }

  /// @param input computed, and what all results depend on
  static Runnable of(Tensor input, Tensor... results) {
    return of(List.of(input), List.of(results));
  }

  /// @param inputs computed; each result depends on one of them at least
  static Runnable of(List<Tensor> inputs, List<Tensor> results) {
    return new Repeated(inputs, results);
  }

  @Override
  public void run() {
    Map<OpNode, OpNode> change = inputs.stream().collect(Collectors.toMap(Function.identity(), Repeated::newVersion));
    List<OpNode> again = Graph.substitute(roots, change);
    Realizer.realize(again);
    for (OpNode root : again) {
      Storage result = Objects.requireNonNull(root.realized()).payload(Storage.class);
      ((Buffer) Objects.requireNonNull(result.memory())).free();
    }
  }

  private static OpNode newVersion(OpNode input) {
    Storage data = input.payload(Storage.class);
    Storage version = new Storage(data.dtype(), data.shape(), data.device());
    version.fill(Objects.requireNonNull(data.memory(), "the input is not computed"));
    return OpNode.buffer(version);
  }
}
