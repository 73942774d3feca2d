package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.testing.Buffers;

/// Every way in which writing over old data could be noticed. Each graph is computed with assignments that may take over the
/// old memory, and must give what it gives where nothing is overwritten.
@ParameterizedClass
@MethodSource("org.teenygrad.testing.Devices#all")
class AssignHazardsTest {
  private final Device device;
  private final OpNode x;
  private final OpNode y;

  AssignHazardsTest(Device device) {
    this.device = device;
    x = Buffers.of(device, DType.FLOAT32, Shape.of(2, 2), 1, 2, 3, 4);
    y = Buffers.of(device, DType.FLOAT32, Shape.of(2, 2), 10, 20, 30, 40);
  }

  private static OpNode update(OpNode target, OpNode value) {
    return OpNode.of(ASSIGN, true, List.of(target, value));
  }

  private static OpNode plus(OpNode a, double b) {
    return OpNode.of(ADD, a, Uniform.of(a.dtype(), a.shape(), b));
  }

  private static OpNode times(OpNode a, double b) {
    return OpNode.of(MUL, a, Uniform.of(a.dtype(), a.shape(), b));
  }

  private boolean isInPlace(OpNode assign, Object memoryBefore) {
    return memory(Objects.requireNonNull(assign.realized())) == memoryBefore;
  }

  private static Object memory(OpNode buffer) {
    return Objects.requireNonNull(buffer.payload(Storage.class).memory());
  }

  @Test
  void theWriterAloneOverwrites() {
    Object memory = memory(x);
    OpNode updated = update(x, plus(x, 1));
    Realizer.realize(List.of(updated));
    assertThat(Buffers.numbers(updated)).containsExactly(2, 3, 4, 5);
    if (device.name().equals("cpu")) {
      assertThat(isInPlace(updated, memory)).isTrue();
    }
  }

