package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.nn.BatchNorm;

class RecordedTest {
  private int calls;

  private Tensor counted(Tensor result) {
    calls++;
    return result;
  }

  @Test
  void laterCallsComputeFromTheirOwnData() {
    Tensor weight = Tensor.arange(6).cast(DType.FLOAT32).reshape(2, 3);
    var recorded = Recorded.of(in -> counted(in.get(0).matmul(weight).sub(in.get(1)).exp().sum(1)));
    for (int i = 0; i < 4; i++) {
      Tensor x = Tensor.of(new float[] {0.1f * i, 0.2f, -0.3f * i, 0.4f}, 2, 2);
      Tensor y = Tensor.of((float) i);
      float[] expected = x.matmul(weight).sub(y).exp().sum(1).data();
      assertThat(recorded.call(x, y).data()).containsExactly(expected);
    }
    assertThat(calls).isEqualTo(1);
  }

  @Test
  void earlierResultsStay() {
    var recorded = Recorded.of(in -> in.getFirst().mul(3));
    Tensor first = recorded.call(Tensor.of(1f, 2f));
    Tensor second = recorded.call(first);
    assertThat(first.data()).containsExactly(3, 6);
    assertThat(second.data()).containsExactly(9, 18);
  }

  @Test
  void laterCallsMakeNoSchedule() {
    var recorded = Recorded.of(in -> in.getFirst().tanh().mul(1.2345).mean());
    assertThat(Profile.of(() -> recorded.call(Tensor.ones(7).realize())).schedules()).isNotEmpty();
    Tensor other = Tensor.full(Shape.of(7), 2.5).realize();
    Profile later = Profile.of(() -> recorded.call(other));
    assertThat(later.schedules()).isEmpty();
    assertThat(later.launches()).isNotEmpty();
  }

  @Test
  void runsWhereItsArgumentsAre() {
    Device interpreter = Device.of("interpreter");
    Tensor result = Recorded.of(in -> in.getFirst().add(1)).call(Tensor.of(1f, 2f).to(interpreter));
    assertThat(result.device()).isEqualTo(interpreter);
    assertThat(result.data()).containsExactly(2, 3);
  }

  @Test
  void aViewOfAnArgumentIsACopy() {
    Tensor x = Tensor.of(1f, 2f).realize();
    Tensor reshaped = Recorded.of(in -> in.getFirst().reshape(2, 1)).call(x);
    x.assign(Tensor.of(5f, 6f)).realize();
    assertThat(reshaped.data()).containsExactly(1, 2);
  }

  @Test
  void readsWhatItsFunctionReadsAtEachCall() {
    Tensor weight = Tensor.of(1f, 2f).realize();
    var recorded = Recorded.of(in -> in.getFirst().mul(weight));
    recorded.call(Tensor.of(3f));
    weight.update(Tensor.of(10f, 20f)).realize();
    assertThatThrownBy(() -> recorded.call(Tensor.of(3f))).isInstanceOf(IllegalStateException.class).hasMessageContaining("record it anew");
  }

