package org.teenygrad.nanochat.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.optim.ParameterGroup;

class MuonAdamWTest {
  @Test
  void groupsAreNanochats() {
    Gpt model = Gpt.of(new GptConfig(32, 50, 2, 2, 2, 32, "L"), DType.FLOAT32);
    MuonAdamW optimizer = MuonAdamW.of(model, new MuonAdamW.Rates(0.3, 0.008, 0.02, 0.5).times(0.5), 0.28, DType.FLOAT32);
    List<ParameterGroup> rest = optimizer.rest().groups();
    List<ParameterGroup> matrices = optimizer.matrices().groups();
    Set<String> names = rest.stream().flatMap(group -> group.parameters().keySet().stream()).collect(Collectors.toSet());
    names.addAll(matrices.getFirst().parameters().keySet());
    assertThat(names).isEqualTo(model.namedParameters().keySet());
    assertThat(matrices.getFirst().parameters()).hasSize(13).containsKey("transformer.h.1.attn.ve_gate.weight");
    assertThat(rest.getLast().parameters().keySet()).containsExactly("smear_gate.weight", "smear_lambda", "backout_lambda");
    // vectors of 32 for 768
    double byDim = 0.5 * Math.sqrt(768 / 32.0);
    double[] rates = {0.008 * byDim, 0.3 * byDim, 0.15 * byDim, 0.0025, 0.25, 0.2};
    for (int group = 0; group < rates.length; group++) {
      assertThat(rest.get(group).learningRate()).isCloseTo(rates[group], within(1e-12));
    }
    assertThat(matrices.getFirst().learningRate()).isEqualTo(0.01);
    optimizer.schedule(1 / 40.0, 0.85, 0.1);
    assertThat(optimizer.rest().learningRate(4)).isCloseTo(0.25 / 40, within(1e-12));
    assertThat(optimizer.matrices().toString()).contains("momentum 0.85");
    assertThat(optimizer.matrices().weightDecay(0)).isEqualTo(0.1);
  }
}
