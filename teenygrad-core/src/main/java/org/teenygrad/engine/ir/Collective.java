package org.teenygrad.engine.ir;

import org.jspecify.annotations.Nullable;
import org.teenygrad.Mesh;

/// What a collective operation has to know.
///
/// @param axis of the mesh; the ranks along it take part
/// @param combine ADD, MUL, MAX or MIN where values are combined
/// @param order all ranks begin their collectives in the order of these numbers
/// @param bucket those with one number, which follow each other, may begin as one; none of them needs another
public record Collective(Mesh mesh, int axis, @Nullable OpCode combine, int order, int bucket) {
  /// How many ranks take part.
  public int size() {
    return mesh.axes().get(axis).size();
  }

  @Override
  public String toString() {
    return (combine == null ? "" : combine + " ") + "over " + mesh.axes().get(axis) + " #" + order;
  }
}
