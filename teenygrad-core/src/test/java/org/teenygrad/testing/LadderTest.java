package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.engine.runtime.cuda.Ptxas;

/// How each rung of the ladder multiplies matrices: what its code consists of. No GPU is needed.
class LadderTest {
  private static final List<GpuWorkload> NARROW =
      List.of(GpuWorkload.MATMUL_NN, GpuWorkload.MATMUL_NT, GpuWorkload.MATMUL_TN, GpuWorkload.MATMUL_TT, GpuWorkload.MATMUL_ODD, GpuWorkload.MATMUL_EPILOGUE);

  private static PtxKernel only(GpuWorkload workload, Rung rung) {
    return only(workload.launches(AbsentGpu.on(rung)));
  }

  private static PtxKernel only(List<PtxKernel> launches) {
    assertThat(launches).singleElement().extracting(PtxKernel::kind).isEqualTo("contract");
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
    assertThat(kernel.count("fma.rn.f32")).as("16 steps of 16x8 sums").isEqualTo(16 * 16 * 8);
    assertThat(kernel.count("ld.shared.v4.f32")).as("24 numbers a step, and 4 vectors of sums").isEqualTo(16 * 6 + 4).isEqualTo(kernel.count("ld.shared"));
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

  /// Of each 8 steps, 64x64 sums of a warp take 16 words of each factor: by `ldmatrix` where it lies along the inner dimension, else one by one.
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void float32GoesToTensorCoresWhereItsLastBitsMayBeDropped(boolean leftTransposed, boolean rightTransposed, @TempDir Path folder)
      throws IOException, InterruptedException {
    AbsentGpu gpu = AbsentGpu.A100;
    PtxKernel kernel = MatmulPrecision.HIGH.call(() -> only(gpu.launches(() -> factor(gpu, leftTransposed).matmul(factor(gpu, rightTransposed)).realize())));
    assertThat(kernel.count("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32")).isEqualTo(4 * 4 * 8);
    assertThat(kernel.count("cvt.rna.tf32.f32")).isEqualTo(4 * (16 + 16));
    int matrices = (leftTransposed ? 0 : 16) + (rightTransposed ? 16 : 0);
    assertThat(kernel.count("ldmatrix")).isEqualTo(matrices);
    assertThat(kernel.count("ld.shared") - kernel.count("ld.shared.v4")).isEqualTo(4 * (32 - matrices));
    assertThat(kernel.count("cp.async.cg.shared.global")).isPositive();
    assertThat(kernel.count("ld.global")).isZero();
    spillsNothing(gpu, kernel, folder);
  }

  /// `wgmma` reads numbers of 32 bits only along the inner dimension: a factor that lies across is copied first.
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void fourWarpsMultiplyFloat32AlongTheInnerDimension(boolean leftTransposed, boolean rightTransposed, @TempDir Path folder) throws IOException, InterruptedException {
    AbsentGpu gpu = AbsentGpu.H200;
    List<PtxKernel> kernels = MatmulPrecision.HIGH.call(() -> gpu.launches(() -> factor(gpu, leftTransposed).matmul(factor(gpu, rightTransposed)).realize()));
    long across = Stream.of(leftTransposed, !rightTransposed).filter(is -> is).count();
    assertThat(kernels.stream().filter(kernel -> kernel.kind().equals("map")).mapToInt(kernel -> kernel.program().launch().times()).sum()).as("copies").isEqualTo((int) across);
    PtxKernel product = kernels.getLast();
    assertThat(product.count("wgmma.mma_async.sync.aligned.m64n256k8.f32.tf32.tf32")).as("32 steps of two slabs").isEqualTo(2 * 4);
    assertThat(product.program().maps()).hasSize(2);
    spillsNothing(gpu, product, folder);
  }

  /// Of each number a copy would be used too seldom.
  @Test
  void fewRowsOfFloat32AreMultipliedWhereTheyLie() {
    AbsentGpu gpu = AbsentGpu.H200;
    PtxKernel kernel = MatmulPrecision.HIGH.call(() -> gpu.launches(() -> gpu.tensor(DType.FLOAT32, 128, 4096).matmul(factor(gpu, false)).realize())).getFirst();
    assertThat(kernel.count("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32")).isPositive();
  }

  private static void spillsNothing(AbsentGpu gpu, PtxKernel kernel, Path folder) throws IOException, InterruptedException {
    Ptxas ptxas = Ptxas.find().orElse(null);
    if (ptxas != null) {
      assertThat(ptxas.assemble(gpu.processor(), Map.of(kernel.program().name(), kernel.ptx()), folder).values()).singleElement()
          .extracting(Ptxas.Usage::spilledBytes).isEqualTo(0);
    }
  }

  private static Tensor factor(AbsentGpu gpu, boolean transposed) {
    Tensor x = gpu.tensor(DType.FLOAT32, 4096, 4096);
    return transposed ? x.transpose(0, 1) : x;
  }

  @Test
  void howExactProductsAreIsAskedWhenTheyAreComputed() {
    for (MatmulPrecision precision : List.of(MatmulPrecision.HIGHEST, MatmulPrecision.HIGH, MatmulPrecision.HIGHEST)) {
      PtxKernel kernel = precision.call(() -> GpuWorkload.MATMUL_F32.launches(AbsentGpu.on(Rung.TENSOR_MEMORY))).getLast();
      assertThat(onMatrixUnits(kernel) > 0).as(precision.toString()).isEqualTo(precision == MatmulPrecision.HIGH);
    }
    assertThat(onMatrixUnits(MatmulPrecision.HIGH.call(() -> only(GpuWorkload.MATMUL_F32, Rung.REGISTERS)))).isZero();
  }

  @Test
  void derivativesOfProductsAreAsExactAsThey() {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor x = factor(gpu, false).requiresGrad();
    Tensor w = factor(gpu, false).requiresGrad();
    Tensor loss = x.matmul(w).square().sum();
    List<PtxKernel> products = MatmulPrecision.HIGH.call(() -> gpu.launches(() -> Tensor.realize(loss, Gradient.of(loss, x), Gradient.of(loss, w)))).stream()
        .filter(kernel -> kernel.kind().equals("contract")).toList();
    assertThat(products).hasSize(3).allMatch(kernel -> kernel.count("wgmma.mma_async") > 0);
  }

  @ParameterizedTest
  @EnumSource
  void attentionIsOnePassOnTensorCoresAndSeveralBelow(Rung rung) {
    List<PtxKernel> launches = GpuWorkload.ATTENTION.launches(AbsentGpu.on(rung));
    if (rung.hasMatrixUnit()) {
      assertThat(launches).extracting(PtxKernel::kind).containsExactly("attention");
    } else {
      assertThat(launches).extracting(PtxKernel::kind).contains("contract").doesNotContain("attention");
    }
  }

  /// But for four registers of products in float32, two blocks of which share a multiprocessor: they cost less than a block that is alone.
  @ParameterizedTest
  @EnumSource
  void rungsHardlySpill(Rung rung, @TempDir Path folder) throws IOException, InterruptedException {
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas to assemble with");
    Map<String, String> texts = new LinkedHashMap<>();
    for (GpuWorkload workload : List.of(GpuWorkload.MATMUL_F32, GpuWorkload.MATMUL_F32_ODD, GpuWorkload.MATMUL_NN, GpuWorkload.MATMUL_EPILOGUE)) {
      PtxKernel kernel = only(workload, rung);
      texts.put(kernel.program().name(), kernel.ptx());
    }
    assertThat(ptxas.assemble(AbsentGpu.on(rung).processor(), texts, folder)).hasSize(4).allSatisfy((name, usage) -> assertThat(usage.spilledBytes()).as(name).isLessThanOrEqualTo(32));
  }
}
