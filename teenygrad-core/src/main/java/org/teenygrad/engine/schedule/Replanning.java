package org.teenygrad.engine.schedule;

import java.util.Comparator;
import java.util.List;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Runtime;

/// Makes schedules for machines that need not be there, of graphs that were planned for another: what would a GPU run?
///
/// ```java
/// Replanning.plan(Devices.runtime(Device.of("null-h200")), passed.after(), List.of());   // told to the watchers of Activity
/// ```
public final class Replanning {
  private Replanning() {}

  /// Makes a schedule that nobody runs. Watchers are told of its passes, its kernels and its memory as of any other ([Activity]).
  /// @param graphs over PARAMs: what the pass `bind inputs` made
  /// @param inputs what modules call the data that they read, by slot
  /// @throws org.teenygrad.OutOfMemoryException if the device has no room for what the schedule needs
  public static void plan(Runtime runtime, List<OpNode> graphs, List<String> inputs) {
    long start = System.nanoTime();
    List<OpNode> params = Graph.topological(graphs).stream()
        .filter(node -> node.is(OpCode.PARAM)).sorted(Comparator.comparingInt(node -> node.payload(Param.class).slot())).toList();
    Recording.made(runtime.device(), Scheduler.schedule(runtime, graphs, params, 0, new CompileNotice()), () -> inputs, start);
  }
}
