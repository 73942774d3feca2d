package org.teenygrad.engine.runtime;

import java.util.List;
import java.util.Objects;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;

/// A kernel that has no code of its device: it exchanges data with other ranks. Its arguments are the result and the source.
///
/// @param op ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER or ALL_TO_ALL
/// @param elements of the result
public record Exchange(OpCode op, Collective collective, DType type, long elements) implements Kernel {
  /// Whether a program is an exchange between ranks rather than code of its device.
  public static boolean is(Program program) {
    OpNode root = program.graph().inputs().isEmpty() ? program.graph() : program.graph().input(0);
    return root.is(OpCode.STORE) && root.input(2).op().group() == OpCode.Group.COLLECTIVE;
  }

  /// What runs an exchange.
  /// @param program of which [#is] holds
  public static Exchange of(Program program) {
    OpNode store = program.graph().input(0);
    OpNode exchange = store.input(2);
    return new Exchange(exchange.op(), exchange.payload(Collective.class), exchange.dtype(), store.input(0).payload(Param.class).shape().elements());
  }

  /// The ranks that take part.
  /// @throws IllegalStateException if its mesh was not made by a world of ranks
  public Communicator ranks() {
    return Communicators.of(collective);
  }

  /// The larger of what goes in and what comes out.
  public long bytes() {
    return type.bytes() * (op == OpCode.REDUCE_SCATTER ? elements * collective.size() : elements);
  }

  @Override
  public void run(List<List<Buffer>> arguments) {
    Communicator ranks = ranks();
    for (List<Buffer> buffers : arguments) {
      Buffer result = buffers.get(0);
      Buffer source = buffers.get(1);
      switch (op) {
        case ALL_REDUCE -> ranks.allReduce(result, source, type, elements, Objects.requireNonNull(collective.combine()));
        case ALL_GATHER -> ranks.allGather(result, source, type, elements / collective.size());
        case REDUCE_SCATTER -> ranks.reduceScatter(result, source, type, elements, Objects.requireNonNull(collective.combine()));
        case ALL_TO_ALL -> ranks.allToAll(result, source, type, elements / collective.size());
        default -> throw new IllegalStateException(op + " is no exchange");
      }
    }
  }

  /// Until the result is there, waiting for the other ranks included.
  @Override
  public long time(List<List<Buffer>> arguments) {
    ranks().synchronize();
    long start = System.nanoTime();
    run(arguments);
    ranks().synchronize();
    return System.nanoTime() - start;
  }
}
