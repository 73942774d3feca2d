package org.teenygrad.engine.runtime.llvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LlvmCompilerTest {
  private final LlvmCompiler host = new LlvmCompiler(LlvmTarget.host());

  @Test
  void syntaxErrorNamesTheLine() {
    String ir = "define void @f() {\n  %x = add i32 1, 2.5\n  ret void\n}\n";
    assertThatThrownBy(() -> host.object(ir))
        .isInstanceOf(LlvmException.class)
        .hasMessageContaining("kernel.ll:2:")
        .hasMessageContaining("%x = add i32 1, 2.5");
  }

  @Test
  void brokenIrIsRefusedByTheVerifier() {
    String ir = "define void @f() {\n  %y = add i32 %x, 1\n  %x = add i32 1, 1\n  ret void\n}\n";
    assertThatThrownBy(() -> host.object(ir))
        .isInstanceOf(LlvmException.class)
        .hasMessageContaining("does not dominate");
  }

  @Test
  void inlineAssemblyThatTheMachineHasNotIsAnException() {
    String ir = "define void @f() {\n  call void asm \"bogus $0\", \"r\"(i32 1)\n  ret void\n}\n";
    assertThatThrownBy(() -> host.object(ir))
        .isInstanceOf(LlvmException.class)
        .hasMessageContaining("bogus");
  }

  @Test
  void anUnknownMachineIsAnException() {
    LlvmCompiler compiler = new LlvmCompiler(new LlvmTarget("z80-zilog-cpm", "z80", ""));
    assertThatThrownBy(() -> compiler.object(Kernels.addVectors("f")))
        .isInstanceOf(LlvmException.class)
        .hasMessageContaining("z80-zilog-cpm");
  }

  @Test
  void avx512RegistersAreUsedWhereTheFunctionAsksForThem() {
    LlvmCompiler server =
        new LlvmCompiler(new LlvmTarget("x86_64-unknown-linux-gnu", "sapphirerapids", ""));
    assertThat(server.assembly(Kernels.addVectors("add"))).contains("zmm");
  }

  @Test
  void neonRegistersAreUsedOnArm() {
    LlvmCompiler arm =
        new LlvmCompiler(new LlvmTarget("aarch64-unknown-linux-gnu", "neoverse-n1", ""));
    assertThat(arm.assembly(Kernels.addVectors("add"))).contains("fadd\tv0.4s");
  }

  @Test
  void nvptxGivesPtx() {
    LlvmCompiler hopper = new LlvmCompiler(LlvmTarget.nvptx("sm_90a", 83));
    String ptx = hopper.assembly("define ptx_kernel void @nothing() {\n  ret void\n}\n");
    assertThat(ptx).contains(".version 8.3", ".target sm_90a", ".entry nothing");
  }

  @Test
  void theCleanUpPassesRun() {
    LlvmCompiler cleaning = new LlvmCompiler(LlvmTarget.host(), LlvmCompiler.CLEAN_UP, 2, true);
    assertThat(cleaning.object(Kernels.addVectors("add"))).isNotEmpty();
  }

  @Test
  void passesThatDoNotExistAreAnException() {
    LlvmCompiler odd = new LlvmCompiler(LlvmTarget.host(), "no-such-pass", 2, true);
    assertThatThrownBy(() -> odd.object(Kernels.addVectors("add")))
        .isInstanceOf(LlvmException.class)
        .hasMessageContaining("no-such-pass");
  }

  @Test
  void threadsCompileAtOnceAndGetTheSameCode() throws Exception {
    byte[] expected = host.object(Kernels.addVectors("add"));
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      List<Callable<byte[]>> jobs =
          IntStream.range(0, 40)
              .<Callable<byte[]>>mapToObj(i -> () -> host.object(Kernels.addVectors("add")))
              .toList();
      for (Future<byte[]> job : pool.invokeAll(jobs)) {
        assertThat(job.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void identityTellsMachinesAndSettingsApart() {
    assertThat(host.identity())
        .isNotEqualTo(new LlvmCompiler(LlvmTarget.nvptx("sm_90a", 83)).identity())
        .isNotEqualTo(new LlvmCompiler(LlvmTarget.host(), "", 1, true).identity());
  }
}
