package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.llvm.ObjectCode;

/// A compiled kernel.
final class CpuKernel implements Kernel {
  /// Work below which a kernel stays on its caller's thread: waking others costs about as much.
  private static final double SMALL_WORK = 20_000;

  private final ObjectCode code;
  private final MemorySegment function;
  private final Program.Launch launch;
  private final long grain;
  private volatile @Nullable LaunchList alone;

  /// @param code with the program's function in it, which lives as long as this does
  CpuKernel(Program program, ObjectCode code) {
    this.code = code;
    function = code.address(program.name());
    launch = program.launch();
    grain = program.work().flops() + program.work().bytes() < SMALL_WORK ? launch.items() : 1;
  }

  /// One run, with so many buffers.
  LaunchList.Launch launch(int buffers) {
    return new LaunchList.Launch(function, buffers, launch.items(), grain, launch.scratchBytes());
  }

  private LaunchList alone(int buffers) {
    LaunchList known = alone;
    if (known == null) {
      alone = known = new LaunchList(List.of(List.of(launch(buffers))), Workers.shared().threads());
    }
    return known;
  }

  @Override
  public void run(List<List<Buffer>> arguments) {
    for (List<Buffer> list : arguments) {
      long[] addresses = new long[list.size()];
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = list.get(i).address();
      }
      Workers.shared().run(alone(addresses.length), addresses);
    }
    Reference.reachabilityFence(arguments);
    Reference.reachabilityFence(code);
  }
}
