package org.teenygrad.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;

class PendingStepsTest {
  private final PendingSteps pending = new PendingSteps(new Durations());
  private final List<String> seen = new ArrayList<>();

  private void look(Step step) {
    seen.add(step.iteration() + ": " + step.loss() + ", norm " + step.gradientNorm());
  }

  /// A device that has one iteration at hand goes on with it while the loss before is looked at.
  @Test
  void theNewestLossIsNotWaitedFor() throws InterruptedException {
    pending.begin();
    pending.add(0, List.of(Tensor.of(1f).sum(), Tensor.of(2f).sum()), Tensor.of(0.5f).sum(), 0.1, null);
    Thread.sleep(120);
    assertThat(pending.isDue()).as("one iteration").isFalse();
    pending.begin();
    pending.add(1, List.of(Tensor.of(4f).sum()), null, 0.1, null);
    assertThat(pending.isDue()).isTrue();
    pending.lookBack((step, before) -> look(step));
    assertThat(seen).containsExactly("0: 3.0, norm 0.5");
    assertThat(pending.isDue()).isFalse();
    pending.look((step, before) -> look(step));
    assertThat(seen).containsExactly("0: 3.0, norm 0.5", "1: 4.0, norm NaN");
  }
}
