package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.runtime.Target.Rung;
import org.teenygrad.runtime.cuda.AbsentGpu;
import org.teenygrad.runtime.cuda.PtxKernel;
import org.teenygrad.runtime.cuda.Ptxas;

/// How each rung of the ladder multiplies matrices: what its code consists of. No GPU is needed.
class LadderTest {
  private static final List<GpuWorkload> NARROW =
      List.of(GpuWorkload.MATMUL_NN, GpuWorkload.MATMUL_NT, GpuWorkload.MATMUL_TN, GpuWorkload.MATMUL_TT, GpuWorkload.MATMUL_ODD, GpuWorkload.MATMUL_EPILOGUE);

  private static PtxKernel only(GpuWorkload workload, Rung rung) {
    List<PtxKernel> launches = workload.launches(AbsentGpu.on(rung));
    assertThat(launches).as("%s on the rung %s", workload, rung.text).hasSize(1);
    assertThat(launches.getFirst().kind()).isEqualTo("contract");
    return launches.getFirst();
  }

  private static int onMatrixUnits(PtxKernel kernel) {
    return kernel.count("mma.sync") + kernel.count("wgmma.mma_async");
  }

  @Test
  void naivelyAThreadReadsBothFactorsOfEachProductFromMemory() {
    PtxKernel kernel = only(GpuWorkload.MATMUL_F32, Rung.NAIVE);
    assertThat(kernel.count("fma.rn.f32")).isEqualTo(1);
    assertThat(kernel.count("ld.global")).isEqualTo(2);
    assertThat(kernel.count("ld.shared") + kernel.count("bar.sync")).isZero();
    assertThat(kernel.program().launch().items() * kernel.program().launch().threads()).as("threads").isEqualTo(2048 * 2048);
  }

  @Test
  void aTileInSharedMemoryIsReadNumberByNumber() {
    PtxKernel kernel = only(GpuWorkload.MATMUL_F32, Rung.SHARED);
    int products = kernel.count("fma.rn.f32");
    assertThat(products).as("32 steps of 4 sums").isEqualTo(32 * 4);
    assertThat(kernel.count("ld.shared.f32")).as("of the left factor one for each sum, of the right one for all").isEqualTo(products + products / 4);
    assertThat(kernel.count("ld.global")).as("twice one vector of each factor").isEqualTo(4).isEqualTo(kernel.count("ld.global.v4"));
  }

  @Test
  void aSquareOfSumsInRegistersIsReadInVectors() {
    PtxKernel kernel = only(GpuWorkload.MATMUL_F32, Rung.REGISTERS);
    assertThat(kernel.count("fma.rn.f32")).as("16 steps of 8x8 sums").isEqualTo(16 * 8 * 8);
    assertThat(kernel.count("ld.shared.v4.f32")).as("16 numbers a step, and 4 vectors of sums").isEqualTo(16 * 4 + 4).isEqualTo(kernel.count("ld.shared"));
  }

  @ParameterizedTest
  @EnumSource
  void sixteenBitsAreMultipliedInFloat32WhereThereIsNoMatrixUnit(Rung rung) {
    for (GpuWorkload workload : NARROW) {
      PtxKernel kernel = only(workload, rung);
      if (rung.hasMatrixUnit()) {
        assertThat(kernel.count(rung == Rung.WARP ? "mma.sync" : "wgmma.mma_async")).as(kernel.toString()).isPositive().isEqualTo(onMatrixUnits(kernel));
      } else {
        assertThat(kernel.count("fma.rn.f32")).as(kernel.toString()).isPositive();
        assertThat(onMatrixUnits(kernel)).as(kernel.toString()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void attentionIsOnePassOnTensorCoresAndSeveralBelow(Rung rung) {
    List<PtxKernel> launches = GpuWorkload.ATTENTION.launches(AbsentGpu.on(rung));
    if (rung.hasMatrixUnit()) {
      assertThat(launches).extracting(PtxKernel::kind).containsExactly("chain");
    } else {
      assertThat(launches).extracting(PtxKernel::kind).contains("contract").doesNotContain("chain");
    }
  }

  @ParameterizedTest
  @EnumSource
  void noRungSpills(Rung rung, @TempDir Path folder) throws IOException, InterruptedException {
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas to assemble with");
    Map<String, String> texts = new LinkedHashMap<>();
    for (GpuWorkload workload : List.of(GpuWorkload.MATMUL_F32, GpuWorkload.MATMUL_F32_ODD, GpuWorkload.MATMUL_NN, GpuWorkload.MATMUL_EPILOGUE)) {
      PtxKernel kernel = only(workload, rung);
      texts.put(kernel.program().name(), kernel.ptx());
    }
    assertThat(ptxas.assemble(AbsentGpu.on(rung).processor(), texts, folder)).hasSize(4).allSatisfy((name, usage) -> assertThat(usage.spilledBytes()).as(name).isZero());
  }
}
