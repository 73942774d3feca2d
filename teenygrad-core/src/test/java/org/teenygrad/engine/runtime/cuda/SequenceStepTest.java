package org.teenygrad.engine.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.engine.ir.Collective;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.cuda.SequenceStep.Await;
import org.teenygrad.engine.runtime.cuda.SequenceStep.Exchanges;
import org.teenygrad.engine.runtime.cuda.SequenceStep.Launches;

class SequenceStepTest {
  private static final Mesh MESH = new Mesh(List.of(new Mesh.Axis("data", 2)), 0, Device.of("null"));

  private final List<Kernel> items = new ArrayList<>();
  private final List<List<Integer>> waits = new ArrayList<>();

  private void launch(Integer... after) {
    items.add(_ -> {});
    waits.add(List.of(after));
  }

  private void exchange(int bucket, Integer... after) {
    items.add(new Exchange(OpCode.ALL_REDUCE, new Collective(MESH, 0, OpCode.ADD, items.size(), bucket), DType.FLOAT32, 8));
    waits.add(List.of(after));
  }

  @Test
  void kernelsAloneAreOneStep() {
    launch();
    launch(0);

    assertThat(SequenceStep.of(items, waits)).containsExactly(new Launches(List.of(0, 1)));
  }

  @Test
  void exchangesOfABucketBeginWithItsLast() {
    launch();
    exchange(0, 0);
    launch();
    exchange(0, 2);
    launch();
    launch(1);
    launch(3);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Launches(List.of(0, 2)), new Exchanges(List.of(1, 3)), new Launches(List.of(4)), new Await(0), new Launches(List.of(5, 6)));
  }

  @Test
  void bucketsGoOnBesideKernels() {
    launch();
    exchange(0, 0);
    launch();
    exchange(1, 2);
    launch();
    launch(1);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Launches(List.of(0)), new Exchanges(List.of(1)), new Launches(List.of(2)), new Exchanges(List.of(3)),
        new Launches(List.of(4)), new Await(0), new Launches(List.of(5)), new Await(1));
  }

  @Test
  void whoeverAwaitsTheLaterAwaitsTheEarlierToo() {
    exchange(0);
    exchange(1);
    launch(1);
    launch(0);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Exchanges(List.of(0)), new Exchanges(List.of(1)), new Await(1), new Launches(List.of(2, 3)));
  }

  @Test
  void anExchangeWaitsForItsOwnKernel() {
    launch();
    exchange(0, 0);
    launch(1);
    exchange(1, 2);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Launches(List.of(0)), new Exchanges(List.of(1)), new Await(0), new Launches(List.of(2)), new Exchanges(List.of(3)), new Await(1));
  }

  @Test
  void aBucketIsNotTornApart() {
    exchange(0);
    launch(0);
    exchange(0, 1);

    assertThatThrownBy(() -> SequenceStep.of(items, waits)).isInstanceOf(IllegalStateException.class)
        .hasMessage("kernel 1 waits for some of the exchanges [0], which begin with others");
  }
}
