package org.teenygrad.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.SGD;

class ModuleTreeTest {
  record Block(LayerNorm norm, Linear up, Dropout drop, @Nullable Linear skip) implements Module {
    Tensor forward(Tensor x) {
      return drop.forward(up.forward(norm.forward(x)));
    }
  }

  record Model(List<Block> blocks, Map<String, Linear> heads, Tensor scale) implements Module {
    @Override
    public String toString() {
      return tree();
    }
  }

  private static Model model() {
    Block block = new Block(LayerNorm.of(4), Linear.of(4, 4, false), Dropout.of(0.1), null);
    return new Model(List.of(block, block), Map.of("class", Linear.of(4, 300)), Tensor.ones(DType.BFLOAT16, 2));
  }

  @Test
  void aTreeHasNamesSettingsShapesAndCounts() {
    assertThat(model()).hasToString("""
        Model(scale (2,) bfloat16): 1,524 parameters
          blocks.0: Block: 24
            norm: LayerNorm(eps=1.0E-5, weight (4,), bias (4,)): 8
            up: Linear(weight (4, 4)): 16
            drop: Dropout(p=0.1)
          blocks.1: Block: 24
            norm: LayerNorm(eps=1.0E-5, weight (4,), bias (4,)): 8
            up: Linear(weight (4, 4)): 16
            drop: Dropout(p=0.1)
          heads.class: Linear(weight (300, 4), bias (300,)): 1,500""");
    assertThat(Sequential.of(Conv2d.of(3, 8, 3), Tensor::relu, MaxPool2d.of(2))).hasToString("""
        Sequential: 224 parameters
          0: Conv2d(weight (8, 3, 3, 3), bias (8,)): 224
          1: function
          2: MaxPool2d(kernel=[2])""");
  }

  @Test
  void aRecordThatSaysNothingItselfPrintsItsLayersWithoutValues() {
    List<String> text = new ArrayList<>();
    Block block = new Block(LayerNorm.of(4), Linear.of(4, 4, false), Dropout.of(0.1), null);
    assertThat(Profile.of(() -> text.add(block.toString())).launches()).isEmpty();
    assertThat(text.getFirst()).startsWith("Block[norm=LayerNorm(").contains("up=Linear(weight (4, 4)): 16 parameters");
  }

  @Test
  void namedModulesAreEachOnceUnderTheirFirstName() {
    Model model = model();
    Map<String, Module> named = model.namedModules();
    assertThat(named.keySet()).containsExactly("", "blocks.0", "blocks.0.norm", "blocks.0.up", "blocks.0.drop", "heads.class");
    assertThat(named.get("")).isSameAs(model);
    assertThat(named.get("blocks.0.up")).isSameAs(model.blocks().getFirst().up());
  }

  @Test
  void loadingWhatFitsTellsTheRest() {
    Linear layer = Linear.of(2, 3);
    float[] bias = Objects.requireNonNull(layer.bias()).toFloatArray();
    LoadReport report = layer.loadStateDict(Map.of("weight", Tensor.ones(3, 2), "bias", Tensor.ones(4), "extra", Tensor.ones(1)), false);
    assertThat(report.loaded()).containsExactly("weight");
    assertThat(report.missing()).isEmpty();
    assertThat(report.unexpected()).containsExactly("extra (1,)");
    assertThat(report.wrongShapes()).containsExactly("bias is (3,), the value is (4,)");
    assertThat(report.isComplete()).isFalse();
    assertThat(report).hasToString("bias is (3,), the value is (4,); there is no extra (1,)");
    assertThat(layer.weight().toFloatArray()).containsOnly(1);
    assertThat(Objects.requireNonNull(layer.bias()).toFloatArray()).isEqualTo(bias);
    assertThat(layer.loadStateDict(Map.of(), false).missing()).containsExactly("weight (3, 2)", "bias (3,)");
    assertThat(layer.loadStateDict(layer.stateDict(), true)).hasToString("all 2 tensors loaded");
    assertThatThrownBy(() -> layer.loadStateDict(Map.of("weight", Tensor.zeros(3, 2)), true)).hasMessageContaining("no value for bias");
    assertThat(layer.weight().toFloatArray()).containsOnly(1);
  }

  @Test
  void aSummarySaysWhatAnInputCosts() {
    Layer model = Sequential.of(Linear.of(64, 8), Tensor::relu, LayerNorm.of(8), Linear.of(8, 2));
    String summary = model.summary(10, 64);
    assertThat(summary.lines().toList().subList(0, 2)).containsExactly(
        "layer           output   parameters   FLOPs",
        "Sequential      (10, 2)         554");
    assertThat(summary.lines().toList().get(2)).startsWith("  0: Linear     (10, 8)         520  10,");
    assertThat(flops(summary, "0: Linear")).isBetween(2.0 * 10 * 64 * 8, 2.0 * 10 * 64 * 8 + 160);
    assertThat(flops(summary, "3: Linear")).isBetween(2.0 * 10 * 8 * 2, 2.0 * 10 * 8 * 2 + 200);
    assertThat(summary).contains("weights: 2.2 KiB").containsPattern("forward: \\d+ kernels, 1\\d\\.\\d kFLOP").containsPattern("backward: \\d+ kernels");
    assertThat(model.summary(20, 64)).contains("(20, 8)");
    assertThat(Module.summary(Embedding.of(100, 16), (m, ids) -> m.forward(ids), DType.INT32, 8, 32)).contains("(8, 32, 16)");
    assertThat(model.parameters()).allSatisfy(p -> assertThat(p.device()).isEqualTo(Tensor.ones(1).device()));
  }

  private static double flops(String summary, String layer) {
    String line = summary.lines().filter(l -> l.contains(layer)).findFirst().orElseThrow();
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1).replace(",", ""));
  }

  @Test
  void gradientsFlowThroughAModelInAnotherTypeAndNormsKeepTheirs() {
    Layer model = Sequential.of(Linear.of(4, 4), LayerNorm.of(4), Linear.of(4, 1));
    Layer narrow = Module.in(model, DType.BFLOAT16);
    assertThat(narrow.stateDict().values().stream().map(Tensor::dtype).toList()).containsExactly(
        DType.BFLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT32, DType.BFLOAT16, DType.BFLOAT16);
    narrow.forward(Tensor.rand(3, 4).toBfloat16()).toFloat().square().sum().backward();
    assertThat(model.parameters()).allSatisfy(p -> assertThat(p.grad().dtype()).isEqualTo(DType.FLOAT32));
  }

  @Test
  void optimizersPrintTheirSettings() {
    Tensor w = Tensor.ones(3, 2).requiresGrad();
    Tensor b = Tensor.ones(2000).requiresGrad();
    var groups = List.of(new ParameterGroup(Map.of("w", w), 0.1, 0.01), ParameterGroup.of(Map.of("b", b), 0.2).with("beta2", 0.99));
    assertThat(new AdamW(groups, 0.9, 0.95, 1e-8).clipNorm(1)).hasToString("""
        AdamW(beta1=0.9, beta2=0.95, eps=1.0E-8, amsgrad=false, clipNorm=1.0)
          group 0: learning rate 0.1, weight decay 0.01; 1 parameter of 6 numbers
          group 1: learning rate 0.2, weight decay 0.0, beta2 0.99; 1 parameter of 2,000 numbers""");
    var sgd = new SGD(Map.of("w", w), 0.1, 0.9);
    sgd.learningRate(0.05);
    assertThat(sgd).hasToString("""
        SGD(dampening=0.0, momentum=0.9, nesterov=false)
          group 0: learning rate 0.05, weight decay 0.0; 1 parameter of 6 numbers""");
  }
}
