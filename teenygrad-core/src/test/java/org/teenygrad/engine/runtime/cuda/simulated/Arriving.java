package org.teenygrad.engine.runtime.cuda.simulated;

/// What is on its way to shared memory.
interface Arriving {
  int bytes();

  /// Writes it, when it comes.
  void to(SharedMemory shared, long target);
}
