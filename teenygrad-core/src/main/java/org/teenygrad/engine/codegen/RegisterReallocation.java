package org.teenygrad.engine.codegen;

/// Registers of a thread (PTX ISA, "setmaxnreg"): what the group of the one that fetches needs few of, two groups that compute take.
/// Together they are all that a multiprocessor has.
record RegisterReallocation(int fetching, int computing) {
  static final RegisterReallocation OF_TILES = new RegisterReallocation(24, 240);

  /// Where the thread that fetches goes over pieces of tiles.
  static final RegisterReallocation OF_PIECES = new RegisterReallocation(40, 232);

  void keep(Ir ir) {
    ir.gpu().keepRegisters(fetching);
  }

  void take(Ir ir) {
    ir.gpu().takeRegisters(computing);
  }
}
