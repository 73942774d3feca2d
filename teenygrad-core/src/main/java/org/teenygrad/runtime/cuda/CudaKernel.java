package org.teenygrad.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import org.teenygrad.runtime.Buffer;
import org.teenygrad.runtime.Kernel;
import org.teenygrad.runtime.cuda.CudaDriver.FunctionAttribute;

/// A function in a module that the driver has loaded; unloaded when nobody refers to it any more.
final class CudaKernel implements Kernel {
  private static final Cleaner CLEANER = Cleaner.create();

  /// Shared memory that a block gets without asking.
  private static final int SHARED_BYTES_UNASKED = 48 << 10;

  private final CudaStream stream;
  private final String title;
  private final Launch launch;
  private final long function;
  private final Arguments arguments;

  /// @param blocks how many there are
  /// @param threads of a block
  /// @param sharedBytes dynamic shared memory of a block
  record Launch(long blocks, int threads, int sharedBytes) {
    Launch {
      if (blocks < 0 || blocks > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(blocks + " blocks; a GPU takes 2^31 - 1 at most");
      }
    }
  }

  /// @param description what it computes
  /// @param cubin machine code that defines the function, whose parameters are one pointer for each buffer
  CudaKernel(CudaStream stream, String name, String description, byte[] cubin, Launch launch) {
    this.stream = stream;
    this.title = description.equals(name) ? name : name + " (" + description + ")";
    this.launch = launch;
    stream.makeCurrent();
    long module = CudaDriver.moduleLoadData(cubin);
    CLEANER.register(this, () -> unload(stream, module));
    this.function = CudaDriver.moduleGetFunction(module, name);
    if (launch.sharedBytes() > SHARED_BYTES_UNASKED) {
      CudaDriver.funcSetAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_SIZE_BYTES, launch.sharedBytes());
    }
    this.arguments = new Arguments();
  }

  private static void unload(CudaStream stream, long module) {
    stream.synchronize(); // it may be running
    CudaDriver.moduleUnload(module);
  }

  @Override
  public synchronized void run(List<List<Buffer>> lists) {
    if (launch.blocks() > 0) {
      for (List<Buffer> list : lists) {
        stream.launch(title, function, launch, arguments.of(list));
      }
    }
    Reference.reachabilityFence(lists);
    Reference.reachabilityFence(this);
  }

  @Override
  public long time(List<List<Buffer>> lists) {
    try (CudaEvent start = stream.record()) {
      run(lists);
      try (CudaEvent end = stream.record()) {
        stream.synchronize();
        return start.nanosUntil(end);
      }
    }
  }

  /// Its name and what it computes.
  String title() {
    return title;
  }

  long function() {
    return function;
  }

  Launch launch() {
    return launch;
  }

  /// Registers, spilled bytes and such, of one thread.
  int attribute(FunctionAttribute attribute) {
    stream.makeCurrent();
    return CudaDriver.funcGetAttribute(attribute, function);
  }

  /// The parameters as the driver wants them: packed, with a list that says where they are. The driver copies them when a
  /// kernel is launched, so one piece of memory serves all launches.
  private static final class Arguments {
    private static final long BUFFER_POINTER = 1;
    private static final long BUFFER_SIZE = 2;
    private static final long END = 0;
    private static final int MOST = 4095; // CUDA 12.1 takes 32,764 bytes of parameters

    private final MemorySegment packed = Arena.ofAuto().allocate(MOST * Long.BYTES, 8);
    private final MemorySegment size = Arena.ofAuto().allocate(Long.BYTES, 8);
    private final MemorySegment extra = Arena.ofAuto().allocate(5 * Long.BYTES, 8);

    Arguments() {
      long[] words = {BUFFER_POINTER, packed.address(), BUFFER_SIZE, size.address(), END};
      extra.copyFrom(MemorySegment.ofArray(words));
    }

    long of(List<Buffer> buffers) {
      for (int i = 0; i < buffers.size(); i++) {
        packed.setAtIndex(ValueLayout.JAVA_LONG, i, buffers.get(i).address());
      }
      size.set(ValueLayout.JAVA_LONG, 0, (long) buffers.size() * Long.BYTES);
      return extra.address();
    }
  }
}
