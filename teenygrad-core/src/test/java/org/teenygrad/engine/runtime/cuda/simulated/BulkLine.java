package org.teenygrad.engine.runtime.cuda.simulated;

/// Some bytes on their way from global memory to shared memory (PTX ISA, "cp.async.bulk").
///
/// @param source the address of the first
record BulkLine(GlobalMemory memory, long source, int bytes) implements Arriving {
  private static final int CHUNK = 16;

  BulkLine {
    if (source % CHUNK != 0 || bytes % CHUNK != 0) {
      throw new IllegalStateException(bytes + " bytes from " + Long.toHexString(source));
    }
  }

  @Override
  public void to(SharedMemory shared, long target) {
    if (target % CHUNK != 0) {
      throw new IllegalStateException("bytes at " + Long.toHexString(target));
    }
    for (int i = 0; i < bytes; i += Integer.BYTES) {
      shared.arrive(target + i, Integer.BYTES, memory.read(source + i, Integer.BYTES));
    }
  }
}
