package org.teenygrad.engine.codegen;

import java.util.HashMap;
import java.util.Map;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.runtime.Program;

/// Estimates what a kernel has to do.
final class Work {
  private Work() {}

  /// Operations on floats, once for each iteration of the loops they stand in, and the size of every buffer that is touched, or of
  /// as much of it as the loops reach.
  static Program.Work of(Analysis analysis) {
    double flops = 0;
    Map<Integer, Double> bytes = new HashMap<>();
    for (OpNode node : analysis.nodes) {
      boolean arithmetic = node.op().isElementwise() && node.dtype().isFloating() && !node.is(OpCode.CAST) && !node.is(OpCode.WHERE);
      if (arithmetic || node.is(OpCode.FMA) || node.is(OpCode.MMA)) {
        flops += iterations(analysis, analysis.dependencies(node)) * (node.is(OpCode.FMA) ? 2 : 1);
      } else if (node.is(OpCode.FOLD) && node.dtype().isFloating()) {
        flops += iterations(analysis, analysis.dependencies(node) | Analysis.foldMask(node));
      } else if (node.is(OpCode.LOAD) || node.is(OpCode.STORE)) {
        double whole = node.input(0).payload(Param.class).shape().elements();
        double touched = Math.min(whole, iterations(analysis, analysis.dependencies(node.input(1))));
        bytes.merge(Analysis.slot(node), touched * node.input(0).dtype().bytes(), Math::max);
      }
    }
    return new Program.Work(flops, bytes.values().stream().mapToDouble(Double::doubleValue).sum());
  }

  private static double iterations(Analysis analysis, long mask) {
    double count = 1;
    long seen = 0;
    for (OpNode node : analysis.nodes) {
      if (node.is(OpCode.RANGE) && (mask & Analysis.bit(node)) != 0 && (seen & Analysis.bit(node)) == 0) {
        seen |= Analysis.bit(node);
        count *= node.payload(Range.class).size();
      }
    }
    return count;
  }
}
