package org.teenygrad;

import java.util.function.Supplier;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// A part of a program whose results are constants to derivatives: see [Tensor#noGrad].
final class NoGrad {
  private static final ScopedValue<Boolean> AROUND = ScopedValue.newInstance();

  private NoGrad() {}

  static boolean isAround() {
    return AROUND.isBound();
  }

  static <T> T call(Supplier<T> action) {
    return ScopedValue.where(AROUND, true).call(action::get);
  }

  /// A node as a constant to the chain rule, if derivatives of it reach a parameter.
  static OpNode constant(OpNode node) {
    return Leaves.isTracked(node) ? OpNode.of(OpCode.DETACH, node) : node;
  }
}
