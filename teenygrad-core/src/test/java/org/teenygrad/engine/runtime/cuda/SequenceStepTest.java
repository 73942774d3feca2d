package org.teenygrad.engine.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;

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
  private static final long BUCKET_FLOATS = SequenceStep.BUCKET_BYTES / 4;

  private final List<Kernel> items = new ArrayList<>();
  private final List<List<Integer>> waits = new ArrayList<>();

  private void launch(Integer... after) {
    items.add(_ -> {});
    waits.add(List.of(after));
  }

  private void exchange(long floats, Integer... after) {
    items.add(new Exchange(OpCode.ALL_REDUCE, new Collective(MESH, 0, OpCode.ADD, items.size()), DType.FLOAT32, floats));
    waits.add(List.of(after));
  }

  @Test
  void kernelsAloneAreOneStep() {
    launch();
    launch(0);

    assertThat(SequenceStep.of(items, waits)).containsExactly(new Launches(List.of(0, 1)));
  }

  @Test
  void smallExchangesBeginTogetherWhenTheirResultsAreWanted() {
    launch();
    exchange(8, 0);
    launch();
    exchange(8, 2);
    launch();
    launch(1);
    launch(3);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Launches(List.of(0, 2, 4)), new Exchanges(List.of(1, 3)), new Await(0), new Launches(List.of(5, 6)));
  }

  @Test
  void aFullBucketGoesOnBesideKernels() {
    launch();
    exchange(BUCKET_FLOATS, 0);
    launch();
    exchange(BUCKET_FLOATS, 2);
    launch();
    launch(1);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Launches(List.of(0)), new Exchanges(List.of(1)), new Launches(List.of(2)), new Exchanges(List.of(3)),
        new Launches(List.of(4)), new Await(0), new Launches(List.of(5)), new Await(1));
  }

  @Test
  void anExchangeOfAnothersResultDoesNotBeginWithIt() {
    exchange(8);
    exchange(8, 0);

    assertThat(SequenceStep.of(items, waits)).containsExactly(new Exchanges(List.of(0)), new Exchanges(List.of(1)), new Await(1));
  }

  @Test
  void whoeverAwaitsTheLaterAwaitsTheEarlierToo() {
    exchange(BUCKET_FLOATS);
    exchange(BUCKET_FLOATS);
    launch(1);
    launch(0);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Exchanges(List.of(0)), new Exchanges(List.of(1)), new Await(1), new Launches(List.of(2, 3)));
  }

  @Test
  void anExchangeWaitsForItsOwnKernel() {
    launch();
    exchange(BUCKET_FLOATS, 0);
    launch(1);
    exchange(BUCKET_FLOATS, 2);

    assertThat(SequenceStep.of(items, waits)).containsExactly(
        new Launches(List.of(0)), new Exchanges(List.of(1)), new Await(0), new Launches(List.of(2)), new Exchanges(List.of(3)), new Await(1));
  }
}
