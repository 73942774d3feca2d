package org.teenygrad.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Layer;

class EmaTest {
  private record Model(Tensor weight, Tensor seen, List<Embedding> tied) implements Layer {
    @Override
    public Tensor forward(Tensor x) {
      return x.mul(weight);
    }
  }

  private static Model model() {
    Embedding table = Embedding.of(2, 2);
    return new Model(Tensor.of(8f).requiresGrad(), Tensor.of(1f), List.of(table, table));
  }

  @Test
  void oldValuesFadeByTheDecay() {
    Model model = model();
    Ema<Model> ema = Ema.of(model, 0.75);
    double expected = 8;
    for (float value : new float[] {4, 16, -4}) {
      model.weight().assign(Tensor.of(value));
      model.seen().assign(Tensor.of(value));
      ema.update();
      expected = 0.75 * expected + 0.25 * value;
      assertThat(ema.average().weight().item()).isCloseTo((float) expected, within(1e-6f));
      assertThat(ema.average().seen().item()).isEqualTo(value);
      assertThat(model.weight().item()).isEqualTo(value);
    }
  }

  @Test
  void sharedParametersAreAveragedOnce() {
    Model model = model();
    Ema<Model> ema = Ema.of(model, 0.5);
    Embedding average = ema.average().tied().getFirst();
    assertThat(ema.average().tied().get(1)).isSameAs(average);
    Tensor table = model.tied().getFirst().weight();
    table.assign(Tensor.zeros(2, 2));
    float before = average.weight().toFloatArray()[0];
    ema.update();
    assertThat(average.weight().toFloatArray()[0]).isEqualTo(before / 2);
  }

  @Test
  void theDecayIsAPart() {
    assertThatThrownBy(() -> Ema.of(model(), 1.5)).hasMessage("ema: the decay must be in 0..1, not 1.5");
  }
}
