package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.testing.Devices;

/// `x[part] = v`: what the part names when read is what changes when written.
@ParameterizedClass
@MethodSource("org.teenygrad.testing.Devices#all")
class SelectionTest {
  private final Device device;

  SelectionTest(Device device) {
    this.device = device;
  }

  private Tensor counting(int... shape) {
    return Devices.counting(device, shape);
  }

  private Tensor of(float... values) {
    return Tensor.of(values, Shape.of(values.length), device);
  }

  private Tensor positions(long... values) {
    return Tensor.of(values, Shape.of(values.length), device);
  }

  private Tensor mask(boolean... values) {
    return Tensor.of(values, Shape.of(values.length), device);
  }

  @Test
  void valuesBroadcastToTheSlice() {
    Tensor x = counting(3, 4);
    x.at("1:, ::-2").assign(of(10, 20));
    assertThat(x.data()).containsExactly(0, 1, 2, 3, 4, 20, 6, 10, 8, 20, 10, 10);
    x.at("0").assign(-1);
    assertThat(x.data()).startsWith(-1, -1, -1, -1, 4);
    x.at("..., -1:").assign(of(7, 8, 9).reshape(1, 1, 3, 1));
    assertThat(x.index("..., -1").data()).containsExactly(7, 8, 9);
    x.at("2:1, :").assign(of(5));
    assertThat(x.data()).containsExactly(-1, -1, -1, 7, 4, 20, 6, 8, 8, 20, 10, 9);
  }

  @Test
  void masksTakeOneValueOrOneForEachTrueElement() {
    Tensor x = counting(2, 3);
    x.at(x.gt(2)).assign(0);
    assertThat(x.data()).containsExactly(0, 1, 2, 0, 0, 0);
    x.at(x.eq(0)).assign(of(6, 7, 8, 9));
    assertThat(x.data()).containsExactly(6, 1, 2, 7, 8, 9);
    x.at(mask(false, true)).assign(of(1, 2, 3));
    assertThat(x.data()).containsExactly(6, 1, 2, 1, 2, 3);
    x.at(Slice.ALL, Slice.at(mask(true, false, true))).assign(counting(2, 2));
    assertThat(x.data()).containsExactly(0, 1, 1, 2, 2, 3);
    x.at(mask(false, false)).assign(counting(0, 3));
    assertThat(x.data()).containsExactly(0, 1, 1, 2, 2, 3);
    assertThatThrownBy(() -> x.at(x.lt(2)).assign(of(1, 2))).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("assign: values of shape (2,) do not stretch to the part's (3,)");
    Tensor scalar = Tensor.of(new float[] {1}, Shape.SCALAR, device);
    scalar.at(Tensor.of(new boolean[] {true}, Shape.SCALAR, device)).assign(4);
    assertThat(scalar.data()).containsExactly(4);
  }

  @Test
  void positionsCountFromTheEndAndTheLastOfEqualOnesWins() {
    Tensor x = counting(5);
    x.at(positions(-1, 0, 0)).assign(of(10, 20, 30));
    assertThat(x.data()).containsExactly(30, 1, 2, 3, 10);
    if (!device.name().equals("interpreter")) { // which refuses positions outside, see IndexCheckTest
      x.at(positions(9, 1)).assign(of(40, 50));
      assertThat(x.data()).containsExactly(30, 50, 2, 3, 10);
    }
    Tensor y = counting(2, 2, 2);
    y.at(Slice.at(positions(0, 1)), Slice.ALL, Slice.at(positions(1, 0))).assign(of(-1, -2));
    assertThat(y.data()).containsExactly(0, -1, 2, -2, -1, 5, -2, 7);
  }

