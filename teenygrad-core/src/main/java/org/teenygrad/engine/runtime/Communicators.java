package org.teenygrad.engine.runtime;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import org.teenygrad.DType;
import org.teenygrad.Mesh;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;

/// The communicators of meshes, one for each axis, and the kernels that call them.
public final class Communicators {
  private static final Map<Mesh, List<Communicator>> KNOWN = new WeakHashMap<>();

  private Communicators() {}

  /// Says how the ranks along each axis of a mesh exchange data.
  /// @param axes one for each axis of the mesh
  public static synchronized void register(Mesh mesh, List<Communicator> axes) {
    KNOWN.put(mesh, List.copyOf(axes));
  }

  private static synchronized Communicator of(Collective collective) {
    List<Communicator> axes = KNOWN.get(collective.mesh());
    if (axes == null) {
      throw new IllegalStateException("no rank of mesh " + collective.mesh() + " can be reached: it was not made by a world of ranks");
    }
    return axes.get(collective.axis());
  }

  /// Whether a program is an exchange between ranks rather than code of its device.
  public static boolean isExchange(Program program) {
    OpNode root = program.graph().inputs().isEmpty() ? program.graph() : program.graph().input(0);
    return root.is(OpCode.STORE) && root.input(2).op().group() == OpCode.Group.COLLECTIVE;
  }

  /// What runs an exchange: its arguments are the result and the source.
  /// @param program of which [#isExchange] holds
  public static Kernel kernel(Program program) {
    OpNode store = program.graph().input(0);
    OpNode exchange = store.input(2);
    Collective collective = exchange.payload(Collective.class);
    DType type = exchange.dtype();
    long elements = store.input(0).payload(Param.class).shape().elements();
    return runs -> {
      Communicator ranks = of(collective);
      for (List<Buffer> buffers : runs) {
        Buffer result = buffers.get(0);
        Buffer source = buffers.get(1);
        switch (exchange.op()) {
          case ALL_REDUCE -> ranks.allReduce(result, source, type, elements, Objects.requireNonNull(collective.combine()));
          case ALL_GATHER -> ranks.allGather(result, source, type, elements / collective.size());
          case REDUCE_SCATTER -> ranks.reduceScatter(result, source, type, elements, Objects.requireNonNull(collective.combine()));
          case ALL_TO_ALL -> ranks.allToAll(result, source, type, elements / collective.size());
          default -> throw new IllegalStateException(exchange + " is no exchange");
        }
      }
    };
  }
}
