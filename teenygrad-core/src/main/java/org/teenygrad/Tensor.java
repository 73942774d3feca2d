package org.teenygrad;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.ir.OpCode;
import org.teenygrad.ir.OpNode;
import org.teenygrad.ir.Storage;
import org.teenygrad.schedule.Realizer;

/// An n-dimensional array of numbers that computes itself lazily and differentiates itself.
///
/// A tensor is a handle on a node of the expression graph. Nothing runs until somebody asks for values.
@SuppressWarnings("exports") // node() is for the engine; the ir package is not the user's
public final class Tensor extends Creation
    implements Elementwise,
        Movement,
        Reductions,
        Contractions,
        Indexing,
        Activations,
        Normalization,
        Losses,
        Attention {
  private final @Nullable Device device;
  private volatile OpNode node;

  private Tensor(OpNode node, @Nullable Device device) {
    this.node = node;
    this.device = device;
  }

  /// A handle on a node, which is computed at once in [Eager] mode.
  static Tensor wrap(OpNode node) {
    return new Tensor(node, deviceOf(node));
  }

  static Tensor owning(Storage storage) {
    return new Tensor(OpNode.buffer(storage), storage.device());
  }

  /// One operation on tensors that have the shapes and types that its row in [OpCode] asks for.
  static Tensor apply(OpCode op, Tensor... inputs) {
    return create(op, null, null, inputs);
  }

  /// As [#apply], for operations with a payload.
  static Tensor applyWith(OpCode op, Object payload, Tensor... inputs) {
    return create(op, null, payload, inputs);
  }

  /// The general form: `dtype` is null where the operation derives it.
  static Tensor create(
      OpCode op, @Nullable DType dtype, @Nullable Object payload, Tensor... inputs) {
    Device device = null;
    List<OpNode> nodes = new ArrayList<>(inputs.length);
    for (Tensor input : inputs) {
      nodes.add(input.node());
      device = common(op, device, input.device);
    }
    return new Tensor(OpNode.create(op, dtype, nodes, payload), device);
  }

  private static @Nullable Device common(OpCode op, @Nullable Device one, @Nullable Device other) {
    if (one != null && other != null && !one.equals(other)) {
      throw new IllegalArgumentException(
          op + ": operands are on " + one + " and " + other + "; move one with to(device)");
    }
    return one == null ? other : one;
  }

  /// Where the first buffer or copy below a node is; null if there is none.
  private static @Nullable Device deviceOf(OpNode root) {
    ArrayDeque<OpNode> stack = new ArrayDeque<>(List.of(root));
    Set<OpNode> seen = new HashSet<>();
    while (!stack.isEmpty()) {
      OpNode node = stack.pop();
      if (node.is(OpCode.BUFFER)) {
        return node.payload(Storage.class).device();
      }
      if (node.is(OpCode.COPY)) {
        return node.payload(Device.class);
      }
      if (seen.add(node)) {
        node.inputs().forEach(stack::push);
      }
    }
    return null;
  }

  /// The node of the expression graph that operations on this tensor build on.
  public OpNode node() {
    return node;
  }

  public Shape shape() {
    return node.shape();
  }

  public DType dtype() {
    return node.dtype();
  }

  /// The number of axes.
  public int rank() {
    return node.shape().rank();
  }

  /// The size of an axis; a negative axis counts from the last.
  public int size(int axis) {
    return node.shape().size(axis);
  }

  /// The number of elements.
  public long elements() {
    return node.shape().elements();
  }

  /// Where the values are or will be.
  public Device device() {
    return device == null ? HostData.defaultDevice() : device;
  }

  /// The values as another type; this tensor itself if it has that type.
  public Tensor cast(DType type) {
    return dtype() == type ? this : create(OpCode.CAST, type, null, this);
  }

  /// Computes this tensor now.
  /// @return this
  public Tensor realize() {
    Realizer.realize(List.of(node()));
    return this;
  }

  /// The one element as a float.
  public float item() {
    realize();
    try (Arena arena = Arena.ofConfined()) {
      return HostData.read(Objects.requireNonNull(node.realized()), arena)
          .get(ValueLayout.JAVA_FLOAT, 0);
    }
  }
}
