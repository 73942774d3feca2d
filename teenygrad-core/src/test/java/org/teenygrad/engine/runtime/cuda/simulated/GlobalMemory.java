package org.teenygrad.engine.runtime.cuda.simulated;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Slice;

/// The buffers that a launch was given; nothing else may be touched.
final class GlobalMemory {
  @SuppressWarnings("restricted")
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private final long[] begins;
  private final long[] ends;
  private int last;

  GlobalMemory(List<Buffer> buffers) {
    // Kernels may look before the start of a slice.
    List<Buffer> whole = buffers.stream().map(buffer -> buffer instanceof Slice slice ? slice.whole() : buffer).toList();
    begins = whole.stream().mapToLong(Buffer::address).toArray();
    ends = whole.stream().mapToLong(buffer -> buffer.address() + buffer.bytes()).toArray();
  }

  private void require(long address, int bytes) {
    if (address >= begins[last] && address + bytes <= ends[last]) {
      return;
    }
    for (int i = 0; i < begins.length; i++) {
      if (address >= begins[i] && address + bytes <= ends[i]) {
        last = i;
        return;
      }
    }
    throw new IllegalStateException("address " + address + " lies in no buffer");
  }

  long read(long address, int bytes) {
    require(address, bytes);
    return switch (bytes) {
      case 1 -> ALL.get(ValueLayout.JAVA_BYTE, address);
      case 2 -> ALL.get(ValueLayout.JAVA_SHORT, address);
      case 4 -> ALL.get(ValueLayout.JAVA_INT, address);
      default -> ALL.get(ValueLayout.JAVA_LONG, address);
    };
  }

  void write(long address, int bytes, long value) {
    require(address, bytes);
    switch (bytes) {
      case 1 -> ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
      case 2 -> ALL.set(ValueLayout.JAVA_SHORT, address, (short) value);
      case 4 -> ALL.set(ValueLayout.JAVA_INT, address, (int) value);
      default -> ALL.set(ValueLayout.JAVA_LONG, address, value);
    }
  }
}
