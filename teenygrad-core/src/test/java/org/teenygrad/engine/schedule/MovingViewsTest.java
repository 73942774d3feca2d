package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Slice;
import org.teenygrad.Tensor;
import org.teenygrad.testing.Devices;

/// Slices of one length at other offsets run the schedule that is there.
@ParameterizedClass
@MethodSource("org.teenygrad.testing.Devices#all")
class MovingViewsTest {
  private final Device device;

  MovingViewsTest(Device device) {
    this.device = device;
  }

  private Tensor counting(int... shape) {
    return Devices.counting(device, shape);
  }

  /// How many schedules are made by each step.
  private static List<Integer> made(int steps, IntFunction<Tensor> step) {
    List<Integer> made = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      Tensor result = step.apply(i);
      made.add(Profile.of(result::realize).schedules().size());
    }
    return made;
  }

  @Test
  void aSliceThatMovesIsScheduledTwiceAtMost() {
    Tensor x = counting(70, 3);
    List<Tensor> results = new ArrayList<>();
    assertThat(made(6, i -> {
      results.add(x.slice(0, i * 11, i * 11 + 7).mul(2));
      return results.getLast();
    })).containsExactly(1, 1, 0, 0, 0, 0);
    for (int i = 0; i < 6; i++) {
      assertThat(results.get(i).get(6, 2).item()).isEqualTo(2 * ((i * 11 + 6) * 3 + 2));
      assertThat(results.get(i).get(0, 0).item()).isEqualTo(2 * i * 11 * 3);
    }
  }

  @Test
  void onlyTheOffsetsThatChangeAreData() {
    Tensor x = counting(12, 13);
    List<Tensor> results = new ArrayList<>();
    assertThat(made(5, i -> {
      Tensor still = x.slice(1, 2, 9).slice(0, 3, 8);
      results.add(still.mul(still.slice(1, i, i + 3).sum(1, true)));
      return results.getLast();
    })).containsExactly(1, 1, 0, 0, 0);
    for (int i = 0; i < 5; i++) {
      float sum = 3 * (3 * 13 + 2 + i + 1);
      assertThat(results.get(i).get(0, 0).item()).isEqualTo((3 * 13 + 2) * sum);
    }
  }

  @Test
  void slicesOfExpressionsMoveToo() {
    Tensor x = counting(4, 9);
    List<Tensor> results = new ArrayList<>();
    assertThat(made(5, i -> {
      results.add(x.add(1).softmax(-1).log().slice(1, i, i + 1).sum());
      return results.getLast();
    })).containsExactly(1, 1, 0, 0, 0);
    for (int i = 1; i < 5; i++) {
      assertThat(results.get(i).item() - results.get(i - 1).item()).isCloseTo(4, offset(1e-4f));
    }
  }

  @Test
  void writesAtMovingPlacesReplay() {
    Tensor cache = Tensor.of(new float[12], Shape.of(6, 2), device);
    Tensor whole = Tensor.of(new float[12], Shape.of(6, 2), device);
    List<Integer> made = made(6, i -> cache.at(Slice.at(i)).assign(Tensor.of(new float[] {i + 1}, Shape.of(1), device)));
    assertThat(made).startsWith(1, 1, 0, 0);
    assertThat(cache.sub(whole).data()).containsExactly(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6);
  }

  @Test
  void derivativesGoThroughSlicesThatMove() {
    List<Integer> made = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Tensor w = counting(5, 3).requiresGrad().realize();
      w.square().slice(0, i, i + 2).sum().backward();
      made.add(Profile.of(() -> w.grad().realize()).schedules().size());
      Tensor expected = counting(5, 3).mul(2);
      for (int row = 0; row < 5; row++) {
        assertThat(w.grad().get(row, 1).item()).isEqualTo(row == i || row == i + 1 ? expected.get(row, 1).item() : 0);
      }
    }
    assertThat(made).startsWith(1, 1).endsWith(0, 0);
  }
}
