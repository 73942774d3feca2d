package org.teenygrad.engine.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Compiler;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.KernelCache;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmLibrary;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;
import org.teenygrad.engine.runtime.llvm.ObjectCode;

/// The device `cpu`: kernels compiled by LLVM for the processor at hand, each split over its cores.
public final class Cpu {
  /// Work below which a kernel stays on its caller's thread: waking others costs about as much.
  private static final double SMALL_WORK = 20_000;

  private final LlvmCompiler compiler = new LlvmCompiler(LlvmTarget.host(), LlvmCompiler.CLEAN_UP, 2, false);
  private final KernelCache cache = KernelCache.ofUser();

  private Cpu() {}

  /// Whether LLVM is there to compile kernels.
  public static boolean isPresent() {
    return absence() == null;
  }

  /// Why there is no LLVM to compile kernels, and what would bring it; null if there is.
  public static @Nullable String absence() {
    return LlvmLibrary.absence();
  }

  public static Runtime open(Device device) {
    return open(device, HostCpu.host().target(Workers.shared().threads()));
  }

  /// The same with kernels written as for a target that has no more than this processor.
  static Runtime open(Device device, Target.Cpu target) {
    Cpu cpu = new Cpu();
    return new Runtime(device, HostAllocator.shared(), target, new Compiler() {
      @Override
      public Kernel compile(Program program) {
        return cpu.compile(program);
      }

      @Override
      public String assembly(Program program) {
        return cpu.compiler.assembly(program.source());
      }
    });
  }

  private Kernel compile(Program program) {
    Debug.say(Debug.CODE, () -> "LLVM IR of " + program.name() + "\n" + program.source() + "\nassembly\n"
        + compiler.assembly(program.source()));
    ObjectCode code = ObjectCode.link(cache.object(compiler, program.source()), program.name());
    MemorySegment function = code.address(program.name());
    Program.Launch launch = program.launch();
    double work = program.work().flops() + program.work().bytes();
    long grain = work < SMALL_WORK ? launch.items() : 1;
    return arguments -> {
      for (List<Buffer> list : arguments) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS.byteSize() * Math.max(1, list.size()), 8);
          for (int i = 0; i < list.size(); i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, list.get(i).address());
          }
          Workers.shared().run(function, pointers, launch.items(), grain, launch.scratchBytes());
        }
        Reference.reachabilityFence(list);
      }
      Reference.reachabilityFence(code);
    };
  }
}
