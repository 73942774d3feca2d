package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.nn.RotaryEmbedding;

/// The bits of a sum do not depend on what else is computed in the same schedule, such as derivatives: a trainer finds a sampler's log-probabilities.
class SumOrderTest {
  /// Numbers that are in memory, of their own each time, so that nothing is known from before.
  private static Tensor numbers(int... shape) {
    Random random = new Random(5);
    float[] values = new float[(int) Shape.of(shape).elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  /// @param results the sum first, then what else is asked for
  private static void hasItsBits(Function<Tensor, List<Tensor>> results, int... shape) {
    float[] alone = results.apply(numbers(shape)).getFirst().toFloatArray();
    List<Tensor> all = results.apply(numbers(shape));
    Tensor.realize(all);
    assertThat(all.getFirst().toFloatArray()).isEqualTo(alone);
  }

  /// Halves are turned and put side by side: as long as nobody wants them, the sum goes through one after the other.
  @Test
  void ofRowsThatAreAskedForThemselves() {
    for (int headDim : new int[] {48, 64, 80}) {
      RotaryEmbedding rotary = RotaryEmbedding.of(headDim, 64, 10_000, RotaryEmbedding.Pairs.HALVES);
      hasItsBits(x -> {
        Tensor rotated = rotary.forward(x);
        return List.of(rotated.rmsNorm(Shape.of(headDim), null, 1e-6), rotated);
      }, 2, 3, 64, headDim);
    }
  }

  /// More is stored along the rows than is read along them.
  @Test
  void ofRowsOfWhichMuchIsStored() {
    hasItsBits(x -> {
      Tensor sum = x.square().sum(-1);
      return List.of(sum, sum.sqrt(), sum.add(1).log(), sum.mul(3), sum.exp());
    }, 64, 128);
  }

  @Test
  void ofProductsThatOthersUse() {
    hasItsBits(x -> List.of(x.mul(x).sum(-1), x.mul(x).max(-1)), 100, 770);
  }

  /// One sum reads neighbours, one beside it does not.
  @Test
  void besideAnother() {
    Tensor shuffled = Tensor.of(new Random(6).ints(300, 0, 300).toArray(), 300);
    hasItsBits(x -> List.of(x.exp().sum(-1), x.embedding(shuffled).exp().mul(x.transpose(0, 1)).mul(x.sin().transpose(0, 1)).sum(-1)), 300, 300);
  }
}
