package org.teenygrad.engine.runtime.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.DType.*;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.Bounds;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Reduction;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.testing.Buffers;

class InterpreterTest {
  private static final Device DEVICE = Device.of("interpreter");

  private static OpNode tensor(DType dtype, Shape shape, double... numbers) {
    return Buffers.of(DEVICE, dtype, shape, numbers);
  }

  private static OpNode node(OpCode op, @Nullable Object payload, OpNode... inputs) {
    return OpNode.of(op, payload, List.of(inputs));
  }

  private final OpNode matrix = tensor(FLOAT32, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

  @Test
  void sources() {
    assertThat(Buffers.numbers(OpNode.constant(FLOAT32, 2.5))).containsExactly(2.5);
    assertThat(Buffers.numbers(OpNode.create(ARANGE, INT32, List.of(), 4)))
        .containsExactly(0, 1, 2, 3);
    assertThat(Buffers.numbers(matrix)).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void elementwise() {
    OpNode square = node(MUL, null, matrix, matrix);
    assertThat(Buffers.numbers(square)).containsExactly(1, 4, 9, 16, 25, 36);
    OpNode even = node(EQ, null, node(MOD, null, matrix, full(2)), full(0));
    assertThat(Buffers.numbers(even)).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(Buffers.numbers(node(WHERE, null, even, matrix, square)))
        .containsExactly(1, 2, 9, 4, 25, 6);
    OpNode ints = OpNode.create(CAST, INT8, List.of(node(MUL, null, square, full(7.5))), null);
    assertThat(Buffers.numbers(ints)).containsExactly(7, 30, 67, 120, -69, 14);
  }

  private static OpNode full(double value) {
    OpNode one = node(RESHAPE, Shape.of(1, 1), OpNode.constant(FLOAT32, value));
    return node(EXPAND, Shape.of(2, 3), one);
  }

  @Test
  void movement() {
    assertThat(Buffers.numbers(node(PERMUTE, List.of(1, 0), matrix)))
        .containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(Buffers.numbers(node(RESHAPE, Shape.of(3, 2), matrix)))
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(Buffers.numbers(node(FLIP, List.of(1), matrix)))
        .containsExactly(3, 2, 1, 6, 5, 4);
    assertThat(Buffers.numbers(node(FLIP, List.of(0, 1), matrix)))
        .containsExactly(6, 5, 4, 3, 2, 1);
    assertThat(Buffers.numbers(node(SHRINK, new Bounds(List.of(1, 0), List.of(2, 2)), matrix)))
        .containsExactly(4, 5);
    assertThat(Buffers.numbers(node(PAD, new Bounds(List.of(0, 1), List.of(1, 0)), matrix)))
        .containsExactly(0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0);
    OpNode column = tensor(INT32, Shape.of(2, 1), 7, 8);
    assertThat(Buffers.numbers(node(EXPAND, Shape.of(2, 3), column)))
        .containsExactly(7, 7, 7, 8, 8, 8);
  }

  @Test
  void reductions() {
    assertThat(reduce(ADD, matrix, 1)).containsExactly(6, 15);
    assertThat(reduce(ADD, matrix, 0)).containsExactly(5, 7, 9);
    assertThat(reduce(MUL, matrix, 0, 1)).containsExactly(720);
    assertThat(reduce(MAX, matrix, 0)).containsExactly(4, 5, 6);
    assertThat(reduce(MIN, matrix, 1)).containsExactly(1, 4);
    assertThat(reduce(ADD, tensor(UINT8, Shape.of(3), 200, 100, 1), 0)).containsExactly(45);
    assertThat(reduce(ADD, tensor(BOOL, Shape.of(3), 0, 1, 1), 0)).containsExactly(1);
  }

  @Test
  void reductionsOfNothingGiveTheNeutralElement() {
    OpNode empty = tensor(FLOAT32, Shape.of(2, 0));
    assertThat(reduce(ADD, empty, 1)).containsExactly(0, 0);
    assertThat(reduce(MAX, empty, 1))
        .containsExactly(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
    assertThat(reduce(ADD, empty, 0)).isEmpty();
  }

  @Test
  void sumsOfFloatsAccumulateInDouble() {
    assertThat(reduce(ADD, tensor(FLOAT32, Shape.of(3), 0x1p30, 1, -0x1p30), 0)).containsExactly(1);
  }

  private static double[] reduce(OpCode combine, OpNode input, Integer... axes) {
    return Buffers.numbers(node(REDUCE, new Reduction(combine, List.of(axes)), input));
  }

  @Test
  void gatherGivesZeroOutside() {
    OpNode index = tensor(INT64, Shape.of(2, 4), 0, 2, 3, -1, 1, 1, 0, 100);
    assertThat(Buffers.numbers(node(GATHER, 1, matrix, index)))
        .containsExactly(1, 3, 0, 0, 5, 5, 4, 0);
  }

  @Test
  void scatterCombinesInIndexOrderAndIgnoresOutside() {
    OpNode index = tensor(INT32, Shape.of(2, 3), 0, 0, 5, 2, -1, 2);
    OpNode source = tensor(FLOAT32, Shape.of(2, 3), 10, 20, 30, 40, 50, 60);
    assertThat(Buffers.numbers(node(SCATTER, new Scatter(1, ADD), matrix, index, source)))
        .containsExactly(31, 2, 3, 4, 5, 106);
    assertThat(Buffers.numbers(node(SCATTER, new Scatter(1, null), matrix, index, source)))
        .containsExactly(20, 2, 3, 4, 5, 60);
    assertThat(Buffers.numbers(node(SCATTER, new Scatter(1, MAX), matrix, index, source)))
        .containsExactly(20, 2, 3, 4, 5, 60);
  }

  @Test
  void everyTypeGoesThroughMemoryUnchanged() {
    for (DType dtype : DType.values()) {
      double[] numbers = dtype == BOOL ? new double[] {0, 1, 1} : new double[] {3, 0, 96};
      OpNode copy = node(CONTIGUOUS, null, tensor(dtype, Shape.of(3), numbers));
      assertThat(Buffers.numbers(copy)).as("%s", dtype).containsExactly(numbers);
    }
    OpNode negative = node(CONTIGUOUS, null, tensor(BFLOAT16, Shape.of(2), -1.5, 1e30));
    assertThat(Buffers.numbers(negative)[0]).isEqualTo(-1.5);
    assertThat(Buffers.numbers(node(CONTIGUOUS, null, tensor(INT16, Shape.of(1), -5))))
        .containsExactly(-5);
  }
}
