package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.teenygrad.Shape;

/// A place in a graph that a [Pattern] fits: the nodes by the names that the pattern gives them.
public final class Match {
  private final OpNode root;
  private final List<String> names = new ArrayList<>(4);
  private final List<OpNode> nodes = new ArrayList<>(4);

  Match(OpNode root) {
    this.root = root;
  }

  /// The node that the whole pattern fits.
  public OpNode root() {
    return root;
  }

  /// The node of that name.
  public OpNode get(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("the pattern has no '" + name + "', only " + names);
    }
    return nodes.get(index);
  }

  /// The value that fills the node of that name: Double, Long or Boolean.
  public Object value(String name) {
    OpNode constant = Objects.requireNonNull(Uniform.constant(get(name)), name);
    return constant.payload(Object.class);
  }

  /// A tensor of the root's type and shape, full of a value.
  public OpNode full(Number value) {
    return Uniform.of(root.dtype(), root.shape(), value);
  }

  /// Shape of the node of that name.
  public Shape shape(String name) {
    return get(name).shape();
  }

  /// Whether the name can mean that node: it is new, or meant it before.
  boolean bind(String name, OpNode node) {
    int index = names.indexOf(name);
    if (index >= 0) {
      return nodes.get(index) == node;
    }
    names.add(name);
    nodes.add(node);
    return true;
  }
}
