package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Placement.Partial;
import org.teenygrad.Placement.Replicate;
import org.teenygrad.Placement.Shard;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Uniform;

/// How a tensor comes to lie in another way, mesh axis by mesh axis: terms become whole by ALL_REDUCE or parts by REDUCE_SCATTER,
/// parts become whole by ALL_GATHER or other parts by ALL_TO_ALL; what is whole becomes parts by a view. Parts that are shorter
/// than the others are padded while they travel.
final class Redistribution {
  /// Collectives of one REDISTRIBUTE: at most two for each mesh axis.
  private static final int MOST_COLLECTIVES = 64;

  private final Shape whole;
  private final int bucket;
  private int order;

  /// When it is its turn to exchange.
  /// @param number of the REDISTRIBUTE among all of the graph
  /// @param bucket the number of the first of those that may begin with it
  record Turn(int number, int bucket) {}

  /// @param whole the shape of the whole tensor
  Redistribution(Shape whole, Turn turn) {
    this.whole = whole;
    bucket = turn.bucket * MOST_COLLECTIVES;
    order = turn.number * MOST_COLLECTIVES;
  }

  /// @param local what this rank has
  OpNode of(OpNode local, Sharding from, Sharding to) {
    Mesh mesh = to.mesh();
    OpNode x = local;
    Sharding now = from;
    for (int i = mesh.axes().size() - 1; i >= 0; i--) {
      Placement target = to.placement(i);
      boolean lasts = target.equals(now.placement(i)) && !isCutAnew(now, to, i);
      if (lasts || now.placement(i) instanceof Replicate) {
        continue;
      }
      if (mesh.axes().get(i).size() == 1) {
        now = now.with(i, target);
        continue;
      }
      boolean alone = target instanceof Shard(int axis) && isCutBy(now, to, i, axis)
          && (!(now.placement(i) instanceof Shard(int own)) || isCutBy(now, to, i, own));
      Placement next = alone ? target : new Replicate();
      x = moved(x, mesh, i, now, next);
      now = now.with(i, next);
    }
    return Partitioner.part(x, now, to);
  }

  /// Whether an earlier mesh axis cuts another way than before what this one cuts, too: then its parts are parts of other parts.
  private static boolean isCutAnew(Sharding now, Sharding to, int axis) {
    return now.placement(axis) instanceof Shard shard && IntStream.range(0, axis)
        .anyMatch(i -> !now.placement(i).equals(to.placement(i)) && (shard.equals(now.placement(i)) || shard.equals(to.placement(i))));
  }

  /// Whether no mesh axis but this one has to do with an axis of the tensor.
  private static boolean isCutBy(Sharding now, Sharding to, int axis, int cut) {
    Placement shard = new Shard(cut);
    return IntStream.range(0, now.placements().size())
        .noneMatch(i -> i != axis && (shard.equals(now.placement(i)) || shard.equals(to.placement(i))));
  }

  private OpNode moved(OpNode x, Mesh mesh, int i, Sharding now, Placement next) {
    return switch (now.placement(i)) {
      case Partial(Placement.Combine combine) -> {
        OpCode op = OpCode.valueOf(combine.name());
        // Sums of 16-bit floats are made in float32.
        DType type = x.dtype().isFloating() && x.dtype().bytes() < 4 ? DType.FLOAT32 : x.dtype();
        OpNode wide = widened(x, type);
        yield cast(next instanceof Shard(int axis)
            ? reduceScatter(wide, mesh, i, op, axis)
            : collective(OpCode.ALL_REDUCE, wide, mesh, i, op), x.dtype());
      }
      case Shard(int axis) when next instanceof Shard(int other) -> allToAll(x, mesh, i, axis, other);
      case Shard(int axis) -> allGather(x, mesh, i, axis, now.with(i, next).part(axis, whole.size(axis)).size());
      case Replicate _ -> throw new IllegalStateException("what is whole does not travel");
    };
  }

  /// In a wider type; what was only just rounded, and seen in another shape since, is taken as it was.
  private static OpNode widened(OpNode x, DType type) {
    OpNode wide = x.dtype() == type ? x : unrounded(x, type);
    return wide == null ? cast(x, type) : wide;
  }

  private static @Nullable OpNode unrounded(OpNode x, DType type) {
    if (x.is(OpCode.CAST)) {
      return x.input(0).dtype() == type ? x.input(0) : null;
    }
    OpNode below = x.op().isMovement() ? unrounded(x.input(0), type) : null;
    return below == null ? null : OpNode.of(x.op(), x.payload(), List.of(below));
  }

  private static OpNode cast(OpNode x, DType type) {
    return x.dtype() == type ? x : OpNode.create(OpCode.CAST, type, List.of(x), null);
  }

