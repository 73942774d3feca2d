package org.teenygrad.engine.codegen;

import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;

/// NVIDIA's GPUs: intrinsic functions of LLVM's NVPTX, and PTX where there are none.
///
/// @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/">PTX ISA</a>
record Nvptx(Ir ir) implements GpuDialect {
  private static final int LAST_LANE = Threads.WARP - 1;

  @Override
  public String number(Index index) {
    String register = switch (index) {
      case THREAD -> "tid.x";
      case BLOCK -> "ctaid.x";
      case BLOCK_ROW -> "ctaid.y";
      case BLOCK_IN_CLUSTER -> "cluster.ctarank";
    };
    ir.declare("declare i32 @llvm.nvvm.read.ptx.sreg." + register + "()");
    return ir.value("zext i32 " + ir.value("call i32 @llvm.nvvm.read.ptx.sreg." + register + "()") + " to i64");
  }

  /// PTX ISA, "griddepcontrol".
  @Override
  public void awaitLaunchesBefore() {
    ir.effect("call void asm sideeffect \"griddepcontrol.wait;\", \"~{memory}\"()");
  }

  @Override
  public void allowLaunchesAfter() {
    ir.effect("call void asm sideeffect \"griddepcontrol.launch_dependents;\", \"\"()");
  }

  @Override
  public void barrier() {
    ir.declare("declare void @llvm.nvvm.barrier0()");
    ir.effect("call void @llvm.nvvm.barrier0()");
  }

  @Override
  public void barrier(int count) {
    ir.effect("call void asm sideeffect \"bar.sync 1, " + count + ";\", \"~{memory}\"()");
  }

  @Override
  public void clusterBarrier() {
    ir.effect("call void asm sideeffect \"barrier.cluster.arrive; barrier.cluster.wait;\", \"~{memory}\"()");
  }

  @Override
  public void warpBarrier() {
    ir.declare("declare void @llvm.nvvm.bar.warp.sync(i32)");
    ir.effect("call void @llvm.nvvm.bar.warp.sync(i32 -1)");
  }

  @Override
  public String exchange(Exchange exchange, String word, int lane) {
    String mode = switch (exchange) {
      case BUTTERFLY -> "bfly";
      case UP -> "up";
      case INDEXED -> "idx";
    };
    int clamp = exchange == Exchange.UP ? 0 : LAST_LANE;
    ir.declare("declare i32 @llvm.nvvm.shfl.sync." + mode + ".i32(i32, i32, i32, i32)");
    return ir.value("call i32 @llvm.nvvm.shfl.sync." + mode + ".i32(i32 -1, i32 " + word + ", i32 " + lane + ", i32 " + clamp + ")");
  }

  @Override
  public String ballot(String condition) {
    ir.declare("declare i32 @llvm.nvvm.vote.ballot.sync(i32, i1)");
    return ir.value("call i32 @llvm.nvvm.vote.ballot.sync(i32 -1, i1 " + condition + ")");
  }

  @Override
  public void startCopy(String target, String source, @Nullable String bytes) {
    String name = "@llvm.nvvm.cp.async.cg.shared.global.16" + (bytes == null ? "" : ".s");
    ir.declare("declare void " + name + "(ptr addrspace(3), ptr addrspace(1)" + (bytes == null ? ")" : ", i32)"));
    ir.effect("call void " + name + "(ptr addrspace(3) " + target + ", ptr addrspace(1) " + source + (bytes == null ? ")" : ", i32 " + bytes + ")"));
  }

  @Override
  public void commitCopies() {
    ir.declare("declare void @llvm.nvvm.cp.async.commit.group()");
    ir.effect("call void @llvm.nvvm.cp.async.commit.group()");
  }

  @Override
  public void awaitCopies(int newest) {
    ir.declare("declare void @llvm.nvvm.cp.async.wait.group(i32)");
    ir.effect("call void @llvm.nvvm.cp.async.wait.group(i32 " + newest + ")");
  }

  @Override
  public String approximate(Approximation function, String x) {
    return switch (function) {
      case EXP2 -> unary("ex2.approx.f32", x);
      case EXP2_FLUSHED -> unary("ex2.approx.ftz.f32", x);
      case TANH -> unary("tanh.approx.f32", x);
      case LOG2 -> {
        ir.declare("declare float @llvm.nvvm.lg2.approx.f(float)");
        yield ir.value("call float @llvm.nvvm.lg2.approx.f(float " + x + ")");
      }
    };
  }

  private String unary(String instruction, String x) {
    return ir.value("call float asm \"" + instruction + " $0, $1;\", \"=f,f\"(float " + x + ")");
  }

  @Override
  public String packed(DType half, String low, String high, boolean pinned) {
    String type = half == DType.FLOAT16 ? "f16" : "bf16";
    return ir.value("call i32 asm" + (pinned ? " sideeffect" : "") + " \"cvt.rn." + type + "x2.f32 $0, $2, $1;\", \"=r,f,f\"(float " + low + ", float " + high + ")");
  }

  @Override
  public String tensorFloat32(String word) {
    ir.declare("declare i32 @llvm.nvvm.f2tf32.rna(float)");
    return ir.value("call i32 @llvm.nvvm.f2tf32.rna(float " + ir.value("bitcast i32 " + word + " to float") + ")");
  }

  @Override
  public void keepRegisters(int count) {
    ir.effect("call void asm sideeffect \"setmaxnreg.dec.sync.aligned.u32 " + count + ";\", \"~{memory}\"()");
  }

  @Override
  public void takeRegisters(int count) {
    ir.effect("call void asm sideeffect \"setmaxnreg.inc.sync.aligned.u32 " + count + ";\", \"~{memory}\"()");
  }
}