  @Test
  void refusesOtherShapesTypesAndCounts() {
    var recorded = Recorded.of(in -> in.getFirst().sum());
    recorded.call(Tensor.of(1f, 2f));
    for (Tensor other : new Tensor[] {Tensor.of(1f, 2f, 3f), Tensor.of(1, 2), Tensor.of(1f, 2f).to(Device.of("interpreter"))}) {
      assertThatThrownBy(() -> recorded.call(other)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must be the same");
    }
    assertThatThrownBy(() -> recorded.call(Tensor.of(1f, 2f), Tensor.of(1f))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(recorded::call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no tensors");
  }

  /// A tensor with memory of its own.
  private static Tensor kept(float... values) {
    return Tensor.zeros(values.length).assign(Tensor.of(values)).realize();
  }

  @Test
  void argumentsAreUpdatedInTheirMemory() {
    var step = Recorded.several(in -> List.of(in.get(0).update(in.get(0).mul(2).add(in.get(1))), in.get(0).sum()));
    Tensor state = kept(1, 2);
    for (int i = 0; i < 4; i++) {
      Tensor before = state;
      float[] expected = {2 * before.data()[0] + i, 2 * before.data()[1] + 1};
      List<Tensor> results = step.callAll(before, Tensor.of((float) i, 1));
      state = results.get(0);
      assertThat(state.data()).containsExactly(expected);
      assertThat(results.get(1).item()).isEqualTo(expected[0] + expected[1]);
      assertThatThrownBy(before::data).isInstanceOf(IllegalStateException.class).hasMessageContaining("overwritten");
    }
  }

  @Test
  void whatAssignLeavesAloneStays() {
    var step = Recorded.several(in -> List.of(in.get(0).assign(in.get(0).add(1))));
    Tensor state = kept(1, 2);
    Tensor first = step.callAll(state).getFirst();
    Tensor second = step.callAll(first).getFirst();
    assertThat(state.data()).containsExactly(1, 2);
    assertThat(first.data()).containsExactly(2, 3);
    assertThat(second.data()).containsExactly(3, 4);
  }

  @Test
  void anUpdateThatIsNoResultIsDone() {
    Tensor state = kept(1, 2);
    Tensor old = Tensor.of(5f, 5f);
    var step = Recorded.of(in -> in.get(0).update(in.get(0).add(in.get(1))).sum());
    assertThat(step.call(state, old).item()).isEqualTo(13);
    assertThatThrownBy(state::data).isInstanceOf(IllegalStateException.class).hasMessageContaining("overwritten");
  }

  @Test
  void refusesToAssignToAnythingElse() {
    Tensor seen = kept(0);
    assertThatThrownBy(() -> Recorded.of(in -> seen.update(in.getFirst())).call(Tensor.of(new float[] {1})))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nothing but its arguments");
    BatchNorm norm = BatchNorm.of(2);
    assertThatThrownBy(() -> Recorded.of(in -> norm.forward(in.getFirst())).call(Tensor.ones(3, 2)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Mode.EVALUATION");
  }

  @Test
  void refusesToLeaveTheDevice() {
    Tensor elsewhere = Tensor.of(2f).to(Device.of("interpreter")).realize();
    assertThatThrownBy(() -> Recorded.of(in -> in.getFirst().to(Device.of("interpreter")).mul(elsewhere)).call(Tensor.of(1f).to(Device.of("cpu"))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("stay on cpu");
  }

  @Test
  void indicesAreThoseOfEachCall() {
    for (String device : List.of("cpu", "interpreter")) {
      Tensor table = Tensor.of(1, 2, 0).to(Device.of(device)).realize();
      Recorded next = Recorded.of(in -> table.index(in.getFirst()));
      Tensor at = Tensor.of(0, 1).to(Device.of(device));
      for (int[] expected : new int[][] {{1, 2}, {2, 0}, {0, 1}}) {
        at = next.call(at);
        assertThat(at.toIntArray()).as(device).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesToLookAtWhatDependsOnItsArguments() {
    Recorded looks = Recorded.of(in -> {
      Tensor doubled = in.getFirst().mul(2);
      return doubled.add(doubled.toFloatArray()[0]);
    });
    assertThatThrownBy(() -> looks.call(Tensor.of(1f, 2f))).isInstanceOf(IllegalStateException.class).hasMessageContaining("was never written");
  }

  @Test
  void anExpressionIsMadeWithoutALookAtIndices() {
    Tensor table = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(2, 3), Device.of("interpreter"));
    Tensor outside = Tensor.of(new long[] {9}, Shape.SCALAR, Device.of("interpreter"));
    assertThatThrownBy(() -> table.embedding(outside)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(Recorded.expression(() -> table.embedding(outside)).shape()).isEqualTo(Shape.of(3));
  }
}
