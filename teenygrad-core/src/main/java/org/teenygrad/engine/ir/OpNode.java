package org.teenygrad.engine.ir;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Shape;

/// A node of the expression graph: an operation, its inputs and what else it needs to know. SITP's OpNode, tinygrad's UOp.
///
/// Nodes are immutable and interned: an expression that is built twice is one object, so `==` compares structure and a rewrite that
/// changes nothing returns the very node. Only a REDISTRIBUTE is a new node each time: its value may be there from before on one
/// rank and not on another, where nobody refers to it any more, and all must exchange or none. From a user's `Tensor` down to the
/// last line before LLVM there is no other kind of node. Graphs can be deep, so whoever walks one uses [Graph], never recursion.
///
/// ```java
/// OpNode two = OpNode.constant(DType.FLOAT32, 2.0);
/// OpNode four = OpNode.of(OpCode.ADD, two, two);
/// ```
public final class OpNode {
  private static final Interner INTERNER = new Interner();

  private final OpCode op;
  private final DType dtype;
  private final Shape shape;
  private final List<OpNode> inputs;
  private final @Nullable Object payload;
  private final @Nullable Sharding sharding;
  private final int hash;
  private volatile @Nullable OpNode realized;
  private volatile boolean hasSideEntries;
  private volatile @Nullable Origin origin;

  private OpNode(OpCode op, DType dtype, Shape shape, List<OpNode> inputs, @Nullable Object payload, @Nullable Sharding sharding, int hash) {
    this.op = op;
    this.dtype = dtype;
    this.shape = shape;
    this.inputs = inputs;
    this.payload = payload;
    this.sharding = sharding;
    this.hash = hash;
  }

  /// The node of an operation whose type follows from its inputs.
  /// @throws IllegalArgumentException if number, types or shapes of the inputs do not fit the operation's row, or they lie on a
  ///     mesh as they must not
  public static OpNode of(OpCode op, OpNode... inputs) {
    return create(op, null, List.of(inputs), null);
  }

  /// As [#of(OpCode, OpNode...)], with a payload.
  public static OpNode of(OpCode op, @Nullable Object payload, List<OpNode> inputs) {
    return create(op, null, inputs, payload);
  }

  /// The general form: `dtype` is used by operations that convert or start from nothing, and must be null or equal to
  /// the derived type elsewhere.
  @SuppressWarnings("NullAway") // a rule reads the payload only where its opcode carries one
  public static OpNode create(OpCode op, @Nullable DType dtype, List<OpNode> inputs, @Nullable Object payload) {
    List<OpNode> in = List.copyOf(inputs);
    if (op.arity() >= 0 && in.size() != op.arity()) {
      throw new IllegalArgumentException(op + " takes " + op.arity() + " inputs, not " + in.size());
    }
    DType type = op.typeRule.derive(op, dtype == null ? DType.FLOAT32 : dtype, in, payload);
    int hash = op.ordinal() * 31 + type.ordinal();
    hash = hash * 31 + Objects.hashCode(payload);
    for (OpNode input : in) {
      hash = hash * 31 + input.hash;
    }
    hash = mixed(hash);
    OpNode existing = INTERNER.find(hash, op, type, in, payload);
    if (existing != null) {
      return existing;
    }
    Shape shape = op.shapeRule.derive(op, in, payload);
    OpNode node = new OpNode(op, type, shape, in, payload, ShardingRules.derive(op, in, payload, shape), hash);
    OpNode made = op == OpCode.REDISTRIBUTE ? node : INTERNER.add(node);
    if (SourceLines.areRecorded() && made.origin == null) {
      made.origin = SourceLines.here();
    }
    return made;
  }

  /// Every bit of a hash depends on all of them (the end of MurmurHash3). Sums alone would not do: a difference of two
  /// products of one node counts that node's hash 31 * 32 times, and after seven such steps nothing is left of it.
  private static int mixed(int hash) {
    int h = (hash ^ hash >>> 16) * 0x85EBCA6B;
    h = (h ^ h >>> 13) * 0xC2B2AE35;
    return h ^ h >>> 16;
  }

  /// A scalar constant. Floating types round it to their precision, integer types wrap it, bool asks whether it is not 0.
  public static OpNode constant(DType dtype, Number value) {
    return create(OpCode.CONST, dtype, List.of(), Semantics.coerce(dtype, value));
  }

  public static OpNode constant(boolean value) {
    return create(OpCode.CONST, DType.BOOL, List.of(), value);
  }

  public static OpNode buffer(Storage storage) {
    return create(OpCode.BUFFER, storage.dtype(), List.of(), storage);
  }

  /// This node with other inputs: itself if they are the same objects.
  public OpNode withInputs(List<OpNode> changed) {
    for (int i = 0; ; i++) {
      if (i == inputs.size()) {
        return changed.size() == i ? this : rebuilt(changed);
      }
      if (changed.get(i) != inputs.get(i)) {
        return rebuilt(changed);
      }
    }
  }

  private OpNode rebuilt(List<OpNode> changed) {
    OpNode made = create(op, dtype, changed, payload);
    Origin mine = origin;
    Origin other = made.origin;
    if (mine != null && other != null && mine != other) {
      mine.join(other);
    } else if (mine != null) {
      made.origin = mine;
    }
    return made;
  }

  public OpCode op() {
    return op;
  }

  public DType dtype() {
    return dtype;
  }

  public Shape shape() {
    return shape;
  }

  /// How the tensor lies on a mesh, or null if it is on none; then the shape is that of the whole.
  public @Nullable Sharding sharding() {
    return sharding;
  }

  public List<OpNode> inputs() {
    return inputs;
  }

  public OpNode input(int i) {
    return inputs.get(i);
  }

  public @Nullable Object payload() {
    return payload;
  }

  /// The payload as the type that the operation's row names.
  public <T> T payload(Class<T> type) {
    return type.cast(Objects.requireNonNull(payload));
  }

  public boolean is(OpCode other) {
    return op == other;
  }

  /// Whether this is a CONST of that value.
  public boolean isConstant(double value) {
    return op == OpCode.CONST && Semantics.toDouble(Objects.requireNonNull(payload)) == value;
  }

  /// The BUFFER that holds this node's value since it was last computed, or null.
  public @Nullable OpNode realized() {
    return realized;
  }

  public void realizedAs(OpNode buffer) {
    realized = buffer;
  }

  /// Whether this node has entries in side tables (parameters, companions): walks over large graphs look up only such nodes.
  public boolean hasSideEntries() {
    return hasSideEntries;
  }

  /// Where it comes from, or null where nobody keeps that ([SourceLines]).
  @Nullable Origin origin() {
    return origin;
  }

  void origin(Origin of) {
    origin = of;
  }

  public void markSideEntry() {
    hasSideEntries = true;
  }

  boolean matches(OpCode otherOp, DType otherType, List<OpNode> otherInputs, @Nullable Object otherPayload) {
    if (op != otherOp || dtype != otherType || inputs.size() != otherInputs.size()) {
      return false;
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i) != otherInputs.get(i)) {
        return false;
      }
    }
    return Objects.equals(payload, otherPayload);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  /// One line: operation, payload, type and shape; [Printer] shows whole graphs.
  @Override
  public String toString() {
    return op + (payload == null ? "" : " " + payload) + " " + dtype + shape;
  }
}
