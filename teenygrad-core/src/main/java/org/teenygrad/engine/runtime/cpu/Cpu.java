package org.teenygrad.engine.runtime.cpu;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Compiler;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Ordering;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Sequence;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.llvm.KernelCache;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmLibrary;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;
import org.teenygrad.engine.runtime.llvm.ObjectCode;

/// The device `cpu`: kernels compiled by LLVM for the processor at hand, each split over its cores.
public final class Cpu {
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
      public Sequence sequence(List<Kernel> kernels, Supplier<Ordering> ordering) {
        return new CpuSequence(kernels, ordering);
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
    return new CpuKernel(program, ObjectCode.link(cache.object(compiler, program.source()), program.name()));
  }
}
