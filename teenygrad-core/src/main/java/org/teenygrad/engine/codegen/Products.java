package org.teenygrad.engine.codegen;

import java.util.List;

/// Multiplies slabs of two factors in shared memory and adds up a tile of sums in registers, spread over the threads of a block.
sealed interface Products permits ScalarProducts, WarpProducts, WarpgroupProducts {
  /// A thread's sums before the first step.
  List<Ir.Carried> zero();

  /// Adds the products of two slabs, or starts to: [#settle] follows.
  /// @param left the byte in shared memory where the left slab starts
  List<Ir.Carried> multiply(List<Ir.Carried> sums, String left, String right);

  /// Waits for products that a unit makes by itself.
  default List<Ir.Carried> settle(List<Ir.Carried> sums) {
    return sums;
  }

  /// Makes what ordinary instructions wrote to shared memory visible to the unit that multiplies; a barrier follows.
  void fence();

  /// Writes the sums to the start of shared memory as float32, row by row.
  /// @param pitch how many floats apart rows are
  void store(List<Ir.Carried> sums, int pitch);
}
