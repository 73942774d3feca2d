package org.teenygrad.engine.runtime.cuda;

import java.util.List;
import java.util.function.Supplier;
import org.teenygrad.engine.runtime.Compiler;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Ordering;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Sequence;
import org.teenygrad.engine.runtime.llvm.KernelCache;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;

/// LLVM IR to PTX by LLVM, PTX to machine code by the driver; both are kept on disk.
final class CudaCompiler implements Compiler {
  private final CudaStream stream;
  private final LlvmCompiler llvm;
  private final KernelCache cache;

  CudaCompiler(Gpu gpu, CudaStream stream, KernelCache cache) {
    this.stream = stream;
    this.cache = cache;
    this.llvm = new LlvmCompiler(gpu.llvmTarget(), LlvmCompiler.CLEAN_UP, 2, false);
  }

  @Override
  public Kernel compile(Program program) {
    Program.Launch launch = program.launch();
    return compile(program.name(), program.description(), program.source(), new CudaKernel.Reads(program.maps(), program.prefetched()),
        new CudaKernel.Launch(launch.items(), launch.times(), launch.threads(), Math.toIntExact(launch.scratchBytes())));
  }

  @Override
  public String assembly(Program program) {
    return llvm.assembly(program.source());
  }

  CudaKernel compile(String name, String description, String ir, CudaKernel.Reads reads, CudaKernel.Launch launch) {
    Debug.say(Debug.CODE, () -> "LLVM IR of " + name + "\n" + ir + "\nPTX\n" + llvm.assembly(ir));
    return new CudaKernel(stream, name, description, cache.assembly(llvm, ir), reads, launch);
  }

  @Override
  public Sequence sequence(List<Kernel> kernels, Supplier<Ordering> ordering) {
    return new CudaSequence(stream, kernels, ordering);
  }
}
