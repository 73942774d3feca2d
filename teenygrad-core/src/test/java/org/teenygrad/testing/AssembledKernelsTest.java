package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.engine.runtime.cuda.Ptxas;
import org.teenygrad.engine.schedule.Realizer;

/// Kernels for GPUs, of known workloads and of random graphs, stay within what a GPU has: ptxas says so where it is installed.
class AssembledKernelsTest {
  private static final int MOST_REGISTERS = 255;
  private static final int MOST_STATIC_SHARED_BYTES = 48 << 10;

  /// Of a multiprocessor.
  private static final int REGISTERS = 64 << 10;

  /// For each block; what one block may ask for is what a multiprocessor has, less this.
  private static final int SHARED_BYTES_OF_THE_DRIVER = 1 << 10;

  /// Random graphs of each kind for each GPU, which have other seeds; `-Pcampaign` makes ten times as many.
  private static final int TIMES = Integer.getInteger("teenygrad.fuzz.times", 1);
  private static final int GRAPHS = 40 * TIMES;
  private static final int FUSIONS = 10 * TIMES;

  /// A GPU, which random graphs, and how many bytes of a thread's registers may lie in memory at times. For the A100, ptxas spills
  /// twelve registers of attention with a bias, for the H200 three of a random graph. These figures should fall.
  static Stream<Arguments> gpus() {
    return Stream.of(Arguments.of(AbsentGpu.A100, 0, 48), Arguments.of(AbsentGpu.H200, 1, 12));
  }

  private static List<PtxKernel> kernels(AbsentGpu gpu, int seeds) {
    List<PtxKernel> kernels = new ArrayList<>();
    Arrays.stream(GpuWorkload.values()).forEach(workload -> kernels.addAll(workload.launches(gpu)));
    kernels.addAll(random(gpu, GRAPHS, seeds, seed -> RandomGraphs.generate(seed, gpu.device()).roots()));
    kernels.addAll(random(gpu, FUSIONS, seeds, seed -> RandomFusions.contraction(seed, gpu.device()).roots()));
    kernels.addAll(random(gpu, FUSIONS, seeds, seed -> RandomFusions.rows(seed, gpu.device()).roots()));
    return kernels.stream().distinct().toList();
  }

