package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.DType.BFLOAT16;
import static org.teenygrad.DType.INT32;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// Rows that are assigned to places which data names, by warps that look for later rows.
class RowScatterTest {
  /// Some places come several times, some rows go nowhere: below 0 and behind the last.
  private static int[] places(Random random, int rows, int places) {
    return IntStream.range(0, rows).map(i -> random.nextInt(3) == 0 ? 0 : random.nextInt(places + 4) - 2).toArray();
  }

  private static double[] assigned(Device device, DType dtype, int[] places, int kept, int columns) {
    Expr base = new Expr(Buffers.of(device, dtype, Shape.of(kept, columns), numbers(kept * columns, 1)));
    Expr rows = new Expr(Buffers.of(device, dtype, Shape.of(places.length, columns), numbers(places.length * columns, -1)));
    Expr index = new Expr(Buffers.of(device, INT32, Shape.of(places.length, 1), Arrays.stream(places).asDoubleStream().toArray()));
    return Buffers.numbers(base.scatter(index.expand(Shape.of(places.length, columns)), rows, 0, null).node());
  }

  private static double[] numbers(int count, int sign) {
    return IntStream.range(0, count).mapToDouble(i -> sign * (i % 251 + 1)).toArray();
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16, 5, 40, 64", "FLOAT32, 70, 9, 3", "FLOAT32, 3, 2, 1500", "BFLOAT16, 1, 3, 8", "INT64, 131, 17, 5"})
  void theLastRowOfAPlaceStays(DType dtype, int rows, int kept, int columns) {
    int[] places = places(new Random(rows), rows, kept);
    double[] expected = assigned(Device.of("interpreter"), dtype, places, kept, columns);
    assertThat(assigned(SimulatedGpu.device(), dtype, places, kept, columns)).containsExactly(expected);
  }

  /// Rows do not wait for one another: each has a warp.
  @Test
  void newKeysAreWrittenByAWarpForEachRow() {
    AbsentGpu gpu = AbsentGpu.H200;
    List<PtxKernel> launches = gpu.launches(() -> {
      Tensor keys = gpu.tensor(BFLOAT16, 4096, 1024);
      keys.update(keys.scatter(0, gpu.tensor(INT32, 512, 1).expand(512, 1024), gpu.tensor(BFLOAT16, 512, 1024))).realize();
    });
    assertThat(launches).extracting(launch -> launch.program().launch().items()).containsExactly(128L);
    assertThat(launches.getFirst().ptx()).contains("st.global.v4.b32").doesNotContain("st.global.b16");
  }
}
