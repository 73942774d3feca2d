package org.teenygrad.engine.ir;

import java.util.List;

/// A derivative that is not the chain rule's: the payload of a [OpCode#PULLBACK].
@FunctionalInterface
public interface Pullback {
  /// From the cotangent of the result to those of the inputs.
  /// @param inputs those of the node but for the first, its value
  /// @return for each of them a node of its type and shape
  List<OpNode> cotangents(List<OpNode> inputs, OpNode cotangent);
}
