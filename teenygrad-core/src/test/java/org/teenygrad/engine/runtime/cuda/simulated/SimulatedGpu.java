package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.List;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// A GPU without matrix units whose kernels are interpreted: each thread of a block runs to the next barrier or shuffle, then the next thread does. A
/// barrier that not all threads reach, a shuffle in a branch, an access outside a buffer and a read of shared memory before the barrier behind its
/// write are found. Meant for some thousands of elements.
public final class SimulatedGpu {
  private static final Target.Gpu TARGET = new Target.Gpu(2, 99 << 10, Target.Rung.REGISTERS);

  static {
    Devices.register("simulated-gpu", device -> new Runtime(device, HostAllocator.shared(), TARGET, program -> {
      Module module = new Module(program.source());
      return lists -> run(program, module, lists);
    }));
  }

  private SimulatedGpu() {}

  public static Device device() {
    return Device.of("simulated-gpu");
  }

  private static void run(Program program, Module module, List<List<Buffer>> lists) {
    Program.Launch launch = program.launch();
    boolean together = program.graphs().size() > 1;
    for (List<List<Buffer>> list : together ? List.of(lists) : lists.stream().map(List::of).toList()) {
      int rows = together ? launch.times() : 1;
      for (int row = 0; row < rows; row++) {
        for (int block = 0; block < launch.items(); block++) {
          new Block(module, list, launch, block, row).run();
        }
      }
    }
  }
}
