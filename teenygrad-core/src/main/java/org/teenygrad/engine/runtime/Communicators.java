package org.teenygrad.engine.runtime;

import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.teenygrad.Mesh;
import org.teenygrad.engine.ir.Collective;

/// The communicators of meshes, one for each axis.
public final class Communicators {
  private static final Map<Mesh, List<Communicator>> KNOWN = new WeakHashMap<>();

  private Communicators() {}

  /// Says how the ranks along each axis of a mesh exchange data.
  /// @param axes one for each axis of the mesh
  public static synchronized void register(Mesh mesh, List<Communicator> axes) {
    KNOWN.put(mesh, List.copyOf(axes));
  }

  static synchronized Communicator of(Collective collective) {
    List<Communicator> axes = KNOWN.get(collective.mesh());
    if (axes == null) {
      throw new IllegalStateException("no rank of mesh " + collective.mesh() + " can be reached: it was not made by a world of ranks");
    }
    return axes.get(collective.axis());
  }
}
