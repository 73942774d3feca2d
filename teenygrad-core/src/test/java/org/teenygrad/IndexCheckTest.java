package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.cpu.Cpu;

/// An index outside of its axis is named where the user's line is: always on the interpreter, elsewhere where it is asked for.
class IndexCheckTest {
  private static Map<String, Supplier<Tensor>> outside(Device device) {
    Tensor table = Tensor.of(new float[6], Shape.of(3, 2), device);
    Tensor high = Tensor.of(new int[] {0, 3}, Shape.of(2), device);
    Tensor low = Tensor.of(new int[] {-4, 1}, Shape.of(2), device);
    Tensor pairs = high.unsqueeze(1).broadcastTo(Shape.of(2, 2));
    Map<String, Supplier<Tensor>> calls = new LinkedHashMap<>();
    calls.put("gather: index 3 at [1, 0] is outside 0..2, axis 0 of (3, 2)", () -> table.gather(0, pairs));
    calls.put("takeAlongDim: index -4 at [0, 0] is outside -3..2, axis 0 of (3, 2)", () -> table.takeAlongDim(low.unsqueeze(1), 0));
    calls.put("index: index 3 at [1] is outside -2..1, axis 1 of (3, 2)", () -> table.indexSelect(1, high));
    calls.put("index: index -4 at [0] is outside -3..2, axis 0 of (3, 2)", () -> table.index(low));
    calls.put("embedding: index 3 at [1] is outside 0..2, axis 0 of (3, 2)", () -> table.embedding(high));
    calls.put("scatter: index 3 at [1, 0] is outside 0..2, axis 0 of (3, 2)", () -> table.scatter(0, pairs, table));
    calls.put("scatterAdd: index 3 at [1, 0] is outside 0..2, axis 0 of (3, 2)", () -> table.scatterAdd(0, pairs, table));
    calls.put("assign: index 3 at [1] is outside -3..2, axis 0 of (3, 2)", () -> table.at(high).with(1));
    calls.put("crossEntropy: target 2 at [2] is outside 0..1, 2 classes", () -> table.crossEntropy(Tensor.of(new int[] {0, -100, 2}, Shape.of(3), device)));
    calls.put("nllLoss: target 3 at [1] is outside 0..1, 2 classes", () -> table.shrink(new int[][] {{0, 2}, {0, 2}}).nllLoss(high));
    calls.put("oneHot: target 3 at [1] is outside 0..2, 3 classes", () -> high.oneHot(3));
    return calls;
  }

  @Test
  void theInterpreterAlwaysLooks() {
    outside(Device.of("interpreter")).forEach((message, call) ->
        assertThatThrownBy(call::get).isInstanceOf(IndexOutOfBoundsException.class).hasMessage(message));
  }

  @Test
  void otherDevicesLookWhereItIsAskedFor() {
    assumeTrue(Cpu.isPresent());
    Map<String, Supplier<Tensor>> calls = outside(Device.of("cpu"));
    calls.forEach((message, call) -> assertThat(call.get().toDoubleArray()).as(message).isNotEmpty());
    Debug.checksIndex(true);
    try {
      calls.forEach((message, call) -> assertThatThrownBy(call::get).isInstanceOf(IndexOutOfBoundsException.class).hasMessage(message));
    } finally {
      Debug.checksIndex(false);
    }
  }

  @Test
  void anEmptyAxisIsRefusedOnEveryDevice() {
    Tensor empty = Tensor.zeros(0, 3);
    Tensor index = Tensor.zeros(new int[] {2, 3}).toLong();
    assertThatThrownBy(() -> empty.gather(0, index)).isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("gather: an index of (2, 3) into axis 0 of (0, 3), where nothing is");
    assertThatThrownBy(() -> empty.takeAlongDim(index, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(empty.gather(0, Tensor.zeros(0, 3).toLong()).numel()).isZero();
  }

  @Test
  void whatIsWithinIsComputed() {
    Tensor x = Tensor.of(new float[] {1, 2, 3}, Shape.of(3), Device.of("interpreter"));
    assertThat(x.index(Tensor.of(new int[] {-3, 2}, Shape.of(2), x.device())).data()).containsExactly(1, 3);
    assertThat(x.sort(0, true).values().data()).containsExactly(3, 2, 1);
  }
}
