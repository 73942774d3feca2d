package org.teenygrad.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.cuda.simulated.SimulatedGpu;

/// A whole step of training a small GPT in bfloat16 on Hopper - loss, gradients and updates of all parameters - is what the Interpreter computes, where no GPU is.
class SimulatedHopperStepTest {
  private static final Device INTERPRETER = Device.of("interpreter");
  private static final int BATCH = 1;
  private static final int TIME = 72;
  private static final int DIM = 64;
  private static final int HEADS = 1;
  private static final int VOCABULARY = 104;

  private final Random random = new Random(5);
  private final List<Tensor> parameters = new ArrayList<>();

  private Tensor weight(int... sizes) {
    parameters.add(WholeNumbers.of(random, DType.BFLOAT16, 1.0 / 64, sizes));
    return parameters.getLast();
  }

  private Tensor ids() {
    return Tensor.of(random.ints(BATCH * TIME, 0, VOCABULARY).toArray(), Shape.of(BATCH, TIME), INTERPRETER).realize();
  }

  private Tensor block(Tensor x) {
    List<Tensor> heads = x.layerNorm(weight(DIM).add(1), weight(DIM)).linear(weight(3 * DIM, DIM), weight(3 * DIM)).chunk(3, -1).stream()
        .map(part -> part.reshape(BATCH, TIME, HEADS, -1).transpose(1, 2)).toList();
    Tensor mixed = heads.get(0).scaledDotProductAttention(heads.get(1), heads.get(2), AttentionOptions.CAUSAL);
    Tensor middle = x.add(mixed.transpose(1, 2).reshape(x.shape()).linear(weight(DIM, DIM), weight(DIM)));
    return middle.add(middle.layerNorm(weight(DIM).add(1), weight(DIM)).linear(weight(4 * DIM, DIM), weight(4 * DIM)).gelu().linear(weight(DIM, 4 * DIM), weight(DIM)));
  }

  @Test
  void aStepOfTraining() {
    Tensor table = weight(VOCABULARY, DIM);
    Tensor x = block(block(table.embedding(ids()).add(weight(TIME, DIM))));
    Tensor loss = x.layerNorm(weight(DIM).add(1), weight(DIM)).linear(table).reshape(BATCH * TIME, VOCABULARY).toFloat().crossEntropy(ids().reshape(BATCH * TIME));
    List<Tensor> updated = new ArrayList<>(List.of(loss));
    List<Tensor> gradients = Gradient.of(loss, parameters);
    for (int i = 0; i < gradients.size(); i++) {
      updated.add(gradients.get(i));
      updated.add(parameters.get(i).toFloat().sub(gradients.get(i).toFloat().mul(0.5)));
    }
    Comparison comparison = new Comparison(INTERPRETER, SimulatedGpu.hopper());
    List<Program> launched = SimulatedGpu.launches(() -> comparison.check("step", updated.stream().map(Tensor::node).toList(), 8 * Known.unit(DType.BFLOAT16)));
    assertThat(launched.stream().filter(program -> !program.maps().isEmpty()).map(Program::name)).as("products by tensor maps").hasSizeGreaterThanOrEqualTo(15);
    assertThat(Stream.of("contract", "map", "reduce", "scatter")).allMatch(kind -> launched.stream().anyMatch(program -> program.name().startsWith(kind)));
  }
}
