package org.teenygrad.engine.ir;

/// The payload of a STORE that goes across the loops of its kernel.
public enum Totals {
  /// It stores sums over those outer loops that its index does not change with, and has the loops of the kernel's FOLDs that its
  /// index changes with for its own. So a kernel that makes a matrix row by row to reduce the rows reduces its columns as well:
  /// attention's derivatives by keys and values add up over the queries, those by queries over the keys.
  ///
  /// The STORE's last input is a LOAD of an integer for each row of sums: how many have added to it. It is 0 before and after the
  /// kernel, which has those who add do so in their order, so that the sums have the same bits each time.
  SUMS,

  /// It stores what is made of such sums of the same kernel, element by element and along the same loops: a LOAD of a sum gives
  /// what it is when all has been added.
  RESULTS;

  /// Whether a STORE is one.
  public static boolean is(OpNode store) {
    return store.payload() instanceof Totals;
  }
}
