package org.teenygrad.engine.schedule;

import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// The stand-in for an index that is an element of a tensor, used while indices are worked out: a RANGE with a large
/// number. [Lowering] puts the element in its place.
final class DataIndex {
  /// The first number that stands for an element and no loop.
  static final int FIRST = 1 << 20;

  private DataIndex() {}

  /// What stands for "the element is within the axis that it indexes".
  static OpNode inRange(OpNode placeholder) {
    return OpNode.of(OpCode.NE, placeholder, IndexAlgebra.constant(-1));
  }
}
