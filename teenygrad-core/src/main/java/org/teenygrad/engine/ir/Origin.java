package org.teenygrad.engine.ir;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a node comes from, kept for views of graphs ([SourceLines]): the line of the program that made it, and of derivatives what
/// they are derivatives of. It goes with a node through passes: what is made in place of a node has the node's origin, so that
/// several nodes may share one.
public final class Origin {
  private final StackWalker.@Nullable StackFrame frame;
  private final @Nullable Origin derivativeOf;
  private volatile @Nullable Origin gradient;
  private volatile @Nullable Origin same;

  private Origin(StackWalker.@Nullable StackFrame frame, @Nullable Origin derivativeOf) {
    this.frame = frame;
    this.derivativeOf = derivativeOf;
  }

  static Origin at(StackWalker.StackFrame frame) {
    return new Origin(frame, null);
  }

  /// That of a node whose line was not kept.
  static Origin unknown() {
    return new Origin(null, null);
  }

  /// That of what the chain rule makes of a node with this one.
  Origin ofDerivative() {
    return new Origin(frame, this);
  }

  /// The line of the program; empty where it was not kept.
  public Optional<StackTraceElement> line() {
    return Optional.ofNullable(frame).map(StackWalker.StackFrame::toStackTraceElement);
  }

  /// One of all origins that equal nodes have: graphs of equal structure have the same nodes, when their data is bound to slots,
  /// and these have the origin of the first.
  public Origin root() {
    Origin root = this;
    for (Origin next = same; next != null; next = root.same) {
      root = next;
    }
    return root;
  }

  /// Nodes with this origin and with another turned out to be equal.
  void join(Origin other) {
    Origin mine = root();
    Origin first = other.root();
    if (mine != first && derivativeOf == null && other.derivativeOf == null) {
      mine.same = first;
      first.gradient = mine.gradient == null ? first.gradient : mine.gradient;
    }
  }

  /// That of the node whose chain rule made a derivative; empty for what is none.
  public Optional<Origin> derivativeOf() {
    return Optional.ofNullable(derivativeOf);
  }

  /// That of the node's gradient, of what was derived last; empty where nothing was.
  public Optional<Origin> gradient() {
    return Optional.ofNullable(root().gradient);
  }

  void gradient(Origin of) {
    root().gradient = of;
  }
}