  @Test
  void anySubscriptWritesWhatItReads() {
    Random random = new Random(11);
    for (int round = 0; round < 60; round++) {
      int[] shape = IntStream.range(0, 1 + random.nextInt(3)).map(i -> 1 + random.nextInt(5)).toArray();
      List<Slice> slices = subscript(random, shape);
      Slice[] part = slices.toArray(Slice[]::new);
      Tensor numbers = counting(shape);
      float[] places = numbers.index(part).data();
      Shape read = numbers.index(part).shape();
      int[] sizes = read.stream().map(size -> random.nextInt(4) == 0 ? 1 : size).skip(random.nextInt(read.rank() + 1)).toArray();
      Tensor values = counting(sizes).neg().sub(1).requiresGrad();
      float[] all = values.broadcastTo(read).data();

      float[] expected = numbers.data();
      boolean[] replaced = new boolean[expected.length];
      for (int i = 0; i < places.length; i++) {
        expected[(int) places[i]] = all[i];
        replaced[(int) places[i]] = true;
      }
      Tensor x = counting(shape);
      Tensor before = x.mul(1);
      Tensor viewed = x.unsqueeze(0);
      assertThat(x.at(part).assign(values.detach()).data()).as("round " + round + " " + slices).containsExactly(expected);
      Tensor.realize(before, viewed);
      assertThat(before.data()).containsExactly(numbers.data());
      assertThat(viewed.data()).containsExactly(numbers.data());
      Tensor z = counting(shape).add(0).realize();
      assertThat(z.at(part).update(values.detach()).data()).containsExactly(expected);

      Tensor old = counting(shape).requiresGrad();
      Tensor weight = counting(shape).add(2);
      Tensor written = old.mul(3);
      written.at(part).assign(values);
      written.mul(weight).sum().backward();
      float[] slope = old.hasGrad() ? old.grad().data() : new float[expected.length];
      float[] weights = weight.data();
      for (int i = 0; i < slope.length; i++) {
        assertThat(slope[i]).isEqualTo(replaced[i] ? 0 : 3 * weights[i]);
      }
      if (values.numel() > 0) {
        float total = values.hasGrad() ? values.grad().sum().item() : 0;
        float mass = 0;
        for (int i = 0; i < replaced.length; i++) {
          mass += replaced[i] ? weights[i] : 0;
        }
        assertThat(total).isEqualTo(mass);
      }
    }
  }

  private List<Slice> subscript(Random random, int[] shape) {
    List<Slice> slices = new ArrayList<>();
    boolean together = random.nextBoolean(); // several tensors have to broadcast: give them one length
    for (int size : shape) {
      int from = random.nextInt(2 * size + 3) - size - 1;
      int to = random.nextInt(2 * size + 3) - size - 1;
      int step = 1 + random.nextInt(3);
      switch (random.nextInt(together ? 7 : 5)) {
        case 0 -> slices.add(Slice.ALL);
        case 1 -> slices.add(Slice.at(random.nextInt(2 * size) - size));
        case 2 -> slices.add(Slice.of(from, to).step(random.nextBoolean() ? step : -step));
        case 3 -> Collections.addAll(slices, Slice.NEW_AXIS, Slice.ALL.step(random.nextBoolean() ? step : -step));
        case 4 -> slices.add(Slice.from(from));
        default -> slices.add(Slice.at(positions(random.nextInt(size), random.nextInt(2 * size) - size)));
      }
    }
    if (random.nextInt(4) == 0) {
      slices.add(Slice.ELLIPSIS);
    }
    return slices;
  }

  @Test
  void valuesMayBeTheTensorItself() {
    Tensor x = counting(5);
    x.at("1:").update(x.index(":-1")).realize();
    assertThat(x.data()).containsExactly(0, 0, 1, 2, 3);
    x.at("::2").update(x.at("::2").with(9).index("::-2"));
    x.at("1").update(x.sum());
    assertThat(x.data()).containsExactly(9, 29, 9, 2, 9);
  }

  @Test
  void withLeavesTheTensorAsItIs() {
    Tensor x = counting(3);
    Tensor y = x.at("1").with(of(5));
    assertThat(y.data()).containsExactly(0, 5, 2);
    assertThat(x.data()).containsExactly(0, 1, 2);
  }

  @Test
  void valuesAreCastToTheTensorsType() {
    Tensor x = positions(1, 2, 3);
    x.at("1:").assign(of(2.9f));
    assertThat(x.toLongArray()).containsExactly(1, 2, 2);
    Tensor truths = mask(false, false);
    truths.at("0").assign(3);
    assertThat(truths.toBooleanArray()).containsExactly(true, false);
  }

  @Test
  void parametersAreRefused() {
    Tensor w = counting(3).requiresGrad();
    assertThatThrownBy(() -> w.at("0").assign(1)).isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("assign: a part of the parameter (3,) cannot change in place");
    assertThatThrownBy(() -> w.at("0").update(1)).isInstanceOf(IllegalStateException.class);
    w.assign(w.detach().at("0").with(7));
    w.square().sum().backward();
    assertThat(w.grad().data()).containsExactly(14, 2, 4);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor x = counting(2, 3);
    assertThatThrownBy(() -> x.at("0").assign(of(1, 2))).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("assign: values of shape (2,) do not stretch to the part's (3,)");
    assertThatThrownBy(() -> x.at("0").assign(counting(2, 3))).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("assign: values of shape (2, 3) do not stretch to the part's (3,)");
    assertThatThrownBy(() -> x.at("2")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> x.at(mask(true, true, true))).isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("index: a mask of shape (3,) does not fit axis 0 of shape (2, 3)");
  }

  @Test
  void aSliceIsOneKernel() {
    Tensor x = counting(64, 64).realize();
    Tensor row = counting(32).realize();
    var profile = Profile.of(() -> x.at("1:60, ::2").update(row).realize());
    assertThat(profile.launches()).hasSize(1);
  }
}
