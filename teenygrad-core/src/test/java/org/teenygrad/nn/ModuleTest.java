package org.teenygrad.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

class ModuleTest {
  private record Block(LayerNorm norm, Linear mix, Dropout dropout) implements Layer {
    @Override
    public Tensor forward(Tensor x) {
      return x.add(dropout.forward(mix.forward(norm.forward(x))));
    }
  }

  private record Model(Embedding table, List<Block> blocks) implements Module {
    Tensor forward(Tensor ids) {
      Tensor x = table.forward(ids);
      for (Block block : blocks) {
        x = block.forward(x);
      }
      return x.linear(table.weight());
    }
  }

  static class Counter implements Module {
    final Tensor seen = Tensor.zeros(1);
    final Linear inner = Linear.of(1, 1, false);
    final int size = 3;
    @Nullable Linear absent;
  }

  static final class Knot implements Module {
    @Nullable Knot self;
  }

  private static Model model() {
    return new Model(Embedding.of(5, 4), List.of(block(), block()));
  }

  private static Block block() {
    return new Block(LayerNorm.of(4, false), Linear.of(4, 4), Dropout.of(0.5));
  }

  @Test
  void namesFollowTheCode() {
    assertThat(model().namedParameters().keySet())
        .containsExactly(
            "table.weight",
            "blocks.0.norm.weight", "blocks.0.mix.weight", "blocks.0.mix.bias",
            "blocks.1.norm.weight", "blocks.1.mix.weight", "blocks.1.mix.bias");
    assertThat(model().parameterCount()).isEqualTo(5 * 4 + 2 * (4 + 16 + 4));
  }

  @Test
  void classesArePutTogetherFromTheirFields() {
    Counter counter = new Counter();
    assertThat(counter.stateDict().keySet()).containsExactly("seen", "inner.weight");
    assertThat(counter.namedParameters().keySet()).containsExactly("inner.weight");
    assertThat(counter.size).isEqualTo(3);
    assertThat(counter.absent).isNull();
  }

  @Test
  void sharedTensorsAreOneParameterWithTwoNames() {
    Linear one = Linear.of(2, 2, false);
    Sequential twice = Sequential.of(one, Tensor::relu, one);
    assertThat(twice.parameters()).hasSize(1);
    assertThat(twice.stateDict().keySet()).containsExactly("0.weight", "2.weight");
  }

  @Test
  void aModuleMustNotContainItself() {
    Knot knot = new Knot();
    knot.self = knot;
    assertThatThrownBy(knot::stateDict).hasMessage("module self contains itself");
  }

  @Test
  void stateGoesFromModelToModel() {
    Model one = model();
    Model other = model();
    Tensor ids = Tensor.of(1L, 4L, 2L);
    other.loadStateDict(one.stateDict());
    float[] expected = Mode.EVALUATION.call(() -> one.forward(ids).toFloatArray());
    assertThat(Mode.EVALUATION.call(() -> other.forward(ids).toFloatArray())).isEqualTo(expected);
  }

  @Test
  void loadingSaysAllThatDoesNotFit() {
    Linear linear = Linear.of(2, 3);
    Map<String, Tensor> wrong = new HashMap<>(Map.of("weight", Tensor.ones(3, 3), "extra", Tensor.ones(1)));
    assertThatThrownBy(() -> linear.loadStateDict(wrong))
        .hasMessage("loadStateDict: no value for bias (3,); weight is (3, 2), the value is (3, 3); there is no extra (1,)");
  }

  @Test
  void aMappedModelIsACopyInAnotherType() {
    Linear shared = Linear.of(2, 2);
    Sequential model = Sequential.of(shared, Tensor::relu, shared);
    Sequential copy = Module.map(model, Tensor::toBfloat16);
    assertThat(copy.parameters()).hasSize(2).allMatch(p -> p.dtype() == DType.BFLOAT16);
    assertThat(copy.layers().get(0)).isSameAs(copy.layers().get(2)).isNotSameAs(shared);
    assertThat(shared.weight().dtype()).isEqualTo(DType.FLOAT32);
    assertThatThrownBy(() -> Module.map(new Counter(), Tensor::toBfloat16)).hasMessageContaining("is not a record");
  }

  @Test
  void dropoutWorksInTrainingOnly() {
    Dropout dropout = Dropout.of(0.5);
    Tensor x = Tensor.ones(100);
    assertThat(dropout.forward(x).toFloatArray()).contains(0, 2);
    assertThat(Mode.EVALUATION.call(() -> dropout.forward(x)).toFloatArray()).containsOnly(1);
    assertThat(Mode.current()).isEqualTo(Mode.TRAINING);
  }

  @Test
  void layersStartAsInPyTorch() {
    float bound = (float) (1 / Math.sqrt(64));
    for (float w : Linear.of(64, 50).weight().toFloatArray()) {
      assertThat(w).isBetween(-bound, bound);
    }
    assertThat(Embedding.of(100, 50).weight().std().item()).isBetween(0.97f, 1.03f);
    assertThat(LayerNorm.of(3).weight().toFloatArray()).containsExactly(1, 1, 1);
    assertThat(RMSNorm.of(3).forward(Tensor.of(3f, 3f, -3f)).toFloatArray()[2]).isBetween(-1.001f, -0.999f);
  }

  @Test
  void linearTakesAnyLeadingAxes() {
    assertThat(Linear.of(3, 4).forward(Tensor.ones(2, 5, 3)).shape()).isEqualTo(Shape.of(2, 5, 4));
  }
}
