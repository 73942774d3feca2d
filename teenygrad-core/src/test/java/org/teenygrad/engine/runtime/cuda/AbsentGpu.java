package org.teenygrad.engine.runtime.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.engine.schedule.Recording;

/// A GPU that is not there: kernels are written for it as for a real one and kept, none runs, and its memory takes no room.
public final class AbsentGpu {
  public static final AbsentGpu A100 = new AbsentGpu("absent-a100", new Gpu(0, 0, "NVIDIA A100-SXM4-80GB", 8, 0, 108, 163 << 10, 80L << 30));
  public static final AbsentGpu H200 = new AbsentGpu("absent-h200", h200());

  /// One with less shared memory than the others.
  public static final AbsentGpu RTX_4090 = new AbsentGpu("absent-rtx-4090", new Gpu(0, 0, "NVIDIA GeForce RTX 4090", 8, 9, 128, 99 << 10, 24L << 30));

  public static final AbsentGpu B200 = new AbsentGpu("absent-b200", new Gpu(0, 0, "NVIDIA B200", 10, 0, 148, 227 << 10, 180L << 30));
  public static final AbsentGpu RTX_5090 = new AbsentGpu("absent-rtx-5090", new Gpu(0, 0, "NVIDIA GeForce RTX 5090", 12, 0, 170, 99 << 10, 32L << 30));

  private static final Map<Rung, AbsentGpu> LADDER =
      Arrays.stream(Rung.values()).collect(Collectors.toMap(rung -> rung, rung -> new AbsentGpu("absent-h200-" + rung.text, h200(), h200().target(rung))));

  private final Device device;
  private final Gpu gpu;
  private final Target.Gpu target;
  private final LlvmCompiler llvm;
  private final Map<Written, PtxKernel> kernels = new ConcurrentHashMap<>();

  /// What tells kernels apart: one graph is written in several ways where more or less precision is allowed.
  private record Written(String name, OpNode graph) {}

  private static Gpu h200() {
    return new Gpu(0, 0, "NVIDIA H200", 9, 0, 132, 227 << 10, 140L << 30);
  }

  /// An H200 that multiplies matrices on one rung.
  public static AbsentGpu on(Rung rung) {
    return Objects.requireNonNull(LADDER.get(rung));
  }

  private AbsentGpu(String name, Gpu gpu) {
    this(name, gpu, gpu.target());
  }

  private AbsentGpu(String name, Gpu gpu, Target.Gpu target) {
    this.gpu = gpu;
    this.target = target;
    device = Device.of(name);
    llvm = new LlvmCompiler(gpu.llvmTarget(), LlvmCompiler.CLEAN_UP, 2, true);
    Devices.register(name, d -> NullDevice.open(d, target, this::keep));
  }

  private void keep(Program program) {
    kernels.putIfAbsent(new Written(program.name(), program.graph()), new PtxKernel(program, llvm));
  }

  public Device device() {
    return device;
  }

  /// LLVM's and ptxas's name of it.
  public String processor() {
    return gpu.llvmTarget().cpu();
  }

  /// A kernel as it is computed tile by tile.
  public OpNode tiles(PtxKernel kernel) {
    return new Plans(target).tiles(kernel.program().graph()).orElseThrow();
  }

  /// Shared memory that one block may ask for.
  public int sharedBytes() {
    return gpu.sharedBytes();
  }

  /// A tensor without contents.
  public Tensor tensor(DType dtype, int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.ofMemory(NullDevice.memory(sizes.elements() * dtype.bytes()), dtype, sizes, device);
  }

  /// The kernel of each launch of an action on this device, in order: one that is launched twice is there twice. What other
  /// devices do for it, such as computing a constant, is left out.
  public List<PtxKernel> launches(Runnable action) {
    return Recording.of(action).launches().stream().map(launch -> kernels.get(new Written(launch.facts().name(), launch.kernel()))).filter(Objects::nonNull).toList();
  }

  @Override
  public String toString() {
    return gpu.toString();
  }
}
