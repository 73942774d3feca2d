package org.teenygrad.engine.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;

class ArchitectureTest {
  @ParameterizedTest
  @CsvSource({
    "8, 0, sm_80, WARP", "8, 6, sm_86, WARP", "8, 9, sm_89, WARP", "9, 0, sm_90a, TENSOR_MEMORY", "10, 0, sm_100a, WARP", "12, 0, sm_120, WARP",
    // between rows: what is made for all later GPUs, and nothing that 9.0 alone has
    "8, 8, sm_87, WARP", "9, 1, sm_90, WARP", "10, 3, sm_100, WARP", "11, 0, sm_100, WARP", "12, 1, sm_120, WARP", "13, 0, sm_120, WARP"
  })
  void aCapabilityRunsTheCodeOfItsRowOrOfTheRowBelow(int major, int minor, String processor, Rung rung) {
    Architecture row = Architecture.of(major, minor).orElseThrow();
    assertThat(row.llvmTarget(major, minor).cpu()).isEqualTo(processor);
    assertThat(row.rung(major, minor)).isEqualTo(rung);
  }

  @Test
  void aGpuStaysOnALowerRungButClimbsNoHigherThanItsHighest() {
    Gpu a100 = new Gpu(0, 0, "NVIDIA A100", 8, 0, 108, 163 << 10, 80L << 30);
    assertThat(a100.target().rung()).isEqualTo(Rung.WARP);
    assertThat(a100.target(Rung.NAIVE).rung()).isEqualTo(Rung.NAIVE);
    assertThatThrownBy(() -> a100.target(Rung.WARPGROUP)).hasMessage("the NVIDIA A100 has no wgmma; its highest rung is mma");
    assertThatThrownBy(() -> Rung.of("tensor")).hasMessage("no rung 'tensor'; there are naive, shared, registers, mma, wgmma, tma");
  }

  @Test
  void whatIsOlderThanAllHasNoRow() {
    assertThat(Architecture.of(7, 5)).isEmpty();
    assertThat(Architecture.of(6, 1)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void llvmWritesPtxThatPtxasAssembles(Architecture row, @TempDir Path folder) throws IOException, InterruptedException {
    String ptx = new LlvmCompiler(row.llvmTarget(row.major, row.minor)).assembly(AddKernel.IR);
    String processor = row.llvmTarget(row.major, row.minor).cpu();
    assertThat(ptx).contains(".target " + processor).contains("add.rn.f32");
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas to assemble the PTX with");
    assertThat(ptxas.assemble(processor, Map.of("add", ptx), folder)).hasSize(1);
  }
}
