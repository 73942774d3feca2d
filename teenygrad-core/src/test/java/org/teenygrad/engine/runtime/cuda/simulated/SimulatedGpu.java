package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.List;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;

/// A GPU whose kernels are interpreted: each thread of a block runs to the next barrier, shuffle or matrix instruction, then the next thread does. A
/// barrier that not all threads reach, a shuffle in a branch, an access outside a buffer and a read of shared memory before the barrier behind its
/// write are found; asynchronous copies come as late as they may. Meant for some thousands of elements.
///
/// This runs what was written of a kernel's tiles (STAGE, FRAGMENT, MMA, AWAIT...), instruction by instruction: slots of a pipeline, layouts of
/// registers, order of copies and barriers. What the nodes of tiles mean without any of that is for the
/// [org.teenygrad.engine.runtime.interpreter.Interpreter] to say, whose results are the ones to compare with.
public final class SimulatedGpu {
  private static final Device PLAIN = device("simulated-gpu", Target.Rung.REGISTERS);
  private static final Device TENSOR_CORES = device("simulated-tensor-cores", Target.Rung.WARP);

  private static Device device(String name, Target.Rung rung) {
    Target.Gpu target = new Target.Gpu(2, 99 << 10, rung).withFloat8();
    Devices.register(name, device -> new Runtime(device, HostAllocator.shared(), target, program -> {
      Module module = new Module(program.source());
      return lists -> run(program, module, lists);
    }));
    return Device.of(name);
  }

  private SimulatedGpu() {}

  /// One whose threads multiply by themselves.
  public static Device device() {
    return PLAIN;
  }

  /// One with the matrix units of a warp.
  public static Device withTensorCores() {
    return TENSOR_CORES;
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
