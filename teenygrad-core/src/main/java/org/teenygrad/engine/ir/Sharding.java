package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Placement.Partial;
import org.teenygrad.Placement.Replicate;
import org.teenygrad.Placement.Shard;
import org.teenygrad.Shape;
import org.teenygrad.ShardingException;

/// How a tensor lies on a mesh: the type of a distributed node. Shapes of such nodes are those of the whole tensor; what one rank
/// has of it is its [local][#local(Shape)] part. Where several mesh axes cut one tensor axis, the first cuts it, the next cut its
/// parts.
///
/// @param placements one for each axis of the mesh
public record Sharding(Mesh mesh, List<Placement> placements) {
  public Sharding {
    placements = List.copyOf(placements);
    if (placements.size() != mesh.axes().size()) {
      throw new IllegalArgumentException("placements: " + placements.size() + " for a mesh of " + mesh.axes().size() + " axes " + mesh);
    }
  }

  /// The whole tensor on each rank.
  public static Sharding replicated(Mesh mesh) {
    return new Sharding(mesh, Collections.nCopies(mesh.axes().size(), new Replicate()));
  }

  public Placement placement(int axis) {
    return placements.get(axis);
  }

  /// The same but for one mesh axis.
  public Sharding with(int axis, Placement placement) {
    List<Placement> changed = new ArrayList<>(placements);
    changed.set(axis, placement);
    return new Sharding(mesh, changed);
  }

  public boolean isReplicated() {
    return placements.stream().allMatch(Replicate.class::isInstance);
  }

  public boolean isPartial() {
    return placements.stream().anyMatch(Partial.class::isInstance);
  }

  /// How a derivative with respect to such a tensor lies: as the tensor does, and whole where that is a sum of terms, each of which
  /// is as much of it.
  public Sharding cotangent() {
    return new Sharding(mesh, placements.stream().map(placement -> placement instanceof Partial ? new Replicate() : placement).toList());
  }

  /// What of an axis of a tensor this rank has.
  public Part part(int axis, int size) {
    Part part = new Part(0, size);
    for (int i = 0; i < placements.size(); i++) {
      if (placements.get(i) instanceof Shard(int sharded) && sharded == axis) {
        part = part.cut(mesh.axes().get(i).size(), mesh.coordinate(i));
      }
    }
    return part;
  }

  /// A part of an axis.
  public record Part(int begin, int end) {
    public int size() {
      return end - begin;
    }

    /// One of `parts` parts of this one: all but the last are equally long.
    public Part cut(int parts, int index) {
      int chunk = chunk(size(), parts);
      int first = Math.min(size(), index * chunk);
      return new Part(begin + first, begin + Math.min(size(), first + chunk));
    }
  }

  /// How long the parts of an axis are but for the last.
  public static int chunk(int size, int parts) {
    return Math.ceilDiv(size, parts);
  }

  /// The shape of what this rank has.
  public Shape local(Shape whole) {
    return Shape.of(IntStream.range(0, whole.rank()).map(axis -> part(axis, whole.size(axis)).size()).toArray());
  }

  /// This, for tensors of a shape.
  /// @throws ShardingException if it cuts an axis that they do not have
  public Sharding of(Shape whole) {
    for (Placement placement : placements) {
      if (placement instanceof Shard(int axis) && axis >= whole.rank()) {
        throw new ShardingException("shard: axis " + axis + " of shape " + whole + ", which has " + whole.rank());
      }
    }
    return this;
  }

  /// How the inputs of a distributed node have to lie before its operation runs on what each rank has: as they do, or in parts
  /// where they are whole.
  public static List<Sharding> needed(OpNode node) {
    return ShardingRules.needed(node);
  }

  /// Into how many parts an axis of a tensor is cut.
  public int parts(int axis) {
    return IntStream.range(0, placements.size()).filter(i -> placements.get(i) instanceof Shard(int sharded) && sharded == axis)
        .map(i -> mesh.axes().get(i).size()).reduce(1, (a, b) -> a * b);
  }

  /// As text: `data: Shard(0), model: Replicate`.
  @Override
  public String toString() {
    return IntStream.range(0, placements.size()).mapToObj(i -> mesh.axes().get(i).name() + ": " + placements.get(i)).collect(Collectors.joining(", "));
  }
}
