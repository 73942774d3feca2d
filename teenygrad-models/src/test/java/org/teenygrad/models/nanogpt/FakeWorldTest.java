package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.teenygrad.distributed.Cluster;
import org.teenygrad.distributed.Exchange;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;

class FakeWorldTest {
  private static final int VOCABULARY = 64;
  private static final TrainSettings SETTINGS = Preset.SHAKESPEARE_CHAR_CPU.settings()
      .with(Map.of("nLayer", 1, "nHead", 2, "nEmbd", 64, "blockSize", 64, "batchSize", 64));

  private static StepPlan plan(TrainSettings settings, int ranks) {
    return Trainer.plan(settings, VOCABULARY, World.fake(ranks, Cluster.H200), 1);
  }

  @Test
  void whatIsSpreadShrinksWithTheRanks() {
    StepPlan one = plan(SETTINGS, 1);
    StepPlan all = plan(SETTINGS, 16);
    assertThat(one.optimizerBytes()).isEqualTo(2 * one.parameterBytes());
    assertThat(all.optimizerBytes()).isEqualTo(one.optimizerBytes() / 16);
    assertThat(all.parameterBytes()).isEqualTo(one.parameterBytes() / 16);
    assertThat(all.workBytes()).isLessThan(one.workBytes());
    assertThat(all.flops()).isLessThan(one.flops() / 8);
    // Each gradient is added up and each parameter gathered, once.
    assertThat(all.traffic(Exchange.Kind.REDUCE_SCATTER).bytes()).isEqualTo((double) one.parameterBytes());
    assertThat(all.traffic(Exchange.Kind.ALL_GATHER).bytes()).isEqualTo((double) one.parameterBytes());
    assertThat(one.exchangeSeconds(Cluster.H200)).isZero();
    assertThat(all.traffic(Exchange.Kind.ALL_GATHER).sentBytes()).isEqualTo(one.parameterBytes() * 15 / 16.0);
  }

  @Test
  void batchesThatAreAddedUpCostTheirPasses() {
    StepPlan two = plan(SETTINGS.with(Map.of("gradientAccumulationSteps", 2)), 2);
    StepPlan four = plan(SETTINGS.with(Map.of("gradientAccumulationSteps", 4)), 2);
    StepPlan six = plan(SETTINGS.with(Map.of("gradientAccumulationSteps", 6)), 2);
    // To a millionth: a few operations on single numbers are computed in more kernels or fewer.
    assertThat(six.flops() - four.flops()).isCloseTo(four.flops() - two.flops(), within(1e-6 * two.flops()));
    // The sum so far and the next gradient, of which each rank has its part alone.
    assertThat(four.gradientBytes()).isEqualTo(2 * four.parameterBytes());
    assertThat(four.traffic(Exchange.Kind.REDUCE_SCATTER).bytes()).isEqualTo(4.0 * 2 * four.parameterBytes());
    assertThat(four.traffic(Exchange.Kind.ALL_GATHER).bytes()).as("weights").isEqualTo(4.0 * 2 * four.parameterBytes());
  }

  @Test
  void ringsAreAsFastAsTheirSlowestLink() {
    StepPlan host = plan(SETTINGS, 8);
    StepPlan hosts = plan(SETTINGS, 16);
    assertThat(hosts.exchangeSeconds(Cluster.H200)).isGreaterThan(2 * host.exchangeSeconds(Cluster.H200));
    assertThat(hosts.kernelSeconds(Cluster.H200)).isLessThanOrEqualTo(host.kernelSeconds(Cluster.H200));
  }

  @Test
  void aWorldHasARank() {
    assertThatThrownBy(() -> World.fake(0, Cluster.H200)).hasMessage("a fake world of 0 ranks; there is at least one");
  }
}