  @Test
  void readersInTheSameScheduleComeFirst() {
    OpNode updated = update(x, plus(x, 100));
    OpNode before = times(x, 2);
    OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(0, 1)), List.of(x));
    OpNode after = times(updated, 2);
    Realizer.realize(List.of(after, updated, before, sum));
    assertThat(Buffers.numbers(before)).containsExactly(2, 4, 6, 8);
    assertThat(Buffers.numbers(sum)).containsExactly(10);
    assertThat(Buffers.numbers(after)).containsExactly(202, 204, 206, 208);
    assertThat(Buffers.numbers(updated)).containsExactly(101, 102, 103, 104);
  }

  @Test
  void aValueThatNeedsTheOldAndTheNewDataIsRight() {
    OpNode updated = update(x, plus(x, 100));
    OpNode difference = OpNode.of(SUB, updated, OpNode.of(FLIP, List.of(0), List.of(x)));
    Realizer.realize(List.of(updated, difference));
    assertThat(Buffers.numbers(difference)).containsExactly(98, 98, 102, 102);
    assertThat(Buffers.numbers(updated)).containsExactly(101, 102, 103, 104);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flip", "transpose", "shift", "row", "rowSum", "matmul"})
  void whatReadsOtherElementsThanItWritesIsNotInPlace(String view) {
    Object memory = memory(x);
    OpNode value = switch (view) {
      case "flip" -> OpNode.of(FLIP, List.of(1), List.of(x));
      case "transpose" -> OpNode.of(PERMUTE, List.of(1, 0), List.of(x));
      case "shift" -> {
        OpNode part = OpNode.of(SHRINK, new Bounds(List.of(0, 0), List.of(1, 2)), List.of(x));
        yield OpNode.of(PAD, new Bounds(List.of(1, 0), List.of(0, 0)), List.of(part));
      }
      case "row" -> {
        OpNode part = OpNode.of(SHRINK, new Bounds(List.of(0, 0), List.of(1, 2)), List.of(x));
        yield OpNode.of(ADD, x, OpNode.of(EXPAND, x.shape(), List.of(part)));
      }
      case "rowSum" -> {
        OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(1)), List.of(x));
        yield OpNode.of(SUB, x, OpNode.of(EXPAND, x.shape(), List.of(sum)));
      }
      default -> {
        Shape products = Shape.of(2, 2, 2);
        OpNode left = OpNode.of(EXPAND, products, List.of(OpNode.of(RESHAPE, Shape.of(2, 1, 2), List.of(x))));
        OpNode columns = OpNode.of(PERMUTE, List.of(1, 0), List.of(x));
        OpNode right = OpNode.of(EXPAND, products, List.of(OpNode.of(RESHAPE, Shape.of(1, 2, 2), List.of(columns))));
        OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(2)), List.of(OpNode.of(MUL, left, right)));
        yield OpNode.of(RESHAPE, Shape.of(2, 2), List.of(sum));
      }
    };
    double[] expected = switch (view) {
      case "flip" -> new double[] {2, 1, 4, 3};
      case "transpose" -> new double[] {1, 3, 2, 4};
      case "shift" -> new double[] {0, 0, 1, 2};
      case "row" -> new double[] {2, 4, 4, 6};
      case "rowSum" -> new double[] {-2, -1, -4, -3};
      default -> new double[] {7, 10, 15, 22};
    };
    OpNode updated = update(x, value);
    assertThat(Buffers.numbers(updated)).containsExactly(expected);
    assertThat(isInPlace(updated, memory)).isFalse();
    assertThat(Buffers.numbers(x)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void twoAssignmentsInAChainBothCount() {
    OpNode once = update(x, plus(x, 1));
    OpNode twice = update(once, times(once, 10));
    OpNode between = times(once, 2);
    Realizer.realize(List.of(twice, between));
    assertThat(Buffers.numbers(twice)).containsExactly(20, 30, 40, 50);
    assertThat(Buffers.numbers(between)).containsExactly(4, 6, 8, 10);
  }

  @Test
  void anAssignmentMayUseAnother() {
    OpNode first = update(x, plus(x, 1));
    OpNode second = update(y, OpNode.of(ADD, y, first));
    OpNode third = OpNode.of(ADD, OpNode.of(ADD, x, y), OpNode.of(ADD, first, second));
    Realizer.realize(List.of(second, third));
    assertThat(Buffers.numbers(first)).containsExactly(2, 3, 4, 5);
    assertThat(Buffers.numbers(second)).containsExactly(12, 23, 34, 45);
    assertThat(Buffers.numbers(third)).containsExactly(25, 48, 71, 94);
  }

  @Test
  void twoTensorsSwap() {
    OpNode newX = update(x, y);
    OpNode newY = update(y, x);
    Realizer.realize(List.of(newX, newY));
    assertThat(Buffers.numbers(newX)).containsExactly(10, 20, 30, 40);
    assertThat(Buffers.numbers(newY)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void threeTensorsTakeTurns() {
    OpNode z = Buffers.of(device, DType.FLOAT32, Shape.of(2, 2), 5, 6, 7, 8);
    OpNode newX = update(x, plus(y, 1));
    OpNode newY = update(y, plus(z, 1));
    OpNode newZ = update(z, plus(x, 1));
    Realizer.realize(List.of(newZ, newX, newY));
    assertThat(Buffers.numbers(newX)).containsExactly(11, 21, 31, 41);
    assertThat(Buffers.numbers(newY)).containsExactly(6, 7, 8, 9);
    assertThat(Buffers.numbers(newZ)).containsExactly(2, 3, 4, 5);
  }

  @Test
  void twoAssignmentsToOneTensorDoNotMeet() {
    OpNode one = update(x, plus(x, 1));
    OpNode other = update(x, plus(x, 2));
    Realizer.realize(List.of(one, other));
    assertThat(Buffers.numbers(one)).containsExactly(2, 3, 4, 5);
    assertThat(Buffers.numbers(other)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void theOldDataThatIsAlsoWantedStays() {
    OpNode updated = update(x, plus(x, 1));
    OpNode old = OpNode.of(CONTIGUOUS, x);
    Realizer.realize(List.of(updated, old, x));
    assertThat(Buffers.numbers(updated)).containsExactly(2, 3, 4, 5);
    assertThat(Buffers.numbers(old)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void resultsThatEqualTheirInputsDoNotShareItsMemory() {
    OpNode same = times(x, 1);
    OpNode slope = OpNode.of(GRADIENT, OpNode.of(MUL, x, y), y, Uniform.of(DType.FLOAT32, x.shape(), 1));
    Realizer.realize(List.of(same, slope));
    OpNode updated = update(x, plus(x, 1));
    OpNode alsoUpdated = times(updated, 1);
    Realizer.realize(List.of(alsoUpdated, updated));
    Realizer.realize(List.of(update(updated, plus(updated, 1))));
    assertThat(Buffers.numbers(same)).containsExactly(1, 2, 3, 4);
    assertThat(Buffers.numbers(slope)).containsExactly(1, 2, 3, 4);
    assertThat(Buffers.numbers(alsoUpdated)).containsExactly(2, 3, 4, 5);
  }

  @Test
  void lateReadersOfOverwrittenDataAreRefused() {
    Object memory = memory(x);
    OpNode reader = times(x, 2);
    OpNode updated = update(x, plus(x, 1));
    Realizer.realize(List.of(updated));
    if (isInPlace(updated, memory)) {
      assertThatThrownBy(() -> Realizer.realize(List.of(reader)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("overwritten by an assignment before this expression read it")
          .hasMessageContaining("realize the expression before the assignment, or copy the tensor first");
    } else {
      assertThat(Buffers.numbers(reader)).containsExactly(2, 4, 6, 8);
    }
  }

  @Test
  void aSliceOfACacheIsReplacedWhereItIs() {
    OpNode cache = Buffers.of(device, DType.FLOAT32, Shape.of(4, 2), new double[8]);
    Object memory = memory(cache);
    for (int position = 0; position < 4; position++) {
      OpNode row = Buffers.of(device, DType.FLOAT32, Shape.of(1, 2), position + 1, -position - 1);
      OpNode padded = OpNode.of(PAD, new Bounds(List.of(position, 0), List.of(3 - position, 0)), List.of(row));
      OpNode there = OpNode.of(PAD, new Bounds(List.of(position, 0), List.of(3 - position, 0)), List.of(Uniform.of(DType.BOOL, row.shape(), 1)));
      cache = update(cache, OpNode.of(WHERE, there, padded, cache));
      OpNode sum = OpNode.of(REDUCE, new Reduction(ADD, List.of(0)), List.of(cache));
      Realizer.realize(List.of(sum, cache));
      double total = (position + 1) * (position + 2) / 2.0;
      assertThat(Buffers.numbers(sum)).containsExactly(total, -total);
    }
    assertThat(Buffers.numbers(cache)).containsExactly(1, -1, 2, -2, 3, -3, 4, -4);
    if (device.name().equals("cpu")) {
      assertThat(isInPlace(cache, memory)).isTrue();
    }
  }

  @Test
  void aPendingDerivativeOfTheOldDataIsComputedAlongside() {
    OpNode loss = OpNode.of(MUL, x, OpNode.of(MUL, x, x));
    OpNode ones = Uniform.of(DType.FLOAT32, x.shape(), 1);
    OpNode slope = OpNode.of(GRADIENT, loss, x, ones);
    OpNode updated = update(x, OpNode.of(SUB, x, slope));
    OpNode curvature = OpNode.of(GRADIENT, slope, x, ones);
    Realizer.realize(List.of(loss));
    Realizer.realize(List.of(updated, curvature));
    assertThat(Buffers.numbers(updated)).containsExactly(-2, -10, -24, -44);
    assertThat(Buffers.numbers(curvature)).containsExactly(6, 12, 18, 24);
  }

  @Test
  void scatteringIntoTheOldDataLeavesItsReadersAlone() {
    OpNode index = Buffers.of(device, DType.INT64, Shape.of(2, 2), 1, 1, 0, 1);
    OpNode sum = OpNode.of(SCATTER, new Scatter(0, ADD), List.of(x, index, y));
    OpNode updated = update(x, sum);
    OpNode before = plus(x, 0.5);
    Realizer.realize(List.of(updated, before));
    assertThat(Buffers.numbers(updated)).containsExactly(1 + 30, 2, 3 + 10, 4 + 20 + 40);
    assertThat(Buffers.numbers(before)).containsExactly(1.5, 2.5, 3.5, 4.5);
  }

  @Test
  void largeTensorsSplitOverThreadsAreUpdatedAndReadInOneSchedule() {
    int n = 1 << 17;
    double[] numbers = DoubleStream.iterate(0, i -> i + 1).limit(n).map(i -> i % 1000).toArray();
    OpNode large = Buffers.of(device, DType.FLOAT32, Shape.of(n), numbers);
    OpNode reversed = OpNode.of(FLIP, List.of(0), List.of(large));
    OpNode updated = update(large, plus(large, 1));
    OpNode sum = OpNode.of(ADD, updated, reversed);
    Realizer.realize(List.of(sum, updated));
    double[] expected = Arrays.stream(numbers).map(v -> v + 1).toArray();
    assertThat(Buffers.numbers(updated)).isEqualTo(expected);
    for (int i = 0; i < n; i++) {
      expected[i] += numbers[n - 1 - i];
    }
    assertThat(Buffers.numbers(sum)).isEqualTo(expected);
  }
}
