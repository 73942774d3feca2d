package org.teenygrad.bench;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.teenygrad.Tensor;
import org.teenygrad.ir.Graph;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Storage;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.schedule.Realizer;

/// A computation that really runs each time. A graph whose value is known is not computed again, so each call builds the graph
/// anew over a new version of one input, in the same memory; it costs what a user's loop costs that builds the expression from
/// new data. Results are freed at once, as they are where objects are counted.
final class Repeated implements Runnable {
  private final List<OpNode> roots;
  private final OpNode input;
  private final Storage data;
  private final Storage.Memory memory;

  private Repeated(Tensor input, Tensor... results) {
    roots = Stream.of(results).map(Tensor::node).toList();
    this.input = input.node();
    data = this.input.payload(Storage.class);
    memory = Objects.requireNonNull(data.memory(), "the input is not computed");
  }

  static Runnable of(Tensor input, Tensor... results) {
    return new Repeated(input, results);
  }

  @Override
  public void run() {
    Storage version = new Storage(data.dtype(), data.shape(), data.device());
    version.fill(memory);
    Map<OpNode, OpNode> change = Map.of(input, OpNode.buffer(version));
    List<OpNode> again = roots.stream().map(root -> Graph.substitute(root, change)).toList();
    Realizer.realize(again);
    for (OpNode root : again) {
      Storage result = Objects.requireNonNull(root.realized()).payload(Storage.class);
      ((Buffer) Objects.requireNonNull(result.memory())).free();
    }
  }
}
