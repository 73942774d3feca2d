package org.teenygrad.engine.autodiff;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Placement.Partial;
import org.teenygrad.Placement.Replicate;
import org.teenygrad.Placement.Shard;
import org.teenygrad.ShardingException;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;

/// How derivatives of distributed tensors lie. Those of parts are parts. Those of what is whole are terms on the way, if each rank
/// used it for its part of something, and are added up where somebody has to see them: that replicated and partial are each other's
/// duals is what spmd_types is built on.
final class Cotangents {
  private Cotangents() {}

  /// How the derivative with respect to a node has to lie in the end.
  static Sharding of(OpNode node, Mesh mesh) {
    return node.sharding() == null ? Sharding.replicated(mesh) : node.sharding().cotangent();
  }

  /// A derivative with respect to a node, ready for the chain rules of its inputs: where the node is parts, it is the same parts;
  /// where it is terms, it is whole.
  static Expr ready(OpNode node, Expr g) {
    Sharding lying = g.node().sharding();
    if (lying == null) {
      return g;
    }
    Sharding wanted = lying;
    for (int i = 0; i < lying.placements().size(); i++) {
      Placement forward = node.sharding() == null ? new Replicate() : node.sharding().placement(i);
      Placement backward = lying.placement(i);
      if (forward instanceof Shard && !(backward instanceof Replicate)) {
        wanted = wanted.with(i, forward);
      } else if (forward instanceof Partial) {
        wanted = wanted.with(i, new Replicate());
      }
    }
    return g.redistribute(wanted);
  }

  /// The sum of two derivatives with respect to one node, which may lie differently.
  static Expr sum(Expr a, Expr b) {
    Sharding one = a.node().sharding();
    Sharding other = b.node().sharding();
    if (one == null && other == null || Objects.equals(one, other)) {
      return a.add(b);
    }
    Mesh mesh = one == null ? Objects.requireNonNull(other).mesh() : one.mesh();
    Sharding first = one == null ? Sharding.replicated(mesh) : one;
    Sharding second = other == null ? Sharding.replicated(mesh) : other;
    for (int i = 0; i < mesh.axes().size(); i++) {
      Placement p = first.placement(i);
      Placement q = second.placement(i);
      if (!p.equals(q)) {
        first = p instanceof Partial ? first.with(i, q) : first;
        second = !(p instanceof Partial) && !(q instanceof Replicate) ? second.with(i, p) : second;
      }
    }
    return lying(a, first, one).add(lying(b, second, other));
  }

  private static Expr lying(Expr x, Sharding wanted, @Nullable Sharding now) {
    return now == null && wanted.isReplicated() ? x : x.redistribute(wanted);
  }

  /// What a rule makes of a derivative; where the parts that it is in do not suit the rule, of the whole.
  static Expr derive(Expr g, Function<Expr, Expr> rule) {
    try {
      return rule.apply(g);
    } catch (ShardingException e) {
      Sharding lying = g.node().sharding();
      if (lying == null || lying.isReplicated()) {
        throw e;
      }
      return rule.apply(g.redistribute(Sharding.replicated(lying.mesh())));
    }
  }
}
