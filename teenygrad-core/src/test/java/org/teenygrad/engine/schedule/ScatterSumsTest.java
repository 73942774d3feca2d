package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.testing.Buffers;

class ScatterSumsTest {
  private static final Device INTERPRETER = Device.of("interpreter");
  private static final Target H200 = Devices.runtime(AbsentGpu.H200.device()).target();

  private static OpNode wholeNumbers(Random random, DType dtype, int rows, int columns) {
    return Buffers.of(INTERPRETER, dtype, Shape.of(rows, columns), random.ints((long) rows * columns, -8, 9).asDoubleStream().toArray());
  }

  /// Many rows go to the first place, some to none: below 0 and behind the last.
  private static OpNode places(Random random, DType dtype, int rows, int places, int columns) {
    double[] numbers = IntStream.range(0, rows).mapToDouble(i -> random.nextInt(3) == 0 ? 0 : random.nextInt(places + 4) - 2).toArray();
    return new Expr(Buffers.of(INTERPRETER, dtype, Shape.of(rows, 1), numbers)).expand(Shape.of(rows, columns)).node();
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, INT32, 8192, 50, 3", "FLOAT32, INT64, 8223, 1, 2", "BFLOAT16, INT32, 9001, 700, 1", "INT32, INT32, 8192, 257, 2"})
  void theSumsAreThoseOfAScatter(DType dtype, DType index, int rows, int places, int columns) {
    Random random = new Random(rows + places);
    Expr base = new Expr(wholeNumbers(random, dtype, places, columns));
    OpNode scatter = base.scatter(new Expr(places(random, index, rows, places, columns)), new Expr(wholeNumbers(random, dtype, rows, columns)), 0, OpCode.ADD).node();
    List<OpNode> sorted = SplitSorts.apply(ScatterSums.apply(List.of(scatter), H200), H200);
    assertThat(Graph.topological(sorted)).noneMatch(node -> node.is(OpCode.SCATTER));
    assertThat(Buffers.numbers(sorted.getFirst())).containsExactly(Buffers.numbers(scatter));
  }

  @Test
  void rowsHaveAnyShape() {
    Random random = new Random(2);
    for (Shape each : List.of(Shape.SCALAR, Shape.of(2, 3))) {
      Shape rows = Shape.of(Stream.concat(Stream.of(8192), each.stream().boxed()).toList());
      Expr source = new Expr(wholeNumbers(random, DType.FLOAT32, 8192, (int) each.elements())).reshape(rows);
      Expr index = new Expr(places(random, DType.INT32, 8192, 9, 1)).reshape(Shape.of(Stream.concat(Stream.of(8192), each.stream().mapToObj(axis -> 1)).toList()));
      Expr base = source.part(0, 0, 9);
      OpNode scatter = base.scatter(index.expand(rows), source, 0, OpCode.ADD).node();
      OpNode sorted = ScatterSums.apply(List.of(scatter), H200).getFirst();
      assertThat(Graph.topological(List.of(sorted))).noneMatch(node -> node.is(OpCode.SCATTER));
      assertThat(Buffers.numbers(sorted)).containsExactly(Buffers.numbers(scatter));
    }
  }

  @Test
  void onlyManyRowsThatGoWholeToOnePlaceAreSorted() {
    Random random = new Random(1);
    Expr base = new Expr(wholeNumbers(random, DType.FLOAT32, 9, 2));
    Expr rows = new Expr(wholeNumbers(random, DType.FLOAT32, 8192, 2));
    OpNode eachItsOwn = base.scatter(new Expr(wholeNumbers(random, DType.INT32, 8192, 2)), rows, 0, OpCode.ADD).node();
    OpNode replaced = base.scatter(new Expr(places(random, DType.INT32, 8192, 9, 2)), rows, 0, null).node();
    OpNode few = base.scatter(new Expr(places(random, DType.INT32, 64, 9, 2)), rows.part(0, 0, 64), 0, OpCode.ADD).node();
    List<OpNode> scatters = List.of(eachItsOwn, replaced, few);
    assertThat(ScatterSums.apply(scatters, H200)).isEqualTo(scatters);
  }

  /// 1,000 times one is 256 if each sum is rounded to 8 bits.
  @Test
  void whatHasSixteenBitsIsAddedUpInFloat32() {
    for (String device : List.of("interpreter", "cpu")) {
      Tensor ones = Tensor.full(Shape.of(1000), 1, DType.BFLOAT16).to(Device.of(device));
      assertThat(Tensor.full(Shape.of(2), 0, DType.BFLOAT16).to(Device.of(device)).indexAdd(0, Tensor.zeros(DType.INT32, 1000).to(Device.of(device)), ones).toDoubleArray()).containsExactly(1000, 0);
    }
  }

  @Test
  void tablesThatAreReadAtTheSamePlacesShareTheirOrderAndLaunches() {
    List<PtxKernel> launches = AbsentGpu.H200.launches(() -> {
      Tensor ids = AbsentGpu.H200.tensor(DType.INT32, 16, 1024);
      List<Tensor> tables = Stream.generate(() -> AbsentGpu.H200.tensor(DType.BFLOAT16, 32768, 768).requiresGrad(true)).limit(3).toList();
      Tensor sum = tables.stream().map(table -> table.embedding(ids).mul(AbsentGpu.H200.tensor(DType.BFLOAT16, 16, 1024, 768)).sum()).reduce(Tensor::add).orElseThrow();
      Tensor.realize(tables.stream().map(table -> Gradient.of(sum, table)).toArray(Tensor[]::new));
    });
    assertThat(launches).extracting(PtxKernel::kind).doesNotContain("scatter");
    // The parts of 16,384 numbers sorted, and merged twice; how many of each place; sums of spans; sums.
    assertThat(launches).extracting(kernel -> kernel.program().description().replaceAll(" .*", ""))
        .containsExactly("sort", "map", "sort", "map", "map", "sort", "reduce", "reduce", "reduce");
    assertThat(launches.subList(7, 9)).allMatch(kernel -> kernel.program().launch().times() == 3);
  }
}
