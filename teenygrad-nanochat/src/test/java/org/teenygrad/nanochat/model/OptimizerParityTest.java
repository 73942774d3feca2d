package org.teenygrad.nanochat.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Muon;
import org.teenygrad.optim.MuonOptions;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;

/// One step of nanochat's MuonAdamW.
class OptimizerParityTest {
  private static final Fixture STEPS = Fixture.of("optimizer.json.gz");

  @ParameterizedTest
  @ValueSource(strings = {"muon_tall", "muon_wide"})
  void muonIsNanochats(String name) {
    Fixture step = STEPS.part(name);
    Fixture hyper = step.part("hyper");
    Tensor p = step.tensor("parameter").requiresGrad();
    var muon = new Muon(List.of(new ParameterGroup(Map.of("p", p), hyper.number("lr"), hyper.number("weight_decay"))), MuonOptions.NANOCHAT);
    step(muon, p, step);
    assertClose(Objects.requireNonNull(muon.stateDict().get("p.momentum_buffer")), step.tensor("momentum_buffer"));
    assertClose(Objects.requireNonNull(muon.stateDict().get("p.second_momentum_buffer")), step.tensor("second_momentum_buffer"));
  }

  @Test
  void adamIsNanochats() {
    Fixture step = STEPS.part("adamw");
    Fixture hyper = step.part("hyper");
    List<?> betas = Json.list(hyper.content(), "betas");
    Tensor p = step.tensor("parameter").requiresGrad();
    var adam = new AdamW(
        List.of(new ParameterGroup(Map.of("p", p), hyper.number("lr"), hyper.number("weight_decay"))),
        (double) betas.getFirst(), (double) betas.getLast(), hyper.number("eps"));
    step(adam, p, step);
    assertClose(Objects.requireNonNull(adam.stateDict().get("p.exp_avg")), step.tensor("exp_avg"));
    assertClose(Objects.requireNonNull(adam.stateDict().get("p.exp_avg_sq")), step.tensor("exp_avg_sq"));
  }

  private static void step(Optimizer optimizer, Tensor p, Fixture step) {
    optimizer.step(p.mul(step.tensor("gradient")).sum());
    assertClose(p.detach(), step.tensor("output"));
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.sub(expected).abs().max().itemDouble()).as("%s%nis not%n%s", actual, expected).isLessThan(1e-6);
  }
}
