package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;

class SparseAdamTest {
  private static Tensor table() {
    return Tensor.arange(15).toFloat().reshape(5, 3).mul(0.7).sin().realize().requiresGrad();
  }

  /// PyTorch 2.13, an Embedding with sparse gradients and four lookups; row 2 is never looked up, rows 3 and 4 once and twice.
  @Test
  void rowsThatABatchHasNotStayAsTheyAre() {
    Tensor weight = table();
    Tensor targets = Tensor.arange(9).toFloat().reshape(3, 3).mul(0.3).cos();
    SparseAdam optimizer = new SparseAdam(List.of(ParameterGroup.of(Map.of("weight", weight), 0.1)), 0.8, 0.9, 1e-6);
    for (int[] ids : new int[][] {{0, 1, 1}, {3, 0, 3}, {1, 4, 1}, {0, 0, 4}}) {
      optimizer.step(weight.indexSelect(0, Tensor.of(ids)).sub(targets).square().mean());
    }

    assertThat(weight.toFloatArray()).containsExactly(new float[] {0.2831304f, 0.6920872f, 0.7115581f, 0.6797901f, 0.1764102f, -0.1802735f, -0.8715757f, -0.9824526f,
        -0.6312667f, 0.0933902f, 0.5804098f, 0.9115907f, 0.7144779f, 0.3262278f, -0.308237f}, within(2e-6f));
    assertThat(Objects.requireNonNull(optimizer.stateDict().get("weight.exp_avg")).select(0, 2).toFloatArray()).containsOnly(0);
  }

  @Test
  void aWeightDecayIsRefused() {
    assertThatThrownBy(() -> new SparseAdam(List.of(new ParameterGroup(Map.of("weight", table()), 0.1, 0.01)), 0.9, 0.999, 1e-8))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("SparseAdam: a weight decay of 0.01 would move all rows; it has none");
  }
}
