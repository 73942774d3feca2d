package org.teenygrad.engine.codegen;

import java.util.List;
import org.teenygrad.engine.ir.OpNode;

/// A step of a matrix product: multiplies the tiles of A and B of one pipeline stage, which lie one behind the other in a slot.
record MatmulStep(Ir ir, Products products, int leftBytes) implements Pipeline.Work {
  @Override
  public List<Ir.Carried> fold(List<OpNode> folds, String step, String slot, List<Ir.Carried> states) {
    return products.multiply(states, slot, ir.plus(slot, leftBytes));
  }

  @Override
  public List<Ir.Carried> settle(List<Ir.Carried> states) {
    return products.settle(states);
  }

  @Override
  public void fence() {
    products.fence();
  }
}
