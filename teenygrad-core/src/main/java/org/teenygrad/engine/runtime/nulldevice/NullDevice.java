package org.teenygrad.engine.runtime.nulldevice;

import java.lang.foreign.MemorySegment;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// The device `null`: accepts every kernel and runs none, and its memory takes no room. For counting kernels, planning
/// memory and timing the compiler. It pretends to be a processor with AVX-512.
public final class NullDevice {
  private static final Target.Cpu TARGET = new Target.Cpu(64, 32, 48 << 10, 2 << 20, 2);

  private NullDevice() {}

  public static Runtime open(Device device) {
    return new Runtime(device, new Nowhere(), TARGET, program -> arguments -> {});
  }

  private record Nothing(long bytes) implements Buffer {
    @Override
    public long address() {
      return 0;
    }

    @Override
    public void free() {}
  }

  private static final class Nowhere implements Allocator {
    @Override
    public Buffer allocate(long bytes) {
      return new Nothing(bytes);
    }

    @Override
    public void copyIn(Buffer target, MemorySegment source) {}

    /// Every value is 0.
    @Override
    public void copyOut(Buffer source, MemorySegment target) {
      target.fill((byte) 0);
    }
  }
}
