package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.engine.ir.OpCode.*;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.ir.Uniform;
import org.teenygrad.testing.Buffers;

class RealizerTest {
  private static final Device DEVICE = Device.of("interpreter");

  private final OpNode x = Buffers.of(DEVICE, DType.FLOAT32, Shape.of(3), 1, 2, 3);

  private static OpNode assign(OpNode target, OpNode value) {
    return OpNode.of(OpCode.ASSIGN, false, List.of(target, value));
  }

  @Test
  void severalRootsAreComputedTogether() {
    OpNode sum = OpNode.of(ADD, x, x);
    OpNode product = OpNode.of(MUL, sum, x);
    Realizer.realize(List.of(sum, product, sum, x));
    assertThat(Buffers.numbers(sum)).containsExactly(2, 4, 6);
    assertThat(Buffers.numbers(product)).containsExactly(2, 8, 18);
    assertThat(x.realized()).isSameAs(x);
  }

  @Test
  void computedNodesAreNotComputedAgain() {
    OpNode sum = OpNode.of(ADD, x, x);
    Realizer.realize(List.of(sum));
    OpNode buffer = sum.realized();
    Realizer.realize(List.of(sum, OpNode.of(NEG, sum)));
    assertThat(sum.realized()).isSameAs(buffer);
  }

  @Test
  void readersOfTheOldDataAndOfTheAssignmentSeeTheirOwnVersion() {
    OpNode updated = assign(x, OpNode.of(ADD, x, x));
    OpNode old = OpNode.of(NEG, x);
    OpNode fresh = OpNode.of(NEG, updated);
    Realizer.realize(List.of(updated, fresh));
    assertThat(Buffers.numbers(old)).containsExactly(-1, -2, -3);
    assertThat(Buffers.numbers(fresh)).containsExactly(-2, -4, -6);
    assertThat(Buffers.numbers(updated)).containsExactly(2, 4, 6);
  }

  @Test
  void aLongChainOfAssignmentsNeedsOnlyTheLastVersion() {
    OpNode value = x;
    for (int i = 0; i < 100; i++) {
      value = assign(value, OpNode.of(ADD, value, x));
      Realizer.realize(List.of(value));
    }
    assertThat(Buffers.numbers(value)).containsExactly(101, 202, 303);
  }

  @Test
  void deepGraphsDoNotOverflowTheStack() {
    OpNode deep = x;
    for (int i = 0; i < 10_000; i++) {
      deep = OpNode.of(NEG, deep);
    }
    assertThat(Buffers.numbers(deep)).containsExactly(1, 2, 3);
  }

  @Test
  void readingOverwrittenDataIsRefused() {
    OpNode reader = OpNode.of(NEG, x);
    x.payload(Storage.class).overwrite();
    assertThatThrownBy(() -> Realizer.realize(List.of(reader)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("overwritten by an assignment");
  }

  @Test
  void readingDataThatWasNeverWrittenIsRefused() {
    OpNode empty = OpNode.buffer(new Storage(DType.FLOAT32, Shape.of(2), DEVICE));
    assertThatThrownBy(() -> Realizer.realize(List.of(OpNode.of(NEG, empty))))
        .hasMessageContaining("was never written");
  }

  @Test
  void tensorsOnDifferentDevicesDoNotMeetWithoutACopy() {
    OpNode there = Buffers.of(Device.of("interpreter:1"), DType.FLOAT32, Shape.of(3), 5, 6, 7);
    assertThatThrownBy(() -> Realizer.realize(List.of(OpNode.of(ADD, x, there))))
        .hasMessageContaining("ADD of tensors on different devices: interpreter and interpreter:1");
    OpNode copied = OpNode.of(COPY, DEVICE, List.of(OpNode.of(NEG, there)));
    OpNode sum = OpNode.of(ADD, x, copied);
    assertThat(Buffers.numbers(sum)).containsExactly(-4, -4, -4);
    OpNode buffer = Objects.requireNonNull(sum.realized());
    assertThat(buffer.payload(Storage.class).device()).isEqualTo(DEVICE);
  }

  @Test
  void derivativesAreSpelledOutAndComputed() {
    OpNode cube = OpNode.of(MUL, x, OpNode.of(MUL, x, x));
    Realizer.realize(List.of(cube));
    OpNode slope = OpNode.of(GRADIENT, cube, x, Uniform.of(DType.FLOAT32, x.shape(), 1));
    assertThat(Buffers.numbers(slope)).containsExactly(3, 12, 27);
  }

  @Test
  void constantsComputedOnOneDeviceServeAnother() {
    OpNode two = Uniform.of(DType.FLOAT32, x.shape(), 2);
    Realizer.realize(List.of(two));
    OpNode there = Buffers.of(Device.of("interpreter:1"), DType.FLOAT32, Shape.of(3), 5, 6, 7);
    assertThat(Buffers.numbers(OpNode.of(ADD, two, there))).containsExactly(7, 8, 9);
    assertThat(Buffers.numbers(OpNode.of(ADD, two, x))).containsExactly(3, 4, 5);
  }

  @Test
  void aConstantThatWasComputedIsNotReadByOthers() {
    OpNode two = Uniform.of(DType.FLOAT32, x.shape(), 2);
    OpNode scalar = Uniform.of(DType.FLOAT32, Shape.of(), 2);
    OpNode product = OpNode.of(MUL, x, two);
    List<Storage> before = Executor.of(DEVICE).plan(List.of(product)).storages();
    Realizer.realize(List.of(two, scalar));
    assertThat(Executor.of(DEVICE).plan(List.of(product)).storages()).isEqualTo(before).hasSize(1);
    assertThat(Buffers.numbers(product)).containsExactly(2, 4, 6);
  }

  @Test
  void constantsAreAtHomeWhereTheyAreCopiedTo() {
    for (String name : List.of("cpu", "interpreter:1")) {
      Device there = Device.of(name);
      OpNode two = OpNode.of(COPY, there, List.of(Uniform.of(DType.FLOAT32, x.shape(), 2)));
      OpNode data = Buffers.of(there, DType.FLOAT32, x.shape(), 5, 6, 7);
      assertThat(Buffers.numbers(OpNode.of(MUL, two, data))).containsExactly(10, 12, 14);
      assertThat(Buffers.numbers(two)).containsExactly(2, 2, 2);
      assertThat(Objects.requireNonNull(two.realized()).payload(Storage.class).device()).isEqualTo(there);
    }
  }

  @Test
  void emptyTensorsAreComputedToo() {
    OpNode empty = Buffers.of(DEVICE, DType.FLOAT32, Shape.of(0, 3));
    assertThat(Buffers.numbers(OpNode.of(NEG, empty))).isEmpty();
  }
}
