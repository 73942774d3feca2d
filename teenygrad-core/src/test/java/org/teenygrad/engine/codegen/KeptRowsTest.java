package org.teenygrad.engine.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;

class KeptRowsTest {
  private static Tensor rows(int... shape) {
    Tensor.manualSeed(7);
    return Tensor.randn(shape).mul(5).realize();
  }

  private static Program only(Tensor result) {
    List<Program> programs = new ArrayList<>();
    try (Activity.Watching _ = Activity.watch(event -> {
      if (event instanceof Activity.Launched launched) {
        programs.add(launched.program());
      }
    })) {
      result.realize();
    }
    assertThat(programs).hasSize(1);
    return programs.getFirst();
  }

  /// What is multiplied by the logarithm's constant, in as many lines as steps are written out.
  private static long exponentials(Program program) {
    return program.source().lines().filter(line -> line.contains("fma") && line.contains("0x3FF7154760000000")).count();
  }

  /// Once where they are added up, four vectors at a time; where they are divided they are loaded.
  @Test
  void exponentialsOfARowAreComputedOnce() {
    Program softmax = only(rows(256, 1024).softmax(-1));
    assertThat(softmax.launch().scratchBytes()).isEqualTo(4096);
    assertThat(exponentials(softmax)).isEqualTo(4);
  }

  @Test
  void whatIsQuickOrDoesNotFitIsComputedTwice() {
    assertThat(only(rows(256, 1024).layerNorm(rows(1024), rows(1024))).launch().scratchBytes()).isZero();
    int columns = Math.toIntExact(((Target.Cpu) Devices.runtime(Device.of("cpu")).target()).l2Bytes() / 2);
    assertThat(only(rows(64, columns).softmax(-1)).launch().scratchBytes()).as("rows of twice the second-level cache").isZero();
  }

  /// The same bits as where the exponentials were kept in a tensor, whatever is left over behind the last whole vector.
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 16, 17, 63, 64, 65, 80, 100, 1000, 1023, 1024, 1031})
  void bitsAreThoseOfValuesInMemory(int columns) {
    Tensor softmax = rows(33, 7, columns).softmax(-1);
    assertThat(only(softmax).launch().scratchBytes()).isGreaterThanOrEqualTo(4L * columns);
    Tensor x = rows(33, 7, columns);
    Tensor powers = x.sub(x.max(-1, true).realize()).exp().realize();
    assertThat(softmax.toFloatArray()).isEqualTo(powers.div(powers.sum(-1, true).realize()).toFloatArray());
  }

  /// Rows of other types, of hidden elements, and two of one kernel.
  @Test
  void rowsOfOtherKindsAreRight() {
    Tensor x = rows(133, 130);
    double[] exact = x.cast(DType.FLOAT64).softmax(-1).toDoubleArray();
    assertThat(worst(x.softmax(-1), exact)).isLessThan(1e-6);
    assertThat(worst(x.cast(DType.BFLOAT16).realize().cast(DType.FLOAT32).softmax(-1), exact)).isLessThan(0.1);
    Tensor seen = Tensor.arange(130).lt(Tensor.arange(133).add(5).reshape(133, 1));
    Tensor hidden = seen.where(x, Float.NEGATIVE_INFINITY);
    assertThat(worst(hidden.softmax(-1), hidden.cast(DType.FLOAT64).softmax(-1).toDoubleArray())).isLessThan(1e-6);
    Tensor both = x.softmax(-1).add(x.mul(0.5).softmax(-1));
    assertThat(worst(both, x.cast(DType.FLOAT64).softmax(-1).add(x.cast(DType.FLOAT64).mul(0.5).softmax(-1)).toDoubleArray())).isLessThan(1e-6);
  }

  private static double worst(Tensor values, double[] exact) {
    double[] seen = values.cast(DType.FLOAT64).toDoubleArray();
    double worst = 0;
    for (int i = 0; i < exact.length; i++) {
      worst = Math.max(worst, Math.abs(seen[i] - exact[i])); // NaN if either is
    }
    return worst;
  }

  /// Columns of long sums are the work of all threads.
  @ParameterizedTest
  @ValueSource(ints = {768, 1000, 4096})
  void sumsOfColumnsAreSharedByThreads(int columns) {
    Tensor x = rows(512, columns);
    assertThat(only(x.sum(0)).launch().items()).isGreaterThanOrEqualTo(4);
    double[] exact = x.cast(DType.FLOAT64).sum(0).toDoubleArray();
    assertThat(worst(x.sum(0), exact)).isLessThan(1e-2);
  }
}