  private OpNode collective(OpCode op, OpNode x, Mesh mesh, int axis, @Nullable OpCode combine) {
    if (x.shape().elements() == 0) {
      return x; // nothing is to be exchanged; parts are padded, so that this is so on all ranks or on none
    }
    OpNode memory = x.is(OpCode.PARAM) ? x : OpNode.of(OpCode.CONTIGUOUS, x);
    // Along several axes one collective needs what another gives.
    int together = mesh.axes().size() == 1 ? bucket : order;
    return OpNode.of(op, new Collective(mesh, axis, combine, order++, together), List.of(memory));
  }

  private OpNode allGather(OpNode x, Mesh mesh, int i, int axis, int size) {
    int ranks = mesh.axes().get(i).size();
    int chunk = Sharding.chunk(size, ranks);
    OpNode gathered = collective(OpCode.ALL_GATHER, padded(x, axis, chunk), mesh, i, null);
    return size == 0 ? withSize(x, axis, 0) : shrunk(joined(gathered, axis), axis, size);
  }

  private OpNode reduceScatter(OpNode x, Mesh mesh, int i, OpCode combine, int axis) {
    int ranks = mesh.axes().get(i).size();
    int size = x.shape().size(axis);
    OpNode rows = split(padded(x, axis, Sharding.chunk(size, ranks) * ranks), axis, ranks);
    if (rows.shape().elements() == 0) {
      return withSize(x, axis, mine(mesh, i, size));
    }
    return shrunk(collective(OpCode.REDUCE_SCATTER, rows, mesh, i, combine), axis, mine(mesh, i, size));
  }

  private OpNode allToAll(OpNode x, Mesh mesh, int i, int axis, int other) {
    int ranks = mesh.axes().get(i).size();
    int size = whole.size(axis);
    int cut = x.shape().size(other);
    OpNode even = padded(padded(x, axis, Sharding.chunk(size, ranks)), other, Sharding.chunk(cut, ranks) * ranks);
    OpNode rows = split(even, other, ranks);
    if (rows.shape().elements() == 0) {
      return withSize(withSize(x, axis, size), other, mine(mesh, i, cut));
    }
    return shrunk(shrunk(joined(collective(OpCode.ALL_TO_ALL, rows, mesh, i, null), axis), axis, size), other, mine(mesh, i, cut));
  }

  private static int mine(Mesh mesh, int i, int size) {
    int chunk = Sharding.chunk(size, mesh.axes().get(i).size());
    return Math.clamp(size - (long) mesh.coordinate(i) * chunk, 0, chunk);
  }

  /// An empty tensor with another size of an axis, so that it is empty still, or was.
  private static OpNode withSize(OpNode x, int axis, int size) {
    return Uniform.of(x.dtype(), x.shape().with(axis, size), 0);
  }

  private static OpNode padded(OpNode x, int axis, int size) {
    int missing = size - x.shape().size(axis);
    return missing == 0 ? x : OpNode.of(OpCode.PAD, new Bounds(zeros(x), at(x, axis, missing)), List.of(x));
  }

  private static OpNode shrunk(OpNode x, int axis, int size) {
    if (x.shape().size(axis) == size) {
      return x;
    }
    List<Integer> ends = new ArrayList<>(Arrays.stream(x.shape().toArray()).boxed().toList());
    ends.set(axis, size);
    return OpNode.of(OpCode.SHRINK, new Bounds(zeros(x), ends), List.of(x));
  }

  private static List<Integer> zeros(OpNode x) {
    return Collections.nCopies(x.shape().rank(), 0);
  }

  private static List<Integer> at(OpNode x, int axis, int value) {
    List<Integer> list = new ArrayList<>(zeros(x));
    list.set(axis, value);
    return list;
  }

  /// Equal parts of an axis, along a new first axis.
  private static OpNode split(OpNode x, int axis, int parts) {
    List<Integer> sizes = new ArrayList<>(Arrays.stream(x.shape().toArray()).boxed().toList());
    sizes.set(axis, sizes.get(axis) / parts);
    sizes.add(axis, parts);
    OpNode parted = OpNode.of(OpCode.RESHAPE, Shape.of(sizes), List.of(x));
    List<Integer> order = new ArrayList<>(IntStream.range(0, sizes.size()).boxed().toList());
    order.add(0, order.remove(axis));
    return OpNode.of(OpCode.PERMUTE, order, List.of(parted));
  }

  /// What lies along the first axis, one after the other along another: the inverse of [#split].
  private static OpNode joined(OpNode x, int axis) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.shape().rank()).boxed().toList());
    order.add(axis, order.remove(0));
    OpNode apart = OpNode.of(OpCode.PERMUTE, order, List.of(x));
    List<Integer> sizes = new ArrayList<>(Arrays.stream(apart.shape().toArray()).boxed().toList());
    sizes.set(axis, sizes.get(axis) * sizes.remove(axis + 1));
    return OpNode.of(OpCode.RESHAPE, Shape.of(sizes), List.of(apart));
  }
}
