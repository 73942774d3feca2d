package org.teenygrad.engine.runtime.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.HostAllocator;
import org.teenygrad.engine.runtime.HostBuffer;
import org.teenygrad.engine.runtime.Program;

/// What is wrong with a kernel that runs is said.
class ClusterTest {
  private static final String PREPARE = """
        %thread = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
        %first = icmp eq i32 %thread, 0
        %tile = getelementptr inbounds i8, ptr addrspace(3) @shared, i64 0
        %place = getelementptr inbounds i8, ptr addrspace(3) @shared, i64 1024
        %counter = ptrtoint ptr addrspace(3) %place to i32
        br i1 %first, label %start, label %started
      start:
        call void asm sideeffect "mbarrier.init.shared::cta.b64 [$0], 1;", "r,~{memory}"(i32 %counter)
        br label %started
      started:
        call void @llvm.nvvm.barrier0()
      """;

  private static final String FETCH = """
        br i1 %first, label %fetch, label %fetched
      fetch:
        call void asm sideeffect "mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], $1;", "r,r,~{memory}"(i32 %counter, i32 1024)
        %map = getelementptr [128 x i8], ptr %map0, i64 0
        call void asm sideeffect "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [$0], [$1, {$3, $4}], [$2];", "r,l,r,r,r,~{memory}"(ptr addrspace(3) %tile, ptr %map, i32 %counter, i32 0, i32 0)
        br label %fetched
      fetched:
      """;

  private static final String AWAIT = """
        call void asm sideeffect "{ .reg .pred p; waiting${:uid}: mbarrier.try_wait.parity.shared::cta.b64 p, [$0], $1; @p bra done${:uid}; bra waiting${:uid}; done${:uid}: }", "r,r,~{memory}"(i32 %counter, i32 0)
      """;

  private static final String NEGATE = """
        %word = load i32, ptr addrspace(3) %tile, align 4
        %negated = xor i32 %word, -1
        store i32 %negated, ptr addrspace(1) %buffer0, align 4
      """;

  /// Eight lines of 32 floats, the first of which is 1.
  private static int run(String body) {
    String source = "@shared = external addrspace(3) global [0 x i8], align 1024\n"
        + "define ptx_kernel void @kernel(ptr addrspace(1) align 16 %buffer0, ptr byval([1 x [128 x i8]]) align 64 %map0) #0 {\nentry:\n" + body + "  ret void\n}\n";
    HostBuffer memory = HostAllocator.shared().allocate(8 * 32 * Float.BYTES);
    memory.segment().set(ValueLayout.JAVA_FLOAT, 0, 1);
    List<Program.Dimension> dimensions = List.of(new Program.Dimension(32, 1, 32), new Program.Dimension(8, 32, 8));
    Program.TensorMap map = new Program.TensorMap(0, DType.FLOAT32, 0, dimensions, null, false);
    Program program = new Program("kernel", List.of(OpNode.of(OpCode.SINK)), source, List.of(map), List.of(), 0, new Program.Launch(1, 32, 2048), new Program.Work(0, 0), "");
    new Cluster(Launch.of(program, new Module(source), List.of(List.of(memory)), false), 0, 0, new Random(1)).run();
    return memory.segment().get(ValueLayout.JAVA_INT, 0);
  }

  @Test
  void whatHasArrivedIsRead() {
    assertThat(run(PREPARE + FETCH + AWAIT + NEGATE)).isEqualTo(~Float.floatToRawIntBits(1));
  }

  @Test
  void whatNobodyWaitedForIsNotRead() {
    assertThatThrownBy(() -> run(PREPARE + FETCH + NEGATE)).hasMessageContaining("byte 0 of shared memory is read before it is known to have arrived");
  }

  @Test
  void whoWaitsForWhatIsSaidWhereNobodyCanGoOn() {
    assertThatThrownBy(() -> run(PREPARE + AWAIT)).hasMessageContaining("nobody can go on: block 0: 32 threads from 0 to 31 at the mbarrier").hasMessageContaining("phase 0 lacks 1 of 1 arrivals and 0 bytes");
  }

  @Test
  void aBlockDoesNotEndBeforeItsCopies() {
    assertThatThrownBy(() -> run(PREPARE + FETCH)).hasMessageContaining("1 copies are still on their way");
  }
}
