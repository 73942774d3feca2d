package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.DType.BFLOAT16;
import static org.teenygrad.DType.INT32;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target.Rung;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;

/// What the code for GPUs consists of: how memory is read, what multiplies, what threads say to one another. No GPU is needed.
class GpuKernelsTest {
  static Stream<AbsentGpu> gpus() {
    return Stream.of(AbsentGpu.A100, AbsentGpu.H200);
  }

  private static PtxKernel only(GpuWorkload workload, AbsentGpu gpu) {
    return only(workload.launches(gpu));
  }

  private static PtxKernel only(List<PtxKernel> launches) {
    assertThat(launches).hasSize(1);
    return launches.getFirst();
  }

  private static int inVectors(PtxKernel kernel, String instruction) {
    return kernel.count(instruction + ".v4.f32") + kernel.count(instruction + ".v4.b32") + kernel.count(instruction + ".v4.u32");
  }

  /// 16 bytes by each instruction.
  private static void movesInVectors(PtxKernel kernel, String instruction) {
    assertThat(inVectors(kernel, instruction)).as("%s in %s", instruction, kernel).isPositive().isEqualTo(kernel.count(instruction));
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void elementwiseKernelsMoveSixteenBytesAtATime(AbsentGpu gpu) {
    for (GpuWorkload workload : List.of(GpuWorkload.SUM_OF_PRODUCTS_F32, GpuWorkload.GELU_BF16, GpuWorkload.TRANSPOSE_BF16)) {
      PtxKernel kernel = only(workload, gpu);
      movesInVectors(kernel, "ld.global");
      movesInVectors(kernel, "st.global");
      assertThat(kernel.count("bar.sync")).as(kernel.toString()).isZero();
    }
  }

  /// Fewer and wider tiles than multiprocessors where rows begin in the middle of cache lines: 8 x 12 of 128x256, not 8 x 16 of 128x192.
  @Test
  void tilesAreWiderWhereRowsSplitCacheLines() {
    AbsentGpu gpu = AbsentGpu.H200;
    PtxKernel product = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 1000, 5000).matmul(gpu.tensor(BFLOAT16, 5000, 3000)).realize()));
    assertThat(product.program().launch().items()).isEqualTo(8 * 12);
    PtxKernel whole = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 1024, 5120).matmul(gpu.tensor(BFLOAT16, 5120, 3072)).realize()));
    assertThat(whole.program().launch().items()).isEqualTo(8 * 16);
  }

  /// At 4 TB/s an H200 has time for 29 instructions for each bfloat16 that it reads and writes.
  @ParameterizedTest
  @MethodSource("gpus")
  void geluTakesTwentyInstructionsForAnElement(AbsentGpu gpu) {
    PtxKernel kernel = only(GpuWorkload.GELU_BF16, gpu);
    int elements = 8 * inVectors(kernel, "ld.global");
    assertThat(kernel.instructions()).as(kernel.toString()).isLessThanOrEqualTo(20 * elements);
    assertThat(kernel.count("ex2.approx.ftz.f32")).as(kernel.toString()).isEqualTo(elements);
    assertThat(kernel.count("cvt.rn.bf16x2.f32")).as("rounded once: %s", kernel).isEqualTo(elements / 2);
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void whatIsPutTogetherIsReadInVectorsUnderMasks(AbsentGpu gpu) {
    PtxKernel joined = only(GpuWorkload.JOINED_GRADIENTS, gpu);
    movesInVectors(joined, "ld.global");
    assertThat(joined.count("ld.global")).as("two places of a row: %s", joined).isEqualTo(2 * 3);
    PtxKernel concatenation = only(GpuWorkload.CONCATENATION, gpu);
    movesInVectors(concatenation, "ld.global");
    assertThat(concatenation.count("ld.global")).as(concatenation.toString()).isEqualTo(2);
  }

  /// Each matrix of a stack is summed by many blocks, each of which goes through memory as it lies, however its axes are turned.
  @ParameterizedTest
  @MethodSource("gpus")
  void normsOfTransposedMatricesReadNeighboursInVectors(AbsentGpu gpu) {
    List<PtxKernel> launches = gpu.launches(() -> gpu.tensor(BFLOAT16, 12, 768, 3072).transpose(1, 2).square().sum(1, 2).realize());
    assertThat(launches).hasSize(2);
    PtxKernel parts = launches.getFirst();
    movesInVectors(parts, "ld.global");
    assertThat(parts.program().launch().items() * parts.program().launch().threads()).as(parts.toString()).isGreaterThanOrEqualTo(1 << 16);
  }

  /// On the way through shared memory, which is written in vectors and read in scalars, between them is one barrier.
  @ParameterizedTest
  @MethodSource("gpus")
  void transposedOperandsMoveSixteenBytesAtATime(AbsentGpu gpu) {
    for (GpuWorkload workload : List.of(GpuWorkload.TRANSPOSE_F32, GpuWorkload.TRANSPOSE_TO_CHANNELS_LAST, GpuWorkload.SUM_WITH_A_TRANSPOSE)) {
      PtxKernel kernel = only(workload, gpu);
      movesInVectors(kernel, "ld.global");
      movesInVectors(kernel, "st.global");
      movesInVectors(kernel, "st.shared");
      assertThat(kernel.count("bar.sync")).as(kernel.toString()).isEqualTo(1);
      assertThat(kernel.program().launch().scratchBytes()).as(kernel.toString()).isEqualTo(16 << 10);
    }
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void transposesOfOddSizesReadAndWriteNeighbours(AbsentGpu gpu) {
    PtxKernel kernel = only(GpuWorkload.TRANSPOSE_ODD, gpu);
    assertThat(kernel.count("st.shared")).as(kernel.toString()).isEqualTo(kernel.count("ld.global")).isPositive();
    assertThat(kernel.count("ld.shared")).as(kernel.toString()).isEqualTo(kernel.count("st.global"));
  }

  /// The totals of blocks, those of the totals, two scans of these, and the blocks.
  @ParameterizedTest
  @MethodSource("gpus")
  void aLongRunningSumReadsItsInputTwiceInVectors(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.RUNNING_SUM.launches(gpu);
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("reduce", "reduce", "scan", "scan", "scan");
    PtxKernel last = launches.getLast();
    movesInVectors(last, "st.global");
    assertThat(last.count("bar.sync")).as(last.toString()).isEqualTo(1);
    assertThat(inVectors(last, "ld.global")).as("beside vectors what blocks before have: %s", last).isEqualTo(inVectors(last, "st.global"));
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void shortRowsAreScannedInOnePass(AbsentGpu gpu) {
    PtxKernel kernel = only(GpuWorkload.RUNNING_SUM_OF_ROWS, gpu);
    assertThat(kernel.kind()).isEqualTo("scan");
    assertThat(kernel.count("st.global")).as(kernel.toString()).isEqualTo(kernel.count("ld.global"));
  }

  /// A network of 78 steps: 42 within threads, 30 between lanes, 6 between warps and 1 pass more to store neighbours.
  @ParameterizedTest
  @MethodSource("gpus")
  void rowsAreSortedInRegisters(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.SORTED_ROWS.launches(gpu);
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("sort", "map");
    PtxKernel sort = launches.getFirst();
    assertThat(sort.count("shfl.sync")).as(sort.toString()).isEqualTo(30 * 16 * 2);
    assertThat(sort.count("bar.sync")).as(sort.toString()).isEqualTo(6 * 2 + 1);
    movesInVectors(sort, "ld.global");
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void theFirstOfLongRowsAreThoseOfTheirParts(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.FIRST_OF_ROWS.launches(gpu);
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("sort", "sort", "map");
    PtxKernel parts = launches.getFirst();
    assertThat(parts.count("shfl.sync")).as(parts.toString()).isLessThan(30 * 16 * 2 * 3 / 4);
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void rowsAreOneKernelOfTwoReductionsByShuffles(AbsentGpu gpu) {
    for (GpuWorkload workload : List.of(GpuWorkload.SOFTMAX, GpuWorkload.LAYER_NORM)) {
      PtxKernel kernel = only(workload, gpu);
      int warps = kernel.program().launch().threads() / 32;
      assertThat(kernel.count("shfl.sync")).as(kernel.toString()).isEqualTo(2 * (5 + Integer.numberOfTrailingZeros(warps)));
      assertThat(kernel.count("bar.sync")).as(kernel.toString()).isEqualTo(kernel.program().launch().scratchBytes() > 0 ? 5 : 4);
      assertThat(kernel.count("ld.global")).as(kernel.toString()).isEqualTo(kernel.count("ld.global.v2") + kernel.count("ld.global.v4"));
      movesInVectors(kernel, "st.global");
    }
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void longRowsThatAreReadSeveralTimesComeOnceToSharedMemory(AbsentGpu gpu) {
    PtxKernel softmax = only(GpuWorkload.SOFTMAX, gpu);
    PtxKernel logSumExp = GpuWorkload.CROSS_ENTROPY_GRADIENT.launches(gpu).getFirst();
    for (PtxKernel kernel : List.of(softmax, logSumExp)) {
      assertThat(kernel.program().launch().scratchBytes()).as(kernel.toString()).isEqualTo(50304 * 2);
      assertThat(kernel.count("cp.async.cg.shared.global")).as(kernel.toString()).isPositive();
      assertThat(kernel.count("cp.async.wait_group")).as(kernel.toString()).isEqualTo(1);
      assertThat(kernel.count("ld.global")).as(kernel.toString()).isZero();
    }
    assertThat(softmax.count("rcp.rn.f32")).as("one division for a row: %s", softmax).isEqualTo(1);
    assertThat(softmax.count("div")).as(softmax.toString()).isZero();
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void shortRowsAreKeptInRegisters(AbsentGpu gpu) {
    PtxKernel kernel = only(GpuWorkload.LAYER_NORM, gpu);
    int vectors = kernel.count("st.global");
    assertThat(kernel.count("ld.global")).as("the row, its weights and its biases once: %s", kernel).isEqualTo(3 * vectors);
    movesInVectors(kernel, "ld.global");
    assertThat(kernel.instructions()).as(kernel.toString()).isLessThanOrEqualTo(18 * 8 * vectors);
    assertThat(kernel.program().launch().scratchBytes()).as(kernel.toString()).isZero();
  }

  /// Though each row's mean and variance lie side by side.
  @ParameterizedTest
  @MethodSource("gpus")
  void gradientsOfWeightsAreSummedOverRowsByThreadsWithNeighbouringColumns(AbsentGpu gpu) {
    List<PtxKernel> sums = GpuWorkload.LAYER_NORM_GRADIENT.launches(gpu).stream().filter(kernel -> kernel.toString().contains("sum over 2048")).toList();
    assertThat(sums).hasSize(1);
    assertThat(sums.getFirst().count("shfl.sync")).as(sums.toString()).isZero();
    assertThat(sums.getFirst().count("ld.shared")).as(sums.toString()).isPositive();
    assertThat(sums.getFirst().count("div") + sums.getFirst().count("rcp")).as("means and reciprocals of deviations are kept, not what they are made of: %s", sums).isZero();
    assertThat(sums.getFirst().count("ld.global.v2.u32")).as("four neighbours of four rows of two matrices: %s", sums).isEqualTo(8);
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void aSumOfColumnsIsSplitAndReadByNeighbours(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.COLUMN_SUM.launches(gpu);
    assertThat(launches).hasSize(2);
    for (PtxKernel kernel : launches) {
      assertThat(kernel.count("shfl.sync")).as(kernel.toString()).isZero();
      assertThat(kernel.count("ld.shared")).as(kernel.toString()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void anEmbeddingIsGatheredByOneKernelAndItsGradientOfFewRowsScatteredByOwnersWhoVote(AbsentGpu gpu) {
    PtxKernel embedding = only(GpuWorkload.EMBEDDING, gpu);
    movesInVectors(embedding, "st.global");
    assertThat(embedding.count("ld.global")).as("an index, and what is there at two places: %s", embedding).isEqualTo(1 + 2);
    assertThat(inVectors(embedding, "ld.global")).as(embedding.toString()).isEqualTo(2);
    List<PtxKernel> launches = GpuWorkload.EMBEDDING_GRADIENT.launches(gpu);
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("map", "scatter");
    assertThat(launches.getLast().count("vote.sync.ballot")).as("iterations that are looked at together").isEqualTo(8);
  }

  /// The order of additions would be another one each time.
  @ParameterizedTest
  @EnumSource
  void noKernelHasAtomics(GpuWorkload workload) {
    gpus().flatMap(gpu -> workload.launches(gpu).stream()).distinct().forEach(kernel ->
        assertThat(kernel.count("atom") + kernel.count("red")).as(kernel.toString()).isZero());
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void productsOfFloat32AreMultipliedByEachThread(AbsentGpu gpu) {
    for (GpuWorkload workload : List.of(GpuWorkload.MATMUL_F32, GpuWorkload.MATMUL_F32_ODD)) {
      PtxKernel kernel = only(workload, gpu);
      assertThat(kernel.kind()).isEqualTo("contract");
      assertThat(kernel.count("mma.sync") + kernel.count("wgmma.mma_async")).as(kernel.toString()).isZero();
      // Each number from shared memory is multiplied several times.
      assertThat(kernel.count("fma.rn.f32")).as(kernel.toString()).isGreaterThanOrEqualTo(2 * 4 * kernel.count("ld.shared.v4.f32"));
    }
    PtxKernel even = only(GpuWorkload.MATMUL_F32, gpu);
    movesInVectors(even, "ld.global");
    movesInVectors(even, "st.global");
  }

  private static final List<GpuWorkload> TRANSPOSES = List.of(GpuWorkload.MATMUL_NN, GpuWorkload.MATMUL_NT, GpuWorkload.MATMUL_TN, GpuWorkload.MATMUL_TT);

  /// Both factors come to shared memory past the registers.
  private static void isFetchedAsynchronously(PtxKernel kernel) {
    assertThat(kernel.count("cp.async.cg.shared.global")).as(kernel.toString()).isPositive();
    assertThat(kernel.count("ld.global")).as(kernel.toString()).isZero();
    movesInVectors(kernel, "st.global");
  }

  @Test
  void productsOfBfloat16AreAWarpsOnAnA100() {
    for (GpuWorkload workload : TRANSPOSES) {
      PtxKernel kernel = only(workload, AbsentGpu.A100);
      int products = kernel.count("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32");
      assertThat(products).as(kernel.toString()).isGreaterThanOrEqualTo(3 * kernel.count("ldmatrix.sync")).isPositive();
      assertThat(kernel.count("wgmma")).as(kernel.toString()).isZero();
      isFetchedAsynchronously(kernel);
    }
  }

  @Test
  void productsOfBfloat16AreFourWarpsOnAnH200() {
    for (GpuWorkload workload : TRANSPOSES) {
      for (Rung rung : List.of(Rung.WARPGROUP, Rung.TENSOR_MEMORY)) {
        PtxKernel kernel = only(workload, AbsentGpu.on(rung));
        assertThat(kernel.count("wgmma.mma_async.sync.aligned")).as(kernel.toString()).isPositive();
        assertThat(kernel.count("mma.sync") + kernel.count("ldmatrix")).as(kernel.toString()).isZero();
      }
      isFetchedAsynchronously(only(workload, AbsentGpu.on(Rung.WARPGROUP)));
    }
  }

  /// A factor along the inner dimension is one box of a tensor map, one that lies across comes in panels of 64 rows: for the first slots, for the other steps of the first
  /// tile, and for all steps of the others.
  @Test
  void factorsComeByTensorMapsToBlocksThatStay() {
    List<Integer> copies = List.of(1 + 4, 1 + 1, 2 + 4, 2 + 1);
    for (int i = 0; i < copies.size(); i++) {
      PtxKernel kernel = only(TRANSPOSES.get(i), AbsentGpu.H200);
      assertThat(kernel.count("cp.async.bulk.tensor.2d")).as(kernel.toString()).isEqualTo(3 * copies.get(i));
      assertThat(kernel.count("cp.async.cg") + kernel.count("ld.global")).as(kernel.toString()).isZero();
      assertThat(kernel.program().launch().items()).as("multiprocessors").isEqualTo(132);
      assertThat(kernel.program().maps()).hasSize(2);
      movesInVectors(kernel, "st.global");
    }
  }

  /// Tiles of 256 columns would compute a quarter for nothing; where there is room for whole ones they move least.
  /// Weights of (1024, 3072) that a few rows are multiplied by are on their way before those rows are there. A block with a single tile looks for no second one.
  @Test
  void theLargerFactorIsFetchedBeforeLaunchesBeforeHaveEnded() {
    AbsentGpu gpu = AbsentGpu.H200;
    PtxKernel kernel = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 4, 3072).matmul(gpu.tensor(BFLOAT16, 1024, 3072).transpose(0, 1)).realize()));
    int weights = kernel.program().prefetched().getFirst();
    assertThat(Graph.topological(List.of(kernel.program().graph())).stream().filter(node -> node.is(OpCode.PARAM)).map(node -> node.payload(Param.class)))
        .anySatisfy(param -> {
          assertThat(param.slot()).isEqualTo(weights);
          assertThat(param.shape().elements()).isEqualTo(1024 * 3072);
        });
    String ptx = kernel.ptx();
    int allows = ptx.indexOf("griddepcontrol.launch_dependents");
    int waits = ptx.indexOf("griddepcontrol.wait");
    int fetches = ptx.indexOf("cp.async.bulk");
    int waitsAgain = ptx.indexOf("griddepcontrol.wait", waits + 1);
    int fetchesOther = ptx.indexOf("cp.async.bulk", waitsAgain + 1);
    int panels = 4;
    assertThat(ptx.substring(fetches, waitsAgain).split("cp.async.bulk", -1)).as("panels of weights").hasSize(1 + panels);
    assertThat(List.of(allows, waits, fetches, waitsAgain, fetchesOther)).doesNotContain(-1).isSorted();
    assertThat(ptx.substring(allows, waits)).as("the first wait is for data that somebody writes").containsPattern("@%p\\d+ bra");
    assertThat(kernel.count("cp.async.bulk")).as("weights, then rows: all of them fit into slots; no other tile").isEqualTo(2 * panels);
    PtxKernel longer = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 4, 8192).matmul(gpu.tensor(BFLOAT16, 1024, 8192).transpose(0, 1)).realize()));
    assertThat(longer.count("cp.async.bulk")).as("weights, rows, both of what does not fit into slots; no other tile").isEqualTo(4 * panels);
  }

  /// Both weights of a gated perceptron meet the same rows, which come once; what is between the two products is in no memory.
  @ParameterizedTest
  @ValueSource(ints = {4, 64, 256, 4096})
  void aGatedPerceptronsProductsAreOneKernel(int rows) {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor x = gpu.tensor(BFLOAT16, rows, 1024);
    Tensor gate = gpu.tensor(BFLOAT16, 3072, 1024).transpose(0, 1);
    Tensor up = gpu.tensor(BFLOAT16, 3072, 1024).transpose(0, 1);
    PtxKernel kernel = only(gpu.launches(() -> x.matmul(gate).silu().mul(x.matmul(up)).realize()));
    assertThat(kernel.program().description()).startsWith("contract " + rows + "x(3072+3072)x1024");
    assertThat(kernel.program().maps()).hasSize(3);
    assertThat(kernel.program().prefetched()).as("the larger factors").hasSize(rows > 3072 ? 1 : 2);
    assertThat(kernel.count("wgmma.mma_async") % 2).as("as many products of the one as of the other").isZero();
    assertThat(kernel.count("st.global")).as("one result: %s", kernel).isPositive();
  }

  /// A norm of few rows is computed by each block of the products that read it, while their weights come; of more rows it is a kernel before them.
  @ParameterizedTest
  @CsvSource({"4, 1", "8, 1", "9, 2", "64, 2"})
  void normsOfFewRowsAreNoKernelsOfTheirOwn(int rows, int kernels) {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor x = gpu.tensor(BFLOAT16, rows, 1024);
    Tensor weight = gpu.tensor(BFLOAT16, 1024);
    List<PtxKernel> launches = gpu.launches(() -> {
      Tensor normed = x.rmsNorm(weight, 1e-6);
      Tensor.realize(List.of(normed.matmul(gpu.tensor(BFLOAT16, 2048, 1024).transpose(0, 1)), normed.matmul(gpu.tensor(BFLOAT16, 1024, 1024).transpose(0, 1))));
    });
    assertThat(launches).hasSize(kernels);
    PtxKernel product = launches.getLast();
    assertThat(product.program().description()).startsWith("contract " + rows + "x(1024+1024+1024)x1024");
    assertThat(product.program().prefetched()).as("both weights, one of which is multiplied in two parts").hasSize(2);
    assertThat(product.program().maps()).as("those of weights, and of rows that are in memory").hasSize(3 + kernels - 1);
  }

  /// Of many rows each product has tiles of its own.
  @Test
  void productsOfManyRowsAreKernelsOfTheirOwn() {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor x = gpu.tensor(BFLOAT16, 256, 1024);
    List<PtxKernel> launches = gpu.launches(() -> Tensor.realize(
        List.of(x.matmul(gpu.tensor(BFLOAT16, 2048, 1024).transpose(0, 1)), x.matmul(gpu.tensor(BFLOAT16, 1024, 1024).transpose(0, 1)))));
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("contract", "contract");
  }

  private static Tensor weight(AbsentGpu gpu, int columns, int depth) {
    return gpu.tensor(BFLOAT16, columns, depth).transpose(0, 1);
  }

  /// A layer of Qwen3-0.6B without its attention: queries, keys and values; the way back; gate and what it lets pass; the way back. Of more than eight rows two norms more. Also
  /// where the perceptron has more columns than multiprocessors have tiles.
  @ParameterizedTest
  @CsvSource({"4, 3072, 4", "8, 8192, 4", "64, 3072, 6"})
  void aLayerOfFewRowsHasALaunchForEachPairOfProducts(int rows, int hidden, int launches) {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor x = gpu.tensor(BFLOAT16, rows, 1024);
    assertThat(gpu.launches(() -> {
      Tensor normed = x.rmsNorm(gpu.tensor(BFLOAT16, 1024), 1e-6);
      Tensor queries = normed.matmul(weight(gpu, 2048, 1024)).contiguous();
      Tensor keys = normed.matmul(weight(gpu, 1024, 1024));
      Tensor values = normed.matmul(weight(gpu, 1024, 1024));
      Tensor between = x.add(queries.matmul(weight(gpu, 1024, 2048)));
      Tensor again = between.rmsNorm(gpu.tensor(BFLOAT16, 1024), 1e-6);
      Tensor inside = again.matmul(weight(gpu, hidden, 1024)).silu().mul(again.matmul(weight(gpu, hidden, 1024)));
      Tensor.realize(List.of(keys, values, between.add(inside.matmul(weight(gpu, 1024, hidden)))));
    })).hasSize(launches);
  }

  /// What is wanted besides, or read by others than products, is in memory.
  @Test
  void normsThatAreWantedAreKernels() {
    AbsentGpu gpu = AbsentGpu.H200;
    List<PtxKernel> launches = gpu.launches(() -> {
      Tensor normed = gpu.tensor(BFLOAT16, 4, 1024).rmsNorm(gpu.tensor(BFLOAT16, 1024), 1e-6);
      Tensor.realize(List.of(normed, normed.matmul(gpu.tensor(BFLOAT16, 2048, 1024).transpose(0, 1))));
    });
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("reduce", "contract");
  }

  /// A cache's keys and values come in tensors of other shapes, and are written by one launch.
  @Test
  void equalScattersShareALaunchWhateverTheirShapes() {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor slots = gpu.tensor(INT32, 4, 1).expand(4, 1024);
    List<PtxKernel> launches = gpu.launches(() -> {
      Tensor keys = gpu.tensor(BFLOAT16, 512, 1024);
      Tensor values = gpu.tensor(BFLOAT16, 512, 1024);
      keys.update(keys.scatter(0, slots, gpu.tensor(BFLOAT16, 4, 8, 1, 128).reshape(4, 1024)));
      values.update(values.scatter(0, slots, gpu.tensor(BFLOAT16, 4, 1, 8, 128).reshape(4, 1024)));
      Tensor.realize(List.of(keys, values));
    });
    PtxKernel scatter = only(launches);
    assertThat(scatter.kind()).isEqualTo("scatter");
    assertThat(scatter.program().launch().times()).isEqualTo(2);
  }

  /// Who else wants the gate has it in memory.
  @Test
  void aGateThatIsWantedIsAKernelOfItsOwn() {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor x = gpu.tensor(BFLOAT16, 4, 1024);
    List<PtxKernel> launches = gpu.launches(() -> {
      Tensor gate = x.matmul(gpu.tensor(BFLOAT16, 3072, 1024).transpose(0, 1));
      Tensor.realize(List.of(gate, gate.silu().mul(x.matmul(gpu.tensor(BFLOAT16, 3072, 1024).transpose(0, 1)))));
    });
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("contract", "contract");
  }

  /// Of few rows the widest tiles would leave most multiprocessors idle; half of the shared memory is the next launch's.
  @ParameterizedTest
  @CsvSource({"4, 1024, 3072", "4, 3072, 1024", "8, 1024, 1024", "16, 1024, 3072", "64, 1024, 3072", "64, 4096, 1024"})
  void fewRowsAreMultipliedByMostMultiprocessors(int rows, int columns, int depth) {
    AbsentGpu gpu = AbsentGpu.H200;
    PtxKernel kernel = only(gpu.launches(() -> gpu.tensor(BFLOAT16, rows, depth).matmul(gpu.tensor(BFLOAT16, columns, depth).transpose(0, 1)).realize()));
    assertThat(kernel.program().launch().items()).as(kernel.toString()).isBetween(64L, 132L);
    assertThat(kernel.program().launch().scratchBytes()).as(kernel.toString()).isLessThanOrEqualTo(gpu.sharedBytes() / 2);
  }

  @Test
  void tilesAreAsWideAsTheMatrixAllows() {
    for (int columns : List.of(384, 768)) {
      AbsentGpu gpu = AbsentGpu.H200;
      PtxKernel kernel = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 16384, 512).matmul(gpu.tensor(BFLOAT16, 512, columns)).realize()));
      assertThat(kernel.count("wgmma.mma_async.sync.aligned.m64n" + (columns == 384 ? "192k16" : "256k16"))).as(kernel.toString()).isPositive();
    }
  }

  /// What layerNorm's derivative computes of each row alone counts nothing for an element, and what two operations share once.
  @Test
  void derivativesOfLayerNormAreOneKernel() {
    List<PtxKernel> kernels = GpuWorkload.LAYER_NORM_GRADIENT.launches(AbsentGpu.H200);
    assertThat(kernels.stream().filter(kernel -> kernel.program().description().contains("sum over 768"))).hasSize(1);
  }

  /// Of each row the deviation is computed once for four columns.
  @Test
  void derivativesOfLayerNormsWeightsTakeSomeColumnsAtATime() {
    PtxKernel kernel = GpuWorkload.LAYER_NORM_GRADIENT.launches(AbsentGpu.H200).stream()
        .filter(k -> k.program().description().contains("sum over 2048")).findFirst().orElseThrow();
    assertThat(kernel.count("ld.global.v2")).as("four 16-bit floats").isPositive();
    assertThat(kernel.count("ld.global.b16")).as(kernel.toString()).isZero();
  }

  /// Rows of 250 numbers do not begin at multiples of 16 bytes, as tensor maps want them, nor would 511 rows side by side.
  @Test
  void whatNoTensorMapDescribesIsFetchedByThreads() {
    AbsentGpu gpu = AbsentGpu.H200;
    PtxKernel kernel = gpu.launches(() -> gpu.tensor(BFLOAT16, 511, 250).matmul(gpu.tensor(BFLOAT16, 250, 512)).realize()).getFirst();
    assertThat(kernel.count("wgmma.mma_async")).isPositive();
    assertThat(kernel.count("cp.async.bulk")).isZero();
    assertThat(kernel.program().maps()).isEmpty();
  }

  /// Of a right factor that lies across, whole panels of 64 columns are brought, or threads bring what there is; products wait for both factors.
  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32, 48, 64})
  void fewColumnsComeToo(int columns) {
    AbsentGpu gpu = AbsentGpu.H200;
    for (boolean transposed : new boolean[] {false, true}) {
      Tensor right = transposed ? gpu.tensor(BFLOAT16, columns, 232).transpose(0, 1) : gpu.tensor(BFLOAT16, 232, columns);
      PtxKernel kernel = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 328, 232).matmul(right).realize()));
      int maps = kernel.program().maps().size();
      assertThat(kernel.count("cp.async.bulk.tensor")).as("for the first slots and for the other steps: %s", kernel).isEqualTo(2 * maps);
      assertThat(kernel.count("cp.async.cg.shared.global") > 0).as(kernel.toString()).isEqualTo(maps == 0);
    }
  }

  /// Tiles of 128 rows go from one batch's first hundred rows to the next's: no box does, but rows of pixels.
  @Test
  void tilesThatGoAcrossTheEndOfALoopAreRowsOfPixels() {
    AbsentGpu gpu = AbsentGpu.H200;
    Tensor rows = gpu.tensor(BFLOAT16, 4, 128, 512).narrow(1, 0, 100);
    PtxKernel kernel = only(gpu.launches(() -> rows.matmul(gpu.tensor(BFLOAT16, 512, 256)).realize()));
    Program.TensorMap map = kernel.program().maps().getFirst();
    assertThat(map.pixels()).isEqualTo(new Program.Pixels(64, List.of(new Program.PixelAxis(0, 0, 1), new Program.PixelAxis(0, 0, 1))));
    assertThat(map.dimensions()).extracting(Program.Dimension::size).containsExactly(512L, 100L, 4L, 1L);
    PtxKernel whole = only(gpu.launches(() -> gpu.tensor(BFLOAT16, 4, 256, 512).narrow(1, 0, 128).matmul(gpu.tensor(BFLOAT16, 512, 256)).realize()));
    assertThat(whole.program().maps().getFirst().dimensions()).as("inner, row, batch").hasSize(3);
    assertThat(whole.program().maps().getFirst().pixels()).isNull();
  }

  /// A window of 3 pixels and a stride of 2, with a padding of 1: of the images, for the convolution and the gradient by the weights, and of the derivative of the result,
  /// with zeros between.
  @Test
  void windowsComeByTensorMapsOfImages() {
    List<PtxKernel> products = GpuWorkload.CONVOLUTION_GRADIENT.launches(AbsentGpu.H200).stream().filter(kernel -> kernel.kind().equals("contract")).toList();
    assertThat(products).allSatisfy(kernel -> {
      assertThat(kernel.count("cp.async.bulk.tensor.4d.shared::cluster.global.im2col")).as(kernel.toString()).isPositive();
      assertThat(kernel.count("cp.async.cg")).as(kernel.toString()).isZero();
    });
    Program.PixelAxis strided = new Program.PixelAxis(-1, -2, 2);
    Program.PixelAxis flipped = new Program.PixelAxis(-1, 0, 1);
    assertThat(products.stream().flatMap(kernel -> kernel.program().maps().stream()).filter(map -> map.pixels() != null).map(map -> map.pixels().axes()))
        .containsExactlyInAnyOrder(List.of(strided, strided), List.of(strided, strided), List.of(flipped, flipped));
  }

  /// Derivatives by queries and keys have a group of four warps a block, as shared memory has room for the rows of no more.
  @Test
  void scoresOfHeadsOf256NumbersNeverComeToMemory() {
    List<PtxKernel> launches = GpuWorkload.ATTENTION_OF_WIDEST_HEADS.launches(AbsentGpu.H200);
    List<PtxKernel> passes = launches.stream().filter(kernel -> kernel.kind().equals("attention")).toList();
    assertThat(passes).extracting(kernel -> kernel.program().launch().threads()).containsExactlyInAnyOrder(384, 384, 256, 256);
    assertThat(passes).allSatisfy(kernel -> assertThat(kernel.program().maps()).as(kernel.toString()).isNotEmpty());
    assertThat(launches).extracting(PtxKernel::kind).as("and dot products of rows, and joined gradients").doesNotContain("contract");
  }

  @Test
  void productsOfOddSizesGoThroughTheMatrixUnitsToo() {
    assertThat(only(GpuWorkload.MATMUL_ODD, AbsentGpu.A100).count("mma.sync")).isPositive();
    assertThat(only(GpuWorkload.MATMUL_ODD, AbsentGpu.H200).count("wgmma.mma_async")).isPositive();
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void biasActivationAndResidualAreInsideOfTheProduct(AbsentGpu gpu) {
    PtxKernel kernel = only(GpuWorkload.MATMUL_EPILOGUE, gpu);
    assertThat(kernel.kind()).isEqualTo("contract");
    movesInVectors(kernel, "ld.global");
    movesInVectors(kernel, "st.global");
  }

  /// Implicit GEMM: windows are brought to shared memory past the registers, and are nowhere else.
  @ParameterizedTest
  @MethodSource("gpus")
  void convolutionsAndTheirGradientsAreProductsOfWindowsThatAreCopiedAsynchronously(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.CONVOLUTION_GRADIENT.launches(gpu);
    List<PtxKernel> products = launches.stream().filter(kernel -> kernel.kind().equals("contract")).toList();
    assertThat(products).hasSize(3).allSatisfy(kernel -> {
      assertThat(kernel.count("cp.async.cg.shared.global") + kernel.count("cp.async.bulk")).as(kernel.toString()).isPositive();
      // But for sums that blocks give to each other.
      assertThat(kernel.count("ld.global")).as(kernel.toString()).isEqualTo(kernel.program().exchangeBytes() == 0 ? 0 : kernel.count("ld.global.v4"));
    });
    assertThat(launches).extracting(PtxKernel::kind).isSubsetOf("contract", "map", "reduce");
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void attentionIsOneKernelWhoseScoresStayInRegisters(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.ATTENTION.launches(gpu);
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("attention");
    PtxKernel attention = launches.getFirst();
    int warps = attention.count("mma.sync");
    int groups = attention.count("wgmma.mma_async");
    assertThat(warps + groups).as("scores, and their products with the values, with and without the mask").isPositive().matches(n -> n % 4 == 0);
    assertThat(warps == 0).as("four warps multiply together").isEqualTo(gpu == AbsentGpu.H200);
    // Of a step's 64 x 64 scores, a thread of four warps has 32.
    assertThat(attention.count("ex2.approx.ftz.f32")).as("one for each score, and one for each row").isLessThan(2 * (groups == 0 ? warps * 5 / 8 : 36));
    isWithoutScoresInMemory(attention);
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void attentionWithItsGradientIsThreePassesOrTwoOverScoresThatAreNeverKept(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.ATTENTION_GRADIENT.launches(gpu);
    boolean across = gpu == AbsentGpu.H200;
    assertThat(launches).extracting(PtxKernel::kind).filteredOn("attention"::equals).as("forward; by queries; by keys and values, on Hopper all at once").hasSize(across ? 2 : 3);
    launches.forEach(kernel -> assertThat(kernel.count("st.global")).as("stores of " + kernel).isPositive());
    assertThat(launches).as("and the rows of gradient times output; on Hopper zeros, to count who has added; the three gradients come as one").hasSize(4);
    launches.forEach(GpuKernelsTest::isWithoutScoresInMemory);
  }

  private static PtxKernel product(AbsentGpu gpu, int m, int n, int k) {
    return gpu.launches(() -> gpu.tensor(BFLOAT16, m, k).matmul(gpu.tensor(BFLOAT16, k, n)).realize()).getLast();
  }

  /// Two blocks bring the right factor's slabs for each other where that is worth the waiting for one another.
  @Test
  void blocksOfLongProductsShareTheRightFactor() {
    PtxKernel shared = product(AbsentGpu.H200, 4096, 4096, 4096);
    assertThat(shared.ptx()).contains(".reqnctapercluster 2, 1, 1");
    int panels = 256 / 64;
    assertThat(shared.count("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster")).as("half of the lines of each panel: the first slabs, the others of the first tile, later tiles").isEqualTo(3 * panels);
    assertThat(shared.count("mapa.shared::cluster")).as("slots are released for both").isEqualTo(2);
    assertThat(shared.count("barrier.cluster.arrive")).as("before mbarriers are used, and before they are gone").isEqualTo(2);
    assertThat(shared.program().launch().items()).isEven();
    // An odd number of tiles below one another: the last cluster has one without rows.
    assertThat(product(AbsentGpu.H200, 393 * 128, 768, 4096).ptx()).contains(".reqnctapercluster");
    for (PtxKernel alone : List.of(product(AbsentGpu.H200, 2048, 2048, 2048), product(AbsentGpu.H200, 3 * 128, 8192, 4096), product(AbsentGpu.H200, 4, 4096, 4096), product(AbsentGpu.A100, 4096, 4096, 4096))) {
      assertThat(alone.ptx()).as(alone.toString()).doesNotContain("cluster_dim", ".reqnctapercluster", "multicast");
    }
  }

  /// GELU's derivative is computed from its input, which takes half as much room as the function that both contain.
  @ParameterizedTest
  @MethodSource("gpus")
  void whatFollowsAProductIsComputedAgainRatherThanKept(AbsentGpu gpu) {
    List<PtxKernel> launches = gpu.launches(() -> {
      Tensor x = gpu.tensor(BFLOAT16, 2048, 768).requiresGrad();
      Tensor up = gpu.tensor(BFLOAT16, 3072, 768).requiresGrad();
      Tensor down = gpu.tensor(BFLOAT16, 768, 3072).requiresGrad();
      Tensor loss = x.linear(up, null).gelu().linear(down, null).add(x).square().sum();
      Tensor.realize(Gradient.of(loss, List.of(x, up, down)));
    });
    assertThat(launches).extracting(kernel -> kernel.program().description()).filteredOn(text -> text.contains("erf")).isNotEmpty().allMatch(text -> text.endsWith("x2 outputs"));
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void aBlockOfAttentionHasSixtyFourRowsAtLeastHoweverFewTheHeads(AbsentGpu gpu) {
    List<PtxKernel> fused = GpuWorkload.ATTENTION_GRADIENT_OF_ONE_HEAD.launches(gpu).stream().filter(kernel -> kernel.kind().equals("attention")).toList();
    assertThat(fused).hasSize(3).allMatch(kernel -> kernel.program().launch().items() <= GpuWorkload.TIME / 64);
  }

  /// What hides keys is no reason to keep scores: a window, a mask of bools, numbers that are added.
  @ParameterizedTest
  @MethodSource("gpus")
  void masksAreLookedAtOnTheWay(AbsentGpu gpu) {
    List<PtxKernel> ofComputedValues = GpuWorkload.ATTENTION_OF_COMPUTED_VALUES.launches(gpu);
    assertThat(ofComputedValues).as("forward; by queries; by keys and values").extracting(PtxKernel::kind).filteredOn("attention"::equals).hasSize(3);
    for (GpuWorkload masked : List.of(GpuWorkload.ATTENTION_IN_A_WINDOW, GpuWorkload.ATTENTION_UNDER_A_MASK, GpuWorkload.ATTENTION_WITH_A_BIAS)) {
      List<PtxKernel> launches = masked.launches(gpu);
      assertThat(launches).as("%s: forward, by queries, by keys and by values at most", masked).extracting(PtxKernel::kind).filteredOn("attention"::equals).hasSizeBetween(3, 4);
      assertThat(launches).allSatisfy(kernel -> assertThat(elements(kernel)).allMatch(size -> size < 2L * 4 * GpuWorkload.TIME * GpuWorkload.TIME));
    }
  }

  private static List<Long> elements(PtxKernel kernel) {
    return Graph.topological(List.of(kernel.program().graph())).stream().filter(node -> node.is(OpCode.PARAM)).map(node -> node.payload(Param.class).shape().elements()).toList();
  }

  private static void isWithoutScoresInMemory(PtxKernel kernel) {
    List<Shape> shapes = Graph.topological(List.of(kernel.program().graph())).stream().filter(node -> node.is(OpCode.PARAM))
        .map(node -> node.payload(Param.class).shape()).toList();
    long scores = (long) GpuWorkload.BATCH * GpuWorkload.HEADS * GpuWorkload.TIME * GpuWorkload.TIME;
    assertThat(shapes).as(kernel.toString()).isNotEmpty().allMatch(shape -> shape.elements() < scores);
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void crossEntropyWithItsGradientIsThreeKernels(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.CROSS_ENTROPY_GRADIENT.launches(gpu);
    assertThat(launches).extracting(PtxKernel::kind).containsExactly("reduce", "reduce", "map");
    PtxKernel gradient = launches.getLast();
    assertThat(inVectors(gradient, "ld.global")).as("two places of a row: %s", gradient).isEqualTo(2);
    movesInVectors(gradient, "st.global");
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void anOptimizerChangesAllParametersInOneLaunchAndInVectors(AbsentGpu gpu) {
    List<PtxKernel> updates = GpuWorkload.ADAMW.launches(gpu).stream().filter(kernel -> kernel.count("sqrt.rn.f32") > 0).toList();
    assertThat(updates).hasSize(1);
    PtxKernel update = updates.getFirst();
    assertThat(update.program().graphs().stream().distinct()).hasSize(8);
    assertThat(inVectors(update, "ld.global")).as(update.toString()).isEqualTo(4);
    movesInVectors(update, "st.global");
  }

  /// Parameters have room for 32,764 bytes, of which a product takes 24 for its pointers and 256 for tensor maps, a sum of two tensors 24.
  @Test
  void aLaunchTakesNoMoreRunsThanItsParametersHaveRoomFor() {
    AbsentGpu gpu = AbsentGpu.H200;
    List<PtxKernel> products = gpu.launches(() -> Tensor.realize(
        Stream.generate(() -> gpu.tensor(BFLOAT16, 256, 512)).limit(150).map(x -> x.matmul(gpu.tensor(BFLOAT16, 512, 256))).toList()));
    assertThat(products).extracting(kernel -> kernel.program().graphs().size()).containsExactly(116, 34);
    List<PtxKernel> sums = gpu.launches(() -> Tensor.realize(
        Stream.generate(() -> gpu.tensor(BFLOAT16, 256)).limit(1500).map(x -> x.add(gpu.tensor(BFLOAT16, 256))).toList()));
    assertThat(sums).extracting(kernel -> kernel.program().graphs().size()).containsExactly(1359, 141);
  }

  @ParameterizedTest
  @MethodSource("gpus")
  void tensorsOfAllSizesAndTypesShareALaunchThatDoesTheSameToThem(AbsentGpu gpu) {
    List<PtxKernel> launches = GpuWorkload.MANY_TENSORS.launches(gpu);
    assertThat(launches).hasSize(1);
    PtxKernel kernel = launches.getFirst();
    assertThat(kernel.program().graphs()).hasSize(4);
    assertThat(kernel.count("ld.global")).as("one vector of each type").isEqualTo(2);
    movesInVectors(kernel, "st.global");
  }
}
