package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.teenygrad.Device;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Rewriter;
import org.teenygrad.engine.runtime.Activity;

/// Runs the passes over a graph, and tells watchers what each has made of it.
///
/// @param device that the graph is compiled for
record Passes(Device device) {
  /// What a pass makes of graphs.
  List<OpNode> run(String name, List<OpNode> graphs, UnaryOperator<List<OpNode>> pass) {
    long start = Activity.begin();
    if (start == 0) {
      return pass.apply(graphs);
    }
    List<Activity.Fired> fired = new ArrayList<>();
    Rewriter.Watcher watcher = (rule, before, after) -> fired.add(new Activity.Fired(rule.name(), before, after));
    List<OpNode> result = ScopedValue.where(Rewriter.WATCHER, watcher).call(() -> Objects.requireNonNull(pass.apply(graphs)));
    Activity.tell(new Activity.Passed(device, name, List.copyOf(graphs), List.copyOf(result),
        List.copyOf(fired), start, System.nanoTime() - start));
    return result;
  }
}
