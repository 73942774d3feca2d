package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Uniform;

/// A case of a golden file with inputs that are cut over ranks.
///
/// @param in whole, on the device of each rank
record ShardedCase(GoldenFile file, GoldenCase c, List<Tensor> in, Device device) {
  static ShardedCase of(GoldenFile file, GoldenCase c, Device device) {
    return new ShardedCase(file, c, c.in().stream().map(key -> file.tensor(key, device)).toList(), device);
  }

  /// One input cut along one axis, and all inputs of its shape cut alike.
  Set<List<Placement>> ways() {
    Set<List<Placement>> ways = new LinkedHashSet<>();
    for (int i = 0; i < in.size(); i++) {
      for (int axis = 0; axis < in.get(i).rank(); axis++) {
        int one = i;
        Placement shard = Placement.shard(axis);
        ways.add(IntStream.range(0, in.size()).mapToObj(k -> k == one ? shard : Placement.replicate()).toList());
        ways.add(in.stream().map(other -> other.shape().equals(in.get(one).shape()) ? shard : Placement.replicate()).toList());
      }
    }
    return ways;
  }

  /// Outputs and gradients of one device.
  List<OpNode> whole() {
    return results(in);
  }

  /// Outputs and gradients, whole on each rank.
  List<OpNode> cut(Mesh mesh, List<Placement> placements) {
    return results(IntStream.range(0, in.size()).mapToObj(i -> in.get(i).shard(mesh, placements.get(i))).toList());
  }

  /// Where what a rank has is not what one device has, or null.
  static @Nullable String difference(double[] wanted, double[] found, DType type) {
    double tolerance = type.isFloating() ? type.bytes() < 4 ? 2e-2 : 1e-4 : 0;
    if (wanted.length != found.length) {
      return found.length + " elements, not " + wanted.length;
    }
    for (int i = 0; i < wanted.length; i++) {
      boolean same = wanted[i] == found[i] || Double.isNaN(wanted[i]) && Double.isNaN(found[i]) || Math.abs(wanted[i] - found[i]) <= tolerance * (1 + Math.abs(wanted[i]));
      if (!same) {
        return "[" + i + "] " + found[i] + ", not " + wanted[i];
      }
    }
    return null;
  }

  private List<OpNode> results(List<Tensor> given) {
    List<Tensor> out = GoldenOps.named(c.op()).apply(given, c);
    List<OpNode> results = new ArrayList<>(out.stream().map(tensor -> tensor.gather().node()).toList());
    Tensor objective = null;
    for (int i = 0; i < c.cot().size(); i++) {
      String key = c.cot().get(i);
      if (key != null) {
        Tensor part = out.get(i).mul(file.tensor(key, device)).sum().gather();
        objective = objective == null ? part : objective.add(part);
      }
    }
    for (int i = 0; objective != null && i < c.grad().size(); i++) {
      if (c.grad().get(i) != null) {
        OpNode cotangent = Uniform.of(objective.dtype(), objective.shape(), 1);
        OpNode gradient = OpNode.of(OpCode.GRADIENT, objective.node(), given.get(i).node(), cotangent);
        results.add(whole(gradient));
      }
    }
    return results;
  }

  private static OpNode whole(OpNode node) {
    return node.sharding() == null ? node : OpNode.of(OpCode.REDISTRIBUTE, Sharding.replicated(node.sharding().mesh()), List.of(node));
  }
}
