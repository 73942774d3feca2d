package org.teenygrad.engine.runtime.cuda.simulated;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A block's shared memory, at first full of NaNs. It knows of each 16 bytes who is still at work there: what nobody may read because it is on
/// its way, what nobody may write because tensor cores read it, and what tensor cores do not see yet.
final class SharedMemory {
  /// Where the number of a block in its cluster begins in addresses.
  private static final int RANK = 24;

  private static final int CHUNK = 16;

  /// The first address.
  final long base;

  private final ByteBuffer bytes;

  /// Of each chunk how many bulk copies are on their way to it, and how many products read it.
  private final int[] arriving;
  private final int[] multiplied;

  /// Who wrote to each chunk by ordinary instructions, and how many fences that thread had passed.
  private final GpuThread[] writers;
  private final int[] fences;

  SharedMemory(int rank, int size) {
    base = (long) rank << RANK;
    bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.fill(bytes.array(), (byte) 0xFF);
    int chunks = Math.ceilDiv(size, CHUNK);
    arriving = new int[chunks];
    multiplied = new int[chunks];
    writers = new GpuThread[chunks];
    fences = new int[chunks];
  }

  /// The same place in a block's own memory.
  static long withoutRank(long address) {
    return address & (1L << RANK) - 1;
  }

  private int offset(long address, int count) {
    long offset = address - base;
    if (offset < 0 || offset + count > bytes.capacity()) {
      throw new IllegalStateException("address " + Long.toHexString(address) + " lies outside the block's " + bytes.capacity() + " bytes of shared memory");
    }
    return (int) offset;
  }

  long read(long address, int count) {
    int at = offset(address, count);
    if (arriving[at / CHUNK] != 0) {
      throw new IllegalStateException("byte " + at + " of shared memory is read before it is known to have arrived");
    }
    return readUnchecked(at, count);
  }

  /// @param at counts from the block's first byte
  long readUnchecked(int at, int count) {
    return switch (count) {
      case 1 -> bytes.get(at);
      case 2 -> bytes.getShort(at);
      case 4 -> bytes.getInt(at);
      default -> bytes.getLong(at);
    };
  }

  void write(GpuThread by, long address, int count, long value) {
    requireUnused(address, count);
    int at = offset(address, count);
    put(at, count, value);
    writers[at / CHUNK] = by;
    fences[at / CHUNK] = by.fences;
  }

  private void put(int at, int count, long value) {
    switch (count) {
      case 1 -> bytes.put(at, (byte) value);
      case 2 -> bytes.putShort(at, (short) value);
      case 4 -> bytes.putInt(at, (int) value);
      default -> bytes.putLong(at, value);
    }
  }

  /// Throws if something is on its way there, or is read by tensor cores.
  void requireUnused(long address, int count) {
    int at = offset(address, count);
    for (int chunk = at / CHUNK; chunk * CHUNK < at + count; chunk++) {
      if (arriving[chunk] != 0 || multiplied[chunk] != 0) {
        throw new IllegalStateException("byte " + chunk * CHUNK + " of shared memory is written while " + (arriving[chunk] != 0 ? "a copy is on its way there" : "tensor cores read it"));
      }
    }
  }

  /// A bulk copy is on its way.
  void expect(long address, int count) {
    requireUnused(address, count);
    mark(arriving, address, count, 1);
  }

  private void mark(int[] users, long address, int count, int change) {
    int at = offset(address, count);
    for (int chunk = at / CHUNK; chunk * CHUNK < at + count; chunk++) {
      users[chunk] += change;
    }
  }

  /// A bulk copy has come.
  void arrived(long address, int count) {
    mark(arriving, address, count, -1);
    int at = offset(address, count);
    Arrays.fill(writers, at / CHUNK, Math.ceilDiv(at + count, CHUNK), null);
  }

  /// A part of a bulk copy comes.
  void arrive(long address, int count, long value) {
    put(offset(address, count), count, value);
  }

  /// Tensor cores begin to read some bytes.
  void startMultiplying(int at, int count) {
    for (int chunk = at / CHUNK; chunk * CHUNK < at + count; chunk++) {
      GpuThread writer = writers[chunk];
      if (arriving[chunk] != 0) {
        throw new IllegalStateException("byte " + chunk * CHUNK + " of shared memory is multiplied before it is known to have arrived");
      }
      if (writer != null && writer.fences == fences[chunk]) {
        throw new IllegalStateException("byte " + chunk * CHUNK + " of shared memory is multiplied without a fence after thread " + writer.number + " wrote it");
      }
      multiplied[chunk]++;
    }
  }

  void endMultiplying(int at, int count) {
    for (int chunk = at / CHUNK; chunk * CHUNK < at + count; chunk++) {
      multiplied[chunk]--;
    }
  }
}
