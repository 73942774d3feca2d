package org.teenygrad.engine.runtime.nulldevice;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.BlockPool;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Communicator;
import org.teenygrad.engine.runtime.Compiler;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Ordering;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Sequence;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;

/// The device `null`: accepts every kernel and runs none, and its memory takes no room. For counting kernels, planning memory and
/// timing the compiler. It pretends to be a processor with AVX-512, an H200 under the name `null-h200`, an A100 under `null-a100`,
/// or what it is told to be:
///
/// ```java
/// Target h200 = new Target.Gpu(132, 227 << 10, Target.Rung.TENSOR_MEMORY);
/// Devices.register("planned", device -> NullDevice.open(device, h200, program -> System.out.println(program.source())));
/// Tensor.ofMemory(NullDevice.memory(4 * n), DType.FLOAT32, Shape.of(n), Device.of("planned")).exp().realize();
/// ```
public final class NullDevice {
  private static final Target.Cpu AVX_512 = new Target.Cpu(64, 32, 48 << 10, 2 << 20, 2);

  private static final Target.Gpu H200 = new Target.Gpu(132, 227 << 10, Target.Rung.TENSOR_MEMORY).withFloat8();
  private static final Target.Gpu A100 = new Target.Gpu(108, 163 << 10, Target.Rung.WARP);

  /// What a GPU of 128 GiB fills up with before garbage is collected for its sake.
  private static final long UNPACED_BYTES = 8L << 30;

  private NullDevice() {}

  public static Runtime open(Device device) {
    return open(device, AVX_512, program -> {});
  }

  /// An H200 that is not there: kernels are written, and can be read as PTX.
  public static Runtime openH200(Device device) {
    return open(device, H200, program -> {});
  }

  /// An A100 that is not there.
  public static Runtime openA100(Device device) {
    return open(device, A100, program -> {});
  }

  /// A device for which kernels are written as for a machine that need not be there.
  /// @param written is given each kernel when it is compiled, from whatever thread does so
  public static Runtime open(Device device, Target target, Consumer<Program> written) {
    return new Runtime(device, new Nowhere(target instanceof Target.Gpu ? BlockPool::pagedSize : BlockPool::sizeClass), target, new Writing(target, written));
  }

  /// Writes kernels that nobody runs; those of GPUs can be read as PTX.
  private record Writing(Target target, Consumer<Program> written) implements Compiler {
    private static final int PTX_VERSION = 81;

    @Override
    public Kernel compile(Program program) {
      written.accept(program);
      return arguments -> {};
    }

    @Override
    public Sequence sequence(List<Kernel> kernels, Supplier<Ordering> ordering) {
      return new InTurn(Compiler.super.sequence(kernels, ordering));
    }

    @Override
    public String assembly(Program program) {
      return target instanceof Target.Gpu gpu && !program.source().isEmpty()
          ? new LlvmCompiler(LlvmTarget.nvptx(gpu.rung().includes(Target.Rung.WARPGROUP) ? "sm_90a" : "sm_80", PTX_VERSION), LlvmCompiler.CLEAN_UP, 2, true).assembly(program.source())
          : "";
    }
  }

  /// Kernels one after the other, of which exchanges alone do anything; recorded as the machine's own would be.
  private record InTurn(Sequence kernels) implements Sequence {
    @Override
    public void run(List<List<List<Buffer>>> arguments) {
      kernels.run(arguments);
    }

    @Override
    public boolean isHandedInWhole() {
      return true;
    }
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

  /// A piece of memory that is only counted.
  private static final class Nothing implements Buffer {
    private static final Cleaner CLEANER = Cleaner.create();

    private final long bytes;
    private final Cleaner.Cleanable release;

    /// @param release gives it back; runs once, and must not refer to this buffer
    Nothing(long bytes, Runnable release) {
      this.bytes = bytes;
      this.release = CLEANER.register(this, release);
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public void free() {
      release.clean();
    }
  }

  /// Counts what the machine's own allocator would hold.
  private static final class Nowhere implements Allocator {
    private final BlockPool<Boolean> pool = new BlockPool<>(new Endless(), UNPACED_BYTES);
    private final LongUnaryOperator blocks;

    /// @param blocks the size of the block that so many bytes get
    Nowhere(LongUnaryOperator blocks) {
      this.blocks = blocks;
    }

    @Override
    public Buffer allocate(long bytes) {
      long size = blocks.applyAsLong(bytes);
      pool.take(size);
      return new Nothing(bytes, () -> pool.giveBack(size, true));
    }

    @Override
    public long liveBytes() {
      return pool.liveBytes();
    }

    @Override
    public long peakBytes() {
      return pool.peakBytes();
    }

    @Override
    public void copyIn(Buffer target, MemorySegment source) {}

    /// Every value is 0.
    @Override
    public void copyOut(Buffer source, MemorySegment target) {
      target.fill((byte) 0);
    }
  }

  private record Endless() implements BlockPool.Source<Boolean> {
    @Override
    public Boolean allocate(long size) {
      return true;
    }

    @Override
    public void free(List<Boolean> blocks) {}

    @Override
    public boolean allows(long bytes) {
      return true;
    }
  }
}
