package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Alike;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.IndexAlgebra;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;

/// Graphs that are deep, wide or over many elements, compiled: neither stacks nor time nor precision give out. The time
/// limits are ten times what they take.
class LargeGraphsTest {
  private static final Device CPU = Device.of("cpu");

  @Test
  void repeatedStructuresHashApart() {
    Tensor x = of(1, 2, 3);
    Tensor y = x;
    for (int i = 0; i < 1000; i++) {
      y = y.mul(x).sub(y.mul(x.sub(1)));
    }
    List<OpNode> nodes = Graph.topological(List.of(y.node()));
    assertThat(nodes.stream().map(OpNode::hashCode).distinct()).hasSizeGreaterThan(nodes.size() - 10);
  }

  private static Tensor of(float... values) {
    return Tensor.of(values, Shape.of(values.length), CPU);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aChainOfTenThousandOperations() {
    Tensor x = of(1, 2, 3);
    Tensor y = x;
    for (int i = 0; i < 10_000; i++) {
      y = i % 2 == 0 ? y.add(x) : y.mul(x).sub(y.mul(x.sub(1)));
    }
    assertThat(y.data()).containsExactly(5001, 10_002, 15_003);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aChainOfTenThousandWithItsDerivative() {
    Tensor x = of(1.0f, 0.5f);
    Tensor y = x;
    for (int i = 0; i < 10_000; i++) {
      y = y.mul(0.9995).add(x);
    }
    float[] slope = Gradient.of(y.sum(), x).data();
    double expected = 1;
    for (int i = 0; i < 10_000; i++) {
      expected = expected * 0.9995 + 1;
    }
    assertThat(slope[0]).isCloseTo((float) expected, within((float) expected * 1e-4f));
    assertThat(slope[1]).isEqualTo(slope[0]);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aChainOfThreeThousandViews() {
    Tensor x = of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    float[] expected = x.data();
    for (int i = 0; i < 1000; i++) { // each turns the elements around by three views that do not merge
      x = x.reshape(3, 4).transpose(0, 1).reshape(12).flip(0);
      float[] moved = new float[12];
      for (int j = 0; j < 12; j++) {
        moved[11 - j] = expected[j % 3 * 4 + j / 3];
      }
      expected = moved;
    }
    assertThat(x.data()).containsExactly(expected);
    assertThat(Gradient.of(x.square().sum(), x).data()[0]).isEqualTo(2 * expected[0]);
  }

  @Test
  void likeExpressionsAreFoundAtAnyDepth() {
    OpNode a = IndexAlgebra.range(1, 5);
    OpNode b = IndexAlgebra.range(2, 5);
    OpNode deepA = a;
    OpNode deepB = b;
    for (int i = 0; i < 20_000; i++) {
      deepA = OpNode.of(OpCode.XOR, OpNode.of(OpCode.NEG, deepA), a);
      deepB = OpNode.of(OpCode.XOR, OpNode.of(OpCode.NEG, deepB), b);
    }
    assertThat(Alike.match(deepA, deepB, new HashMap<>())).isTrue();
    assertThat(Alike.match(deepA, OpNode.of(OpCode.XOR, deepB, b), new HashMap<>())).isFalse();
    assertThat(Alike.match(OpNode.of(OpCode.XOR, deepA, b), OpNode.of(OpCode.XOR, deepB, b), new HashMap<>())).isFalse();
  }

  @Test
  void assignmentsThatNobodyAsksForDoNotPileUp() {
    Tensor x = of(0, 10);
    Tensor early = x.mul(2);
    for (int i = 0; i < 1000; i++) {
      x.assign(x.add(1));
      assertThat(Graph.topological(List.of(x.node()), node -> node.realized() == null)).hasSizeLessThan(500);
    }
    assertThat(x.data()).containsExactly(1000, 1010);
    assertThat(early.data()).containsExactly(0, 20);
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aRecurrenceOfAThousandSteps() {
    Tensor state = of(new float[64]).reshape(1, 64);
    Tensor mix = Tensor.of(new float[64 * 64], Shape.of(64, 64), CPU);
    for (int i = 0; i < 1000; i++) {
      state = state.matmul(mix).add(0.5).tanh();
    }
    assertThat(state.data()).containsOnly((float) Math.tanh(0.5));
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void sixThousandTensorsJoined() {
    List<Tensor> parts = new ArrayList<>();
    float[] expected = new float[12_000];
    for (int i = 0; i < 6000; i++) {
      parts.add(of(i, -i));
      expected[2 * i] = i;
      expected[2 * i + 1] = -i;
    }
    assertThat(Tensor.cat(parts, 0).data()).isEqualTo(expected);
    assertThat(Tensor.stack(parts, 0).data()).isEqualTo(expected);
    assertThat(Tensor.stack(parts, 0).sum(0).data()).containsExactly(new float[] {17_997_000, -17_997_000}, offset(200f));
  }

  @Test
  void sumsOfAMillionElementsAreAccurate() {
    Random random = new Random(1);
    int n = 1_000_000;
    float[] numbers = new float[n];
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      numbers[i] = random.nextFloat();
      sum += numbers[i];
      squares += (double) numbers[i] * numbers[i];
      largest = Math.max(largest, numbers[i]);
    }
    for (Shape shape : List.of(Shape.of(n), Shape.of(1000, 1000), Shape.of(7, n / 7))) {
      int count = (int) shape.elements();
      Tensor x = Tensor.of(count == n ? numbers : Arrays.copyOf(numbers, count), shape, CPU);
      if (count == n) {
        assertThat(x.sum().itemDouble()).isCloseTo(sum, within(sum * 2e-6));
        assertThat(x.square().mean().itemDouble()).isCloseTo(squares / n, within(squares / n * 2e-6));
        assertThat(x.max().itemDouble()).isEqualTo(largest);
        assertThat(x.sub(0.5).abs().sum(0).sum().itemDouble()).isCloseTo(n / 4.0, within(n / 4.0 * 2e-3));
      }
      Tensor ones = x.mul(0).add(0.1);
      assertThat(ones.sum().itemDouble()).isCloseTo(count * (double) 0.1f, within(count * 0.1 * 1e-6));
      assertThat(x.toBfloat16().mul(0).add(1).sum().itemDouble()).isCloseTo(count, within(count / 256.0));
    }
  }
}
