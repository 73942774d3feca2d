package org.teenygrad;

/// How a tensor lies along one axis of a [Mesh]: cut into parts, whole on each device, or as terms that are still to be combined. PyTorch's
/// `torch.distributed.tensor.Placement`.
///
/// ```java
/// Placement rows = Placement.shard(0);       // device i has the i-th part of axis 0
/// Placement whole = Placement.replicate();   // each device has all of it
/// Placement sum = Placement.partial();       // what all devices have, added, is the value
/// ```
public sealed interface Placement {
  /// The part `i * c .. (i + 1) * c` of an axis is on device `i`, where `c` is the axis's size by that of the mesh axis, rounded
  /// up: the last devices may have less, or nothing. PyTorch's `Shard`.
  ///
  /// @param axis of the tensor, from 0
  record Shard(int axis) implements Placement {
    /// @throws IllegalArgumentException if the axis is negative
    public Shard {
      if (axis < 0) {
        throw new IllegalArgumentException("shard: axis " + axis + "; axes count from 0");
      }
    }

    @Override
    public String toString() {
      return "Shard(" + axis + ")";
    }
  }

  /// Each device has the whole value. PyTorch's `Replicate`.
  record Replicate() implements Placement {
    @Override
    public String toString() {
      return "Replicate";
    }
  }

  /// Each device has a term; the value is all of them combined. PyTorch's `Partial`.
  record Partial(Combine combine) implements Placement {
    @Override
    public String toString() {
      return "Partial(" + combine + ")";
    }
  }

  /// How terms make a value.
  enum Combine {
    ADD,
    MUL,
    MAX,
    MIN
  }

  /// Parts of an axis.
  /// @throws IllegalArgumentException if the axis is negative
  static Placement shard(int axis) {
    return new Shard(axis);
  }

  /// The whole value everywhere.
  static Placement replicate() {
    return new Replicate();
  }

  /// Terms of a sum.
  static Placement partial() {
    return new Partial(Combine.ADD);
  }
}
