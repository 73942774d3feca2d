package org.teenygrad;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.schedule.Realizer;
import org.teenygrad.host.Formatting;

/// An n-dimensional array of numbers that computes itself lazily and differentiates itself.
///
/// A tensor is a handle on a node of the expression graph. Operations build nodes and return at once; nothing runs
/// until somebody asks for values ([#realize()], [#item()], [#data()], [#toString()]), and then everything that is
/// needed runs as a few fused kernels.
///
/// ```java
/// var x1 = Tensor.of(9f).requiresGrad();
/// var x2 = Tensor.of(10f).requiresGrad();
/// var d = x1.exp().mul(x2.sin().square());   // nothing has run yet
/// d.backward();                              // nor here
/// d.item();                                  // now it has
/// x1.grad().item();
/// ```
///
/// Tensors may be used by several threads. Methods never change a tensor, but for [#assign], [#update],
/// [#requiresGrad(boolean)], [#backward()] and [#zeroGrad()].
@SuppressWarnings("exports") // node() is for the engine: its package is not exported to users
public final class Tensor extends Joining
    implements Attributes,
        Elementwise,
        Transcendentals,
        Trigonometry,
        SpecialFunctions,
        GammaAndBessel,
        ComplexNumbers,
        Fourier,
        Comparisons,
        Casts,
        Filling,
        Movement,
        Slicing,
        Shuffling,
        Reductions,
        Statistics,
        Summaries,
        Contractions,
        MatrixProducts,
        Distances,
        Convolutions,
        Pooling,
        LinearAlgebra,
        MatrixFunctions,
        Indexing,
        Replacing,
        Arranging,
        Activations,
        Normalization,
        Losses,
        MarginLosses,
        LikelihoodLosses,
        NeighbourNorms,
        Embeddings,
        Dropouts,
        Attention,
        Distributing,
        Values,
        Differentiable {
  /// Whether `backward()` adds to the gradient of a tensor: not at all, as its end point, or in passing.
  private enum Collecting {
    NOTHING,
    LEAF,
    PASSING
  }

  /// A loop that assigns and never asks for values must not grow: after so many assignments they are computed.
  private static final int MOST_PENDING_WRITES = 100;

  private final @Nullable Device device;
  private volatile OpNode node;
  private volatile boolean ownsStorage;
  private volatile boolean keepsExpression;
  private volatile int pendingWrites;

  /// Whether no derivatives of [#node] reach a parameter, because it was made in [#noGrad].
  private volatile boolean madeWithoutGrad;
  private volatile Collecting collecting = Collecting.NOTHING;
  private volatile @Nullable Tensor grad;

  private Tensor(OpNode node, @Nullable Device device) {
    this.node = node;
    this.device = device;
  }

  /// A handle on a node.
  static Tensor wrap(OpNode node) {
    return new Tensor(node, deviceOf(node));
  }

  /// The tensor of a storage that nobody else refers to.
  static Tensor owning(Storage storage) {
    Tensor tensor = new Tensor(OpNode.buffer(storage), storage.device());
    tensor.ownsStorage = true;
    return tensor;
  }

  /// One operation on tensors that have the shapes and types that its row in [OpCode] asks for.
  static Tensor apply(OpCode op, Tensor... inputs) {
    return create(op, null, null, inputs);
  }

  /// As [#apply], for operations with a payload.
  static Tensor applyWith(OpCode op, Object payload, Tensor... inputs) {
    return create(op, null, payload, inputs);
  }

  /// The general form: `dtype` is null where the operation derives it. In [Eager] mode the result is computed at once.
  static Tensor create(OpCode op, @Nullable DType dtype, @Nullable Object payload, Tensor... inputs) {
    Device device = op == OpCode.COPY ? (Device) payload : null;
    List<OpNode> nodes = new ArrayList<>(inputs.length);
    boolean noGrad = NoGrad.isAround();
    for (Tensor input : inputs) {
      nodes.add(noGrad ? input.constantNode() : input.node());
      device = op == OpCode.COPY ? device : common(op, device, input.device);
    }
    Tensor result = new Tensor(OpNode.create(op, dtype, nodes, payload), device);
    result.madeWithoutGrad = noGrad;
    return Eager.enabled() && !op.isMovement() ? result.realize() : result;
  }

  private static @Nullable Device common(OpCode op, @Nullable Device one, @Nullable Device other) {
    if (one != null && other != null && !one.equals(other)) {
      throw new IllegalArgumentException(
          op + ": operands are on " + one + " and " + other + "; move one of them with to(device)");
    }
    return one == null ? other : one;
  }

  /// Where the first buffer or copy below a node is; null over constants alone, which are at home everywhere.
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

  /// The node of the expression graph that operations on this tensor build on, for the engine.
  ///
  /// Once this tensor is computed that is the BUFFER with its value, and the expression is forgotten, unless
  /// derivatives have to go through it: then it stays the expression, which knows its value by [OpNode#realized].
  public OpNode node() {
    return ownsStorage ? settled() : node;
  }

  /// The same value under another handle, for operations that find nothing to do: what is assigned to this tensor later does not
  /// show through it.
  Tensor alias() {
    boolean noGrad = NoGrad.isAround();
    Tensor alias = new Tensor(noGrad ? constantNode() : node(), device);
    alias.madeWithoutGrad = noGrad;
    return alias;
  }

  private OpNode constantNode() {
    return isConstant() ? node() : NoGrad.constant(node());
  }

  /// Whether it is known, without walking the graph, that no derivatives reach a parameter.
  private boolean isConstant() {
    return madeWithoutGrad && collecting == Collecting.NOTHING;
  }

  /// The node, which becomes the BUFFER if it has been computed and no derivatives need it. Only for tensors that were
  /// asked for themselves: others may have computed the same expression, and derivatives of this one still be wanted.
  OpNode settled() {
    OpNode current = node;
    OpNode value = keepsExpression ? null : current.realized();
    if (value == null || value == current || value.payload(Storage.class).overwritten()) {
      return current;
    }
    if (isLeaf()) {
      Leaves.register(value, this);
    } else if (current.dtype().isFloating() && ((Eager.enabled() && !ownsStorage) || !isConstant() && Leaves.isTracked(current))) {
      keepsExpression = true;
      return current;
    }
    node = value;
    return value;
  }

  /// Whether its data is there, in a storage that nobody else refers to: an [#update] takes over that memory.
  boolean ownsData() {
    OpNode current = node();
    return ownsStorage && current.is(OpCode.BUFFER) && current.payload(Storage.class).memory() != null;
  }

  /// Makes this tensor the value of another node, of its shape and type.
  void become(OpNode changed) {
    keepsExpression = false;
    madeWithoutGrad = false;
    node = changed;
    if (collecting != Collecting.NOTHING) {
      Leaves.register(changed, this);
    }
    if (Eager.enabled()) {
      realize();
    }
  }

  /// The sizes of the axes.
  /// ```java
  /// Tensor.ones(2, 3).shape();   // (2, 3)
  /// ```
  public Shape shape() {
    return node.shape();
  }

  /// The type of the elements.
  /// ```java
  /// Tensor.ones(2, 3).dtype();   // float32
  /// ```
  public DType dtype() {
    return node.dtype();
  }

  /// Where the values are or will be.
  /// ```java
  /// Tensor.ones(2).to(Device.of("interpreter")).device();   // interpreter
  /// ```
  public Device device() {
    return device == null ? Devices.defaultDevice() : device;
  }

  /// Where the values are, or null for an expression of constants, which is at home everywhere.
  @Nullable Device deviceOrNull() {
    return device;
  }

  /// The same values on another device. PyTorch's `to(device)`.
  /// ```java
  /// Tensor.of(1, 2).to(Device.of("interpreter"));   // [1 2]
  /// ```
  public Tensor to(Device target) {
    return target.equals(device()) ? alias() : applyWith(OpCode.COPY, target, this);
  }

  /// Computes this tensor now.
  /// ```java
  /// var z = x.exp().realize();   // computed, and from here on a constant
  /// ```
  /// @return this
  public Tensor realize() {
    realize(List.of(this));
    return this;
  }

  /// Whether the values have been computed and are still there: if not, [#realize()], [#item()] and the like compute them. tinygrad's
  /// `is_realized`.
  /// ```java
  /// var z = x.exp();
  /// z.isRealized();             // false
  /// z.realize().isRealized();   // true
  /// ```
  public boolean isRealized() {
    OpNode current = node();
    OpNode value = current.is(OpCode.BUFFER) ? current : current.realized();
    return value != null && value.payload(Storage.class).memory() != null;
  }

  /// Computes several tensors in one schedule, which shares and fuses their common parts.
  public static void realize(Tensor... tensors) {
    realize(Arrays.asList(tensors));
  }

  /// Computes several tensors in one schedule.
  public static void realize(Collection<Tensor> tensors) {
    Collection<Tensor> all = Companions.with(tensors);
    Realizer.realize(all.stream().map(Tensor::node).toList());
    all.forEach(Tensor::settled);
  }

  /// Has others computed in the same schedule as this tensor, whoever asks for it or for what is built on it. For what a layer
  /// keeps on the side: BatchNorm's statistics are assigned when its output is made, and computed when the loss is.
  /// ```java
  /// var seen = Tensor.zeros(1);
  /// var y = x.mul(2).alongside(seen.assign(seen.add(1)));
  /// y.sum().realize();   // seen is computed, too
  /// ```
  /// @return this
  public Tensor alongside(Tensor... others) {
    Companions.register(node(), others);
    return this;
  }

  /// The same values as a constant to derivatives: nothing flows back through it. PyTorch's `detach`.
  /// ```java
  /// var w = Tensor.of(3f).requiresGrad();
  /// w.mul(w.detach()).backward();
  /// w.grad();   // 3.0
  /// ```
  public Tensor detach() {
    OpNode current = node();
    OpNode value = current.is(OpCode.BUFFER) ? current : current.realized();
    if (value == null || value.payload(Storage.class).overwritten() || Leaves.isTracked(value)) {
      return apply(OpCode.DETACH, this);
    }
    return new Tensor(value, device);
  }

  /// Does `action`, in which every operation's result is a constant to derivatives: PyTorch's `torch.no_grad()`. So nothing is kept
  /// for the sake of derivatives, and parameters may be changed by hand.
  /// ```java
  /// var w = Tensor.of(3f).requiresGrad();
  /// w.square().backward();
  /// Tensor.noGrad(() -> w.assign(w.sub(w.grad().mul(0.1))));
  /// w;   // 2.4
  /// ```
  /// It belongs to the code that runs, as [org.teenygrad.nn.Mode] does; other threads are not concerned.
  public static <T> T noGrad(Supplier<T> action) {
    return NoGrad.call(action);
  }

  /// As [#noGrad(Supplier)] without a result.
  public static void noGrad(Runnable action) {
    NoGrad.call(() -> {
      action.run();
      return action;
    });
  }

  /// The same values in memory of their own, in row-major order; derivatives flow. PyTorch's `contiguous`.
  /// ```java
  /// Tensor.arange(4).reshape(2, 2).t().contiguous();   // [[0 2]
  ///                                                    //  [1 3]]
  /// ```
  public Tensor contiguous() {
    return apply(OpCode.CONTIGUOUS, this);
  }

  /// The same values in memory of their own, which later assignments to this tensor leave alone; derivatives flow. PyTorch's `clone`.
  ///
  /// What [#update] could overwrite, a parameter or other memory, is copied at once, an expression when it is computed.
  /// ```java
  /// var w = Tensor.of(1f, 2f);
  /// var before = w.clone();
  /// w.update(w.add(1)).realize();
  /// before;   // [1. 2.]
  /// ```
  @Override
  public Tensor clone() {
    return ownsStorage ? contiguous().realize() : contiguous();
  }

  /// Changes this tensor's values. Tensors that were computed from it, or will be from expressions built on it before, keep meaning
  /// the old values. After a hundred assignments that nobody asked for they are computed. No derivatives flow from a leaf to its
  /// new values. PyTorch's `copy_`. A tensor that is assigned parts lies as they do from then on; one of which this rank has parts
  /// and that is assigned a whole one keeps its parts of that.
  /// ```java
  /// var w = Tensor.of(1f, 2f);
  /// var old = w.mul(10);
  /// w.assign(w.add(1));   // w is [2. 3.], old is [10. 20.]
  /// ```
  /// @return this
  /// @throws IllegalArgumentException if shape, type or device differ
  public Tensor assign(Tensor values) {
    return write("assign", values, false);
  }

  /// As [#assign], but gives the old values' memory to the new ones: for optimizers and caches, which change large
  /// tensors a little. Expressions on the old values that are not computed by then, nor computed together with this
  /// tensor, are lost: to compute one later throws an [IllegalStateException].
  /// ```java
  /// var w = Tensor.of(1f, 2f);
  /// w.update(w.add(1));   // [2. 3.]
  /// ```
  /// @return this
  /// @throws IllegalArgumentException if shape, type or device differ
  public Tensor update(Tensor values) {
    return write("update", values, true);
  }

  Tensor write(String name, Tensor values, boolean overwrite) {
    if (!values.shape().equals(shape()) || values.dtype() != dtype()) {
      throw new IllegalArgumentException(
          name + ": a tensor of " + dtype() + " " + shape() + " cannot take " + values.dtype() + " " + values.shape()
              + "; cast and broadcastTo make them fit");
    }
    common(OpCode.ASSIGN, device(), values.device);
    OpNode value = values.node();
    boolean isConstant = NoGrad.isAround() && values.isConstant();
    if (!isLeaf() && !isConstant && Leaves.isTracked(value)) {
      // An ASSIGN that has run is data, and derivatives end there: what they have to go through stays an expression.
      ownsStorage = false;
      become(OpNode.of(OpCode.CONTIGUOUS, value));
      return this;
    }
    OpNode current = node();
    pendingWrites = current.is(OpCode.ASSIGN) && current.realized() == null ? pendingWrites + 1 : 0;
    if (pendingWrites == MOST_PENDING_WRITES) {
      current = realize().node();
      pendingWrites = 0;
    }
    // Data that is still to be written, or that others may refer to, is left alone: the new values get a storage of
    // their own, as those do that lie in other parts than the old ones.
    boolean inPlace = ownsStorage && current.is(OpCode.BUFFER) && !liesAnew(value.sharding(), current.sharding());
    OpNode target = inPlace ? current : OpNode.buffer(new Storage(dtype(), shape(), device(), value.sharding()));
    ownsStorage = true;
    become(OpNode.of(OpCode.ASSIGN, inPlace && overwrite, List.of(target, value)));
    madeWithoutGrad = isConstant;
    return this;
  }

  private static boolean liesAnew(@Nullable Sharding value, @Nullable Sharding current) {
    return value != null && !value.isReplicated() && !value.isPartial() && !value.equals(current);
  }

  /// Makes this tensor a parameter: [#backward()] adds to its [#grad()]. PyTorch's `requires_grad_()`.
  /// ```java
  /// Tensor.of(1f).requiresGrad().isLeaf();   // true
  /// ```
  /// @return this
  public Tensor requiresGrad() {
    return requiresGrad(true);
  }

  /// Whether [#backward()] adds to this tensor's [#grad()].
  ///
  /// A tensor that does not depend on another such tensor becomes a leaf with a storage of its own, so that two
  /// parameters that start from equal values are two. One that does stays part of the expression and collects its
  /// gradient in passing, as by PyTorch's `retain_grad`. `false` keeps the values and frees the gradient.
  /// @return this
  /// @throws IllegalArgumentException if the type is not floating
  public Tensor requiresGrad(boolean wanted) {
    if (!wanted) {
      collecting = Collecting.NOTHING;
      grad = null;
    } else if (collecting == Collecting.NOTHING) {
      if (!dtype().isFloating()) {
        throw new IllegalArgumentException("requiresGrad: " + dtype() + " has no derivatives; only floating types do");
      }
      OpNode current = node();
      if (Leaves.isTracked(current)) {
        collecting = Collecting.PASSING;
        if (Leaves.at(current) != null) {
          current = OpNode.of(OpCode.RESHAPE, shape(), List.of(current)); // the node collects for another tensor already
          node = current;
        }
        Leaves.register(current, this);
      } else {
        collecting = Collecting.LEAF;
        own(current);
      }
    }
    return this;
  }

  private void own(OpNode current) {
    if (ownsStorage) {
      Leaves.register(current, this);
    } else {
      ownsStorage = true;
      OpNode storage = OpNode.buffer(new Storage(dtype(), shape(), device(), current.sharding()));
      become(OpNode.of(OpCode.ASSIGN, false, List.of(storage, current)));
    }
  }

  /// Whether this is a parameter that gradients end at. PyTorch's `is_leaf and requires_grad`.
  /// ```java
  /// weight.mul(2).isLeaf();   // false
  /// ```
  public boolean isLeaf() {
    return collecting == Collecting.LEAF;
  }

  boolean collectsGradient() {
    return collecting != Collecting.NOTHING;
  }

  /// The gradient that [#backward()] has added up, of this tensor's shape and type.
  /// ```java
  /// weight.sum().backward();
  /// weight.grad().sum();   // 16.0
  /// ```
  /// @throws IllegalStateException if there is none: [#hasGrad()] asks
  public Tensor grad() {
    Tensor present = grad;
    if (present == null) {
      throw new IllegalStateException(
          collectsGradient()
              ? "grad: no backward() has reached this tensor " + shape() + " since it was made or zeroGrad() was called"
              : "grad: this tensor " + shape()
                  + " does not collect gradients; call requiresGrad() on it before using it");
    }
    return present;
  }

  /// Whether there is a gradient.
  /// ```java
  /// weight.hasGrad();   // false
  /// ```
  public boolean hasGrad() {
    return grad != null;
  }

  /// Replaces the gradient, as clipping does.
  /// ```java
  /// weight.sum().backward();
  /// weight.setGrad(weight.grad().clamp(-0.5, 0.5));
  /// ```
  /// @throws IllegalArgumentException if shape or type differ from this tensor's
  public void setGrad(Tensor changed) {
    if (!changed.shape().equals(shape()) || changed.dtype() != dtype()) {
      throw new IllegalArgumentException(
          "setGrad: " + changed.dtype() + " " + changed.shape() + " for a tensor of " + dtype() + " " + shape());
    }
    grad = changed;
  }

  /// Forgets the gradient, so that the next [#backward()] starts from nothing.
  /// ```java
  /// weight.sum().backward();
  /// weight.zeroGrad();
  /// weight.hasGrad();   // false
  /// ```
  public void zeroGrad() {
    grad = null;
  }

  void addToGrad(Tensor more) {
    Tensor present = grad;
    grad = present == null ? more : present.add(more);
  }

  /// The values as NumPy prints them, computed if need be; long axes are shortened to three elements at each end. What JShell
  /// echoes computes nothing: there a tensor without values prints its type, shape and expression.
  /// ```java
  /// Tensor.of(new float[][] {{1, 2.5f}, {3, 4}}).toString();   // [[1.  2.5]
  ///                                                            //  [3.  4. ]]
  /// ```
  @Override
  public String toString() {
    return !isRealized() && Echo.isAsking() ? Expression.describe(this) : HostData.read(this, Formatting::format);
  }
}
