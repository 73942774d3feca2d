package org.teenygrad.engine.codegen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;

/// The loops that are open where code is being written: their counters, and the [Axis] of each that is written out.
///
/// A value has an instance for each combination of steps of the axes that it depends on. Steps are lists of numbers, one
/// for each open axis in the order in which they were opened.
final class OpenLoops {
  private final Analysis analysis;
  private final Map<OpNode, String> counters = new HashMap<>();
  private final Map<OpNode, Axis> axes = new LinkedHashMap<>();

  OpenLoops(Analysis analysis) {
    this.analysis = analysis;
  }

  void open(OpNode range, String counter, @Nullable Axis axis) {
    counters.put(range, counter);
    if (axis != null) {
      axes.put(range, axis);
    }
  }

  void close(OpNode range) {
    axes.remove(range);
    counters.remove(range);
  }

  /// The set of open loops.
  long available() {
    long mask = 0;
    for (OpNode range : counters.keySet()) {
      mask |= Analysis.bit(range);
    }
    return mask;
  }

  /// The counter of an open loop; of an axis, where it starts.
  String counter(OpNode range) {
    return Objects.requireNonNull(counters.get(range), () -> "loop " + range + " is not open");
  }

  Iterable<Axis> axes() {
    return axes.values();
  }

  @Nullable Axis axis(OpNode range) {
    return axes.get(range);
  }

  /// The axis whose steps are vectors, if one is open.
  @Nullable Axis vectorAxis() {
    for (Axis axis : axes.values()) {
      if (axis.isVector()) {
        return axis;
      }
    }
    return null;
  }

  List<Integer> zeroSteps() {
    return Ir.times(axes.size(), i -> 0);
  }

  /// Every combination of steps of the axes that a node depends on; 0 for the others.
  List<List<Integer>> instances(OpNode node) {
    List<List<Integer>> all = new ArrayList<>();
    all.add(List.of());
    for (Axis axis : axes.values()) {
      int count = analysis.dependsOn(node, axis.range()) ? axis.count() : 1;
      List<List<Integer>> longer = new ArrayList<>();
      for (List<Integer> steps : all) {
        for (int step = 0; step < count; step++) {
          List<Integer> more = new ArrayList<>(steps);
          more.add(step);
          longer.add(more);
        }
      }
      all = longer;
    }
    return all;
  }

  /// The steps that matter to a node, zeros at the end left out: axes that are opened later change nothing.
  List<Integer> project(OpNode node, List<Integer> steps) {
    List<Integer> projected = new ArrayList<>(steps.size());
    for (Axis axis : axes.values()) {
      projected.add(analysis.dependsOn(node, axis.range()) ? step(axis.range(), steps) : 0);
    }
    while (!projected.isEmpty() && projected.getLast() == 0) {
      projected.removeLast();
    }
    return projected;
  }

  /// The step of an axis among some steps; 0 for a loop that is no axis.
  int step(OpNode range, List<Integer> steps) {
    int i = 0;
    for (Axis axis : axes.values()) {
      if (axis.range() == range) {
        return i < steps.size() ? steps.get(i) : 0;
      }
      i++;
    }
    return 0;
  }

  /// How many lanes an instance of a node has.
  int lanes(OpNode node, List<Integer> steps) {
    Axis axis = vectorAxis();
    return axis != null && analysis.dependsOn(node, axis.range()) ? axis.lanes(step(axis.range(), steps)) : 1;
  }
}
