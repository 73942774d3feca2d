package org.teenygrad.engine.codegen;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpNode;

/// A stretch of a loop that is written out instead of looped over: `count` steps of `lanes` iterations each, the last step
/// of `lastLanes`. With one lane a step is a scalar and this is unrolling; with more, a step is a vector. Steps begin `stride`
/// iterations apart: other threads of a GPU do what lies between.
record Axis(OpNode range, int count, int lanes, int lastLanes, long stride) {
  Axis(OpNode range, int count, int lanes, int lastLanes) {
    this(range, count, lanes, lastLanes, lanes);
  }

  static Axis unrolled(OpNode range, int count) {
    return new Axis(range, count, 1, 1);
  }

  /// One vector along the last of some loops; null for a single element.
  static @Nullable Axis ofLanes(List<OpNode> ranges, int lanes) {
    return lanes == 1 ? null : new Axis(ranges.getLast(), 1, lanes, lanes);
  }

  /// The axis that covers `size` iterations in vectors of at most `lanes`.
  static Axis vectors(OpNode range, long size, int lanes) {
    int count = Math.toIntExact((size + lanes - 1) / lanes);
    int last = Math.toIntExact(size - (long) (count - 1) * lanes);
    return count == 1 ? new Axis(range, 1, last, last) : new Axis(range, count, lanes, last);
  }

  int lanes(int step) {
    return step == count - 1 ? lastLanes : lanes;
  }

  boolean isVector() {
    return lanes > 1;
  }
}
