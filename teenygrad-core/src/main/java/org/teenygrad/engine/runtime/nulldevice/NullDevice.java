package org.teenygrad.engine.runtime.nulldevice;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Communicator;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// The device `null`: accepts every kernel and runs none, and its memory takes no room. For counting kernels, planning
/// memory and timing the compiler. It pretends to be a processor with AVX-512, or what it is told to be:
///
/// ```java
/// Target h200 = new Target.Gpu(132, 227 << 10, Target.Rung.TENSOR_MEMORY);
/// Devices.register("planned", device -> NullDevice.open(device, h200, program -> System.out.println(program.source())));
/// Tensor.ofMemory(NullDevice.memory(4 * n), DType.FLOAT32, Shape.of(n), Device.of("planned")).exp().realize();
/// ```
public final class NullDevice {
  private static final Target.Cpu AVX_512 = new Target.Cpu(64, 32, 48 << 10, 2 << 20, 2);

  private NullDevice() {}

  public static Runtime open(Device device) {
    return open(device, AVX_512, program -> {});
  }

  /// A device for which kernels are written as for a machine that need not be there.
  /// @param written is given each kernel when it is compiled, from whatever thread does so
  public static Runtime open(Device device, Target target, Consumer<Program> written) {
    return new Runtime(device, new Nowhere(), target, program -> {
      written.accept(program);
      return arguments -> {};
    });
  }

  /// What exchanges nothing, for ranks that are not there.
  public static Communicator communicator() {
    return new NullCommunicator();
  }

  /// What a tensor of such a device may be made of: of any size, as nobody reads it.
  @SuppressWarnings("restricted")
  public static MemorySegment memory(long bytes) {
    return MemorySegment.NULL.reinterpret(bytes);
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
