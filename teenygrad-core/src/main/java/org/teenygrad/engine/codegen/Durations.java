package org.teenygrad.engine.codegen;

import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

/// About how long things take on a GPU, in seconds: enough to know what an exchange with other ranks can travel beside. The rates
/// are what such kernels reach on an H200; on other GPUs kernels and links are slower in about one measure.
final class Durations {
  private static final double LAUNCH_SECONDS = 3e-6;
  private static final double BYTES_PER_SECOND = 3e12;
  private static final double FLOPS_PER_SECOND = 30e12;
  private static final double MATRIX_FLOPS_PER_SECOND = 500e12;
  private static final double EXCHANGE_SECONDS = 25e-6;
  private static final double LINK_BYTES_PER_SECOND = 180e9;

  private Durations() {}

  /// 0 where exchanges do not go on beside kernels.
  static double of(Plan plan, Target target) {
    if (!(target instanceof Target.Gpu)) {
      return 0;
    }
    if (plan instanceof Plan.Communication exchange) {
      return EXCHANGE_SECONDS + sentBytes(exchange.analysis().stores().getFirst()) / LINK_BYTES_PER_SECOND;
    }
    Program.Work work = Work.of(plan.analysis());
    boolean onMatrixUnits = plan instanceof MatmulTiling || plan instanceof AttentionTiling;
    return LAUNCH_SECONDS + Math.max(work.bytes() / BYTES_PER_SECOND, work.flops() / (onMatrixUnits ? MATRIX_FLOPS_PER_SECOND : FLOPS_PER_SECOND));
  }

  /// What each of n ranks sends along a ring: `(n - 1) / n` of the whole, for an all-reduce twice that.
  private static double sentBytes(OpNode store) {
    OpNode exchange = store.input(2);
    double others = exchange.payload(Collective.class).size() - 1;
    double result = store.input(0).payload(Param.class).shape().elements() * (double) exchange.dtype().bytes();
    return result * others * (exchange.is(OpCode.REDUCE_SCATTER) ? 1 : (exchange.is(OpCode.ALL_REDUCE) ? 2 : 1) / (others + 1));
  }
}
