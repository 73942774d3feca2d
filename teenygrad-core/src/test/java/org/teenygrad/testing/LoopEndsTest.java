package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.codegen.LoopEnds;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Validator;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;
import org.teenygrad.engine.schedule.Recording;

/// Reductions of what a mask hides from some element on, which data says, end there: with the same results, whatever is
/// behind.
class LoopEndsTest {
  private static final Device INTERPRETER = Device.of("interpreter");
  private static final int WIDTH = 83;

  /// Of rows, some of which show nothing or everything, or would show more than there is.
  private static final int[] LENGTHS = {0, 1, -3, 16, 17, 82, 83, 84, 1000, 40, Integer.MAX_VALUE, Integer.MIN_VALUE};

  static Stream<Device> devices() {
    return Stream.of(Device.of("cpu"), SimulatedGpu.device());
  }

  /// What is hidden is NaN: a row of `width` elements for each length.
  private static Tensor rows(Device device, int width) {
    float[] values = new float[LENGTHS.length * width];
    for (int i = 0; i < values.length; i++) {
      boolean shown = i % width < LENGTHS[i / width];
      values[i] = shown ? (i * 7919L % 251) - 125 : Float.NaN;
    }
    return Tensor.of(values, Shape.of(LENGTHS.length, width), device).realize();
  }

  private static Tensor lengths(Device device) {
    return Tensor.of(LENGTHS, Shape.of(LENGTHS.length, 1), device).realize();
  }

  private static Tensor places(Device device, int width) {
    return Tensor.arange(width, DType.INT32).to(device);
  }

  private static double[] numbers(Tensor x) {
    return x.cast(DType.FLOAT64).to(INTERPRETER).toDoubleArray();
  }

  private static void agree(Device device, int width, Function<Device, Tensor> expression) {
    double[] expected = numbers(expression.apply(INTERPRETER));
    assertThat(numbers(expression.apply(device))).as("width " + width).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void sumsAndExtremesOfRowsOfTheirOwnLengths(Device device) {
    for (int width : new int[] {5, 64, WIDTH, 700}) {
      agree(device, width, d -> places(d, width).lt(lengths(d)).where(rows(d, width), 0).sum(1));
      agree(device, width, d -> places(d, width).lt(lengths(d)).where(rows(d, width), Double.NEGATIVE_INFINITY).max(1));
      agree(device, width, d -> lengths(d).le(places(d, width)).where(Double.POSITIVE_INFINITY, rows(d, width)).min(1));
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void positionsAreSeenThemselves(Device device) {
    agree(device, WIDTH, d -> places(d, WIDTH).le(lengths(d)).where(places(d, WIDTH).add(1), 0).sum(1));
  }

  @ParameterizedTest
  @MethodSource("devices")
  void restsOfMasksStay(Device device) {
    Function<Device, Tensor> window = d -> places(d, WIDTH).lt(lengths(d)).and(lengths(d).lt(places(d, WIDTH).add(20)));
    agree(device, WIDTH, d -> window.apply(d).where(rows(d, WIDTH), 0).sum(1));
    agree(device, WIDTH, d -> window.apply(d).logicalNot().where(0, rows(d, WIDTH)).sum(1));
  }

  @ParameterizedTest
  @MethodSource("devices")
  void weightedSumsOfColumns(Device device) {
    Function<Device, Tensor> columns = d -> rows(d, WIDTH).unsqueeze(2).mul(Tensor.arange(24, DType.FLOAT32).to(d));
    agree(device, WIDTH, d -> places(d, WIDTH).lt(lengths(d)).unsqueeze(2).where(columns.apply(d), 0).sum(1));
  }

  @ParameterizedTest
  @MethodSource("devices")
  void softmaxOfRowsOfTheirOwnLengths(Device device) {
    Function<Device, Tensor> logSums = d -> places(d, WIDTH).lt(lengths(d)).where(rows(d, WIDTH), Double.NEGATIVE_INFINITY).logsumexp(1, true);
    assertThat(numbers(logSums.apply(device))).usingComparatorWithPrecision(1e-4).containsExactly(numbers(logSums.apply(INTERPRETER)));
  }

  /// On a processor additions are those of the loop that goes on: a running mask has no data to end it.
  @Test
  void bitsAreThoseOfTheWholeLoop() {
    Device cpu = Device.of("cpu");
    Tensor.manualSeed(7);
    for (int width : new int[] {21, 700, 30_000}) {
      Tensor row = Tensor.randn(width).to(cpu).realize();
      for (int length : new int[] {1, 15, 16, 17, width / 2, width - 1, width}) {
        Tensor whole = Tensor.arange(width, DType.INT32).to(cpu).lt(length).where(row, 0).reshape(1, width).sum(1);
        Tensor end = Tensor.of(length).to(cpu).realize();
        Tensor ended = Tensor.arange(width, DType.INT32).to(cpu).lt(end).where(row, 0).reshape(1, width).sum(1);
        assertThat(numbers(ended)).as(length + " of " + width).containsExactly(numbers(whole));
      }
    }
  }

  @Test
  void masksBecomeEnds() {
    Device cpu = Device.of("cpu");
    Tensor largest = places(cpu, WIDTH).lt(lengths(cpu)).where(rows(cpu, WIDTH), Double.NEGATIVE_INFINITY).max(1);
    OpNode sink = kernel(largest);
    OpNode ended = LoopEnds.find(sink);
    Validator.kernel(ended);
    List<OpNode> folds = Graph.topological(List.of(ended)).stream().filter(node -> node.is(OpCode.FOLD)).toList();
    assertThat(folds).hasSize(1);
    OpNode range = folds.getFirst().input(1);
    assertThat(range.inputs()).hasSize(1);
    assertThat(range.payload(Range.class).size()).isEqualTo(WIDTH);
    assertThat(Graph.topological(List.of(ended))).noneMatch(node -> node.is(OpCode.WHERE) || node.is(OpCode.LT));
  }

  /// A sum is a number without a mask, and a mask of loop counters needs no data.
  @Test
  void otherKernelsStay() {
    Device cpu = Device.of("cpu");
    for (Tensor x : List.of(rows(cpu, WIDTH).sum(1), places(cpu, WIDTH).lt(7).where(rows(cpu, WIDTH), 0).sum(1),
        places(cpu, WIDTH).lt(lengths(cpu)).where(rows(cpu, WIDTH), 1).sum(1), places(cpu, WIDTH).lt(lengths(cpu)).where(0, rows(cpu, WIDTH)).sum(1))) {
      OpNode sink = kernel(x);
      assertThat(LoopEnds.find(sink)).isSameAs(sink);
    }
  }

  /// Of all that is launched meanwhile, other tests' kernels included, the one that reduces rows.
  private static OpNode kernel(Tensor x) {
    return Recording.of(x::realize).launches().stream().map(launch -> launch.kernel()).filter(LoopEndsTest::reducesRows).reduce((first, second) -> second).orElseThrow();
  }

  private static boolean reducesRows(OpNode kernel) {
    return Graph.topological(List.of(kernel)).stream().anyMatch(node -> node.is(OpCode.FOLD) && node.input(1).payload(Range.class).size() == WIDTH);
  }
}