  private static List<PtxKernel> random(AbsentGpu gpu, int count, int seeds, LongFunction<List<OpNode>> graph) {
    return LongStream.range((long) seeds * count, (long) (seeds + 1) * count).boxed()
        .flatMap(seed -> gpu.launches(() -> Realizer.realize(graph.apply(seed))).stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void everyKernelFitsItsGpu(AbsentGpu gpu, int seeds, int mostSpilledBytes, @TempDir Path folder) throws IOException, InterruptedException {
    List<PtxKernel> kernels = kernels(gpu, seeds);
    assertThat(kernels).hasSizeGreaterThan(100);
    assertThat(kernels).filteredOn(kernel -> kernel.program().launch().scratchBytes() + kernel.staticSharedBytes() > gpu.sharedBytes())
        .as("more shared memory than %s has: %d bytes for a block", gpu, gpu.sharedBytes()).isEmpty();
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas to assemble " + kernels.size() + " kernels with");
    // Kernels that differ in their launches alone have one name and one text.
    Map<String, PtxKernel> byName = kernels.stream().collect(Collectors.toMap(kernel -> kernel.program().name(), Function.identity(), (a, b) -> a, LinkedHashMap::new));
    Map<String, String> texts = byName.values().parallelStream().collect(Collectors.toConcurrentMap(kernel -> kernel.program().name(), PtxKernel::ptx));
    Map<String, Ptxas.Usage> usages = ptxas.assemble(gpu.processor(), texts, folder);
    assertThat(usages).containsOnlyKeys(byName.keySet());
    assertThat(offences(byName.values(), usages, mostSpilledBytes)).isEmpty();
  }

  /// Those whose kernels no test of ours runs, and workloads whose code differs between them.
  static Stream<AbsentGpu> others() {
    return Stream.of(AbsentGpu.RTX_4090, AbsentGpu.B200, AbsentGpu.RTX_5090);
  }

  @ParameterizedTest
  @MethodSource("others")
  void otherArchitecturesAssembleWhatTheyGet(AbsentGpu gpu, @TempDir Path folder) throws IOException, InterruptedException {
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas");
    List<PtxKernel> kernels = Stream.of(GpuWorkload.GELU_BF16, GpuWorkload.SOFTMAX, GpuWorkload.RUNNING_SUM_OF_ROWS, GpuWorkload.MATMUL_EPILOGUE, GpuWorkload.MATMUL_F32,
        GpuWorkload.SCALED_MATMUL_E4M3, GpuWorkload.ATTENTION_GRADIENT, GpuWorkload.DECODE).flatMap(workload -> workload.launches(gpu).stream()).toList();
    Map<String, PtxKernel> byName = kernels.stream().collect(Collectors.toMap(kernel -> kernel.program().name(), Function.identity(), (a, b) -> a, LinkedHashMap::new));
    Map<String, String> texts = byName.values().stream().collect(Collectors.toMap(kernel -> kernel.program().name(), PtxKernel::ptx));
    assertThat(texts.values()).anyMatch(text -> text.contains("mma.sync.aligned.m16n8k32")).noneMatch(text -> text.contains("wgmma"));
    assertThat(offences(byName.values(), ptxas.assemble(gpu.processor(), texts, folder), 0)).isEmpty();
  }

  /// While one computes, the other's row comes.
  @Test
  void twoBlocksOfALongSoftmaxFitOneMultiprocessor(@TempDir Path folder) throws IOException, InterruptedException {
    AbsentGpu gpu = AbsentGpu.H200;
    PtxKernel softmax = GpuWorkload.SOFTMAX.launches(gpu).getFirst();
    assertThat(2 * (softmax.program().launch().scratchBytes() + softmax.staticSharedBytes() + SHARED_BYTES_OF_THE_DRIVER))
        .isLessThanOrEqualTo(gpu.sharedBytes() + SHARED_BYTES_OF_THE_DRIVER);
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas");
    Ptxas.Usage usage = ptxas.assemble(gpu.processor(), Map.of(softmax.program().name(), softmax.ptx()), folder).values().iterator().next();
    assertThat(2 * softmax.program().launch().threads() * usage.registers()).isLessThanOrEqualTo(REGISTERS);
  }

  /// The first GPUs whose tensor cores take floats of 8 bits are no Hoppers; Hoppers take them from shared memory, which tensor maps fill.
  @ParameterizedTest
  @EnumSource(names = {"SCALED_MATMUL_E4M3", "SCALED_MATMUL_E5M2"})
  void tensorCoresTakeFloatsOfEightBits(GpuWorkload workload, @TempDir Path folder) throws IOException, InterruptedException {
    AbsentGpu gpu = AbsentGpu.RTX_4090;
    PtxKernel product = workload.launches(gpu).getFirst();
    assertThat(product.count("mma.sync.aligned.m16n8k32")).isPositive();
    PtxKernel onHopper = workload.launches(AbsentGpu.H200).getFirst();
    assertThat(onHopper.count("wgmma.mma_async")).isPositive();
    assertThat(onHopper.program().maps()).hasSize(2);
    assertThat(workload.launches(AbsentGpu.A100).getFirst().count("mma.sync")).as("where there are none, float32 is multiplied").isZero();
    Ptxas ptxas = Ptxas.find().orElse(null);
    assumeTrue(ptxas != null, "no ptxas");
    Ptxas.Usage usage = ptxas.assemble(gpu.processor(), Map.of(product.program().name(), product.ptx()), folder).values().iterator().next();
    assertThat(usage.spilledBytes()).isZero();
  }

  @Test
  void tilesFitSmallerSharedMemories() {
    AbsentGpu gpu = AbsentGpu.RTX_4090;
    assertThat(GpuWorkload.values()).flatExtracting(workload -> workload.launches(gpu)).isNotEmpty()
        .filteredOn(kernel -> kernel.program().launch().scratchBytes() > gpu.sharedBytes()).isEmpty();
  }

  private static List<String> offences(Collection<PtxKernel> kernels, Map<String, Ptxas.Usage> usages, int mostSpilledBytes) {
    List<String> offences = new ArrayList<>();
    for (PtxKernel kernel : kernels) {
      Ptxas.Usage usage = Objects.requireNonNull(usages.get(kernel.program().name()));
      if (usage.registers() > MOST_REGISTERS || usage.spilledBytes() > mostSpilledBytes || !usage.losses().isEmpty() || kernel.staticSharedBytes() > MOST_STATIC_SHARED_BYTES) {
        offences.add(String.format(Locale.ROOT, "%s: %s, %d bytes of static shared memory",
            kernel, usage, kernel.staticSharedBytes()));
      }
    }
    return offences;
  }
}
