package org.teenygrad.distributed;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;

/// A collective of some ranks, as a rank sees it.
///
/// @param ranks how many take part
/// @param stride how far apart their numbers are
/// @param bytes of the whole: what all-reduce combines, all-gather has afterwards, and reduce-scatter and all-to-all had before
public record Exchange(Kind kind, int ranks, int stride, long bytes) {
  /// What ranks do together.
  public enum Kind {
    ALL_REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL;

    /// As NCCL's documentation has it: `all-reduce`.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// What a kernel exchanges; null for those that compute.
  static @Nullable Exchange of(OpNode kernel) {
    OpNode store = kernel.inputs().isEmpty() ? kernel : kernel.input(0);
    if (!store.is(OpCode.STORE) || store.input(2).op().group() != OpCode.Group.COLLECTIVE) {
      return null;
    }
    OpNode exchange = store.input(2);
    Collective collective = exchange.payload(Collective.class);
    long result = store.input(0).payload(Param.class).shape().elements() * exchange.dtype().bytes();
    int stride = 1;
    for (int i = collective.axis() + 1; i < collective.mesh().axes().size(); i++) {
      stride *= collective.mesh().axes().get(i).size();
    }
    long whole = exchange.is(OpCode.REDUCE_SCATTER) ? result * collective.size() : result;
    return new Exchange(Kind.valueOf(exchange.op().name()), collective.size(), stride, whole);
  }

  /// How many messages a rank sends one after the other along a ring.
  int steps() {
    return (kind == Kind.ALL_REDUCE ? 2 : 1) * (ranks - 1);
  }

  /// What each rank sends along a ring, which is the least that is possible (Patarasu and Yuan, *Bandwidth optimal all-reduce
  /// algorithms for clusters of workstations*, 2009): of n ranks `(n - 1) / n` of the whole, all-reduce twice that.
  public double sentBytes() {
    return (double) bytes / ranks * steps();
  }
}
