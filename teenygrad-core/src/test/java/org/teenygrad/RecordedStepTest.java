package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.teenygrad.nn.BatchNorm;
import org.teenygrad.nn.Layer;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Sequential;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LossScaling;
import org.teenygrad.optim.Muon;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.RAdam;
import org.teenygrad.optim.SGD;

/// Steps that are played back are those that are built: the same bits, whatever changes between them.
class RecordedStepTest {
  private int built;

  private static Tensor tensor(int seed, int... shape) {
    return Tensor.arange((int) Shape.of(shape).elements()).add(seed).mul(0.7).sin().reshape(shape).realize();
  }

  /// A step of gradient descent, counted where it is built.
  private void descend(RecordedStep<String> step, Tensor loss, Tensor w, double rate, Object constant) {
    Tensor scale = Tensor.of((float) rate);
    step.take(loss, List.of(scale), List.of(w), constant, () -> {
      built++;
      loss.backward();
      Tensor changed = w.update(w.detach().sub(w.grad().mul(scale)));
      w.zeroGrad();
      return new RecordedStep.Updates<>(List.of(changed), Map.of());
    });
  }

  private float[] descended(RecordedStep<String> step, IntFunction<Function<Tensor, Tensor>> losses, int steps) {
    Tensor w = tensor(1, 2, 3).requiresGrad().realize();
    for (int i = 0; i < steps; i++) {
      descend(step, losses.apply(i).apply(w), w, 0.1 / (i + 1), "");
    }
    return w.data();
  }

  private float[] builtAlways(IntFunction<Function<Tensor, Tensor>> losses, int steps) {
    Tensor w = tensor(1, 2, 3).requiresGrad().realize();
    for (int i = 0; i < steps; i++) {
      descend(new RecordedStep<>(), losses.apply(i).apply(w), w, 0.1 / (i + 1), "");
    }
    return w.data();
  }

  private void requirePlayed(IntFunction<Function<Tensor, Tensor>> losses, int steps, int expected) {
    float[] all = builtAlways(losses, steps);
    built = 0;
    assertThat(descended(new RecordedStep<>(), losses, steps)).containsExactly(all);
    assertThat(built).isEqualTo(expected);
  }

  @Test
  void isBuiltThreeTimesAndThenPlayedBack() {
    requirePlayed(i -> w -> tensor(i, 4, 3).linear(w).square().mean(), 8, 3);
  }

  @Test
  void anotherShapeOrConstantOrControlFlowIsBuilt() {
    requirePlayed(i -> w -> tensor(i, i < 5 ? 4 : 5, 3).linear(w).square().mean(), 9, 6);
    requirePlayed(i -> w -> tensor(i, 4, 3).linear(w).mul(i < 5 ? 2 : 3).square().mean(), 9, 6);
    requirePlayed(i -> w -> i == 5 ? tensor(i, 4, 3).linear(w).abs().sum() : tensor(i, 4, 3).linear(w).square().mean(), 9, 4);
  }

  @Test
  void structuresThatTakeTurnsAreAllPlayedBack() {
    requirePlayed(i -> w -> tensor(i, 1 + i % 3, 3).linear(w).square().mean(), 15, 9);
  }

  @Test
  void slicesThatMoveAreBuilt() {
    Tensor x = tensor(3, 20, 3);
    requirePlayed(i -> w -> x.slice(0, 2 * i, 2 * i + 2).linear(w).square().mean(), 8, 8);
  }

  @Test
  void dataThatIsOneTensorAtFirstIsNotPlayedBackAsTwo() {
    Tensor x = tensor(3, 2, 3);
    requirePlayed(i -> w -> x.add(i == 5 ? tensor(9, 2, 3) : x).linear(w).square().mean(), 8, 4);
  }

  @Test
  void lossesThatAreKnownBeforeAreSteppedBy() {
    requirePlayed(i -> w -> tensor(i, 4, 3).linear(w).square().mean().realize(), 8, 3);
  }

  @Test
  void randomNumbersAreNewAtEachStep() {
    Supplier<float[]> run = () -> {
      Tensor.manualSeed(5);
      return descended(new RecordedStep<>(), i -> w -> tensor(0, 4, 3).dropout(0.5, true).linear(w).square().mean(), 8);
    };
    Tensor.manualSeed(5);
    assertThat(run.get()).containsExactly(builtWithSeed());
  }

  private float[] builtWithSeed() {
    Tensor.manualSeed(5);
    return builtAlways(i -> w -> tensor(0, 4, 3).dropout(0.5, true).linear(w).square().mean(), 8);
  }

  @Test
  void otherConstantsAreBuilt() {
    Tensor w = tensor(1, 2, 3).requiresGrad().realize();
    var step = new RecordedStep<String>();
    for (int i = 0; i < 5; i++) {
      descend(step, w.square().sum(), w, 0.1, "one");
    }
    descend(step, w.square().sum(), w, 0.1, "other");
    assertThat(built).isEqualTo(4);
  }

  /// What a program looks up at each step and gives to nobody makes other schedules.
  @Test
  void updatesThatAreNotTheSameTwiceAreNotPlayedBack() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    var step = new RecordedStep<String>();
    for (int i = 0; i < 6; i++) {
      double factor = i;
      Tensor loss = w.sum();
      step.take(loss, List.of(), List.of(w), "", () -> {
        loss.backward();
        Tensor changed = w.update(w.detach().sub(w.grad().mul(factor)));
        w.zeroGrad();
        return new RecordedStep.Updates<>(List.of(changed), Map.of());
      });
    }
    assertThat(w.data()).containsExactly(1 - 15, 2 - 15);
  }

  /// A tensor that updates read without naming it.
  @Test
  void updatesThatReadOtherDataAreNotPlayedBack() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    var step = new RecordedStep<String>();
    for (int i = 0; i < 6; i++) {
      Tensor hidden = Tensor.of((float) i);
      Tensor loss = w.sum();
      step.take(loss, List.of(), List.of(w), "", () -> {
        loss.backward();
        Tensor changed = w.update(w.detach().sub(w.grad().mul(hidden)));
        w.zeroGrad();
        return new RecordedStep.Updates<>(List.of(changed), Map.of());
      });
    }
    assertThat(w.data()).containsExactly(1 - 15, 2 - 15);
  }

  @Test
  void parametersOfOthersGetTheirGradients() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    Tensor other = Tensor.of(3f, 4f).requiresGrad();
    var step = new RecordedStep<String>();
    for (int i = 0; i < 5; i++) {
      descend(step, other.square().sum().add(w.sum()), w, 0, "");
    }
    assertThat(other.grad().data()).containsExactly(30, 40);
  }

  @Test
  void aParameterThatIsFrozenLaterStays() {
    Tensor w = Tensor.of(1f, 2f).requiresGrad();
    Tensor v = Tensor.of(1f, 2f).requiresGrad();
    Map<String, Tensor> both = new LinkedHashMap<>();
    both.put("w", w);
    both.put("v", v);
    var optimizer = new SGD(both, 1);
    for (int i = 0; i < 8; i++) {
      v.requiresGrad(i < 5);
      optimizer.step(w.add(v).sum());
    }
    assertThat(w.data()).containsExactly(-7, -6);
    assertThat(v.data()).containsExactly(-4, -3);
  }

  static Stream<Function<Map<String, Tensor>, Optimizer>> optimizers() {
    return Stream.of(
        p -> new AdamW(p, 0.1).clipNorm(0.5).clipValue(0.4),
        p -> new AdamW(p, 0.1).measureNorm().scaleLoss(new LossScaling(Math.scalb(1.0, 126), 2, 0.5, 2)),
        p -> new SGD(p, 0.1, 0.9).maximize(),
        p -> new RAdam(p, 0.1),
        p -> new Muon(p, 0.1).alongside(new AdamW(Map.of("apart", tensor(4, 3).requiresGrad()), 0.1)));
  }

  /// Everything that has been seen to change: rates, momenta, the batch, its size, keys of dropout, running statistics, states that are loaded.
  @ParameterizedTest
  @MethodSource("optimizers")
  void optimizersStepsAreThoseOfFreshOnes(Function<Map<String, Tensor>, Optimizer> kind) {
    assertThat(trained(kind, false)).isEqualTo(trained(kind, true));
  }

  /// Gradient descent that counts for how many parameters it was asked.
  private static final class Counted extends Optimizer {
    int updates;

    Counted(Map<String, Tensor> parameters) {
      super(List.of(ParameterGroup.of(parameters, 0.1)), Map.of());
    }

    @Override
    protected double[] scalars(Settings settings, long step) {
      return new double[] {settings.learningRate()};
    }

    @Override
    protected Tensor next(Update update) {
      updates++;
      return update.parameter().sub(update.gradient().mul(update.scalars().getFirst()));
    }
  }

  @Test
  void stepsWithRunningStatisticsArePlayedBack() {
    BatchNorm norm = BatchNorm.of(3);
    var optimizer = new Counted(norm.namedParameters());
    for (int i = 0; i < 8; i++) {
      Tensor loss = norm.forward(tensor(i, 4, 3)).sub(1).square().mean();
      optimizer.step(loss);
      assertThat(loss.isRealized()).isTrue();
    }
    assertThat(optimizer.updates).isEqualTo(3 * 2);
  }

  private static List<Float> trained(Function<Map<String, Tensor>, Optimizer> kind, boolean fresh) {
    Tensor.manualSeed(3);
    Layer net = Sequential.of(Linear.of(3, 4), BatchNorm.of(4), Linear.of(4, 2));
    Map<String, Tensor> matrices = new LinkedHashMap<>();
    net.namedParameters().forEach((name, tensor) -> {
      if (tensor.rank() == 2) {
        matrices.put(name, tensor);
      } else {
        tensor.requiresGrad(false);
      }
    });
    Optimizer optimizer = kind.apply(matrices);
    List<Float> seen = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      if (fresh) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        optimizer.stateDict().forEach((name, tensor) -> state.put(name, tensor.clone().realize()));
        Optimizer next = kind.apply(matrices);
        next.loadStateDict(state);
        optimizer = next;
      }
      optimizer.learningRate(0.1 / (i + 1));
      Tensor x = tensor(i, i == 7 ? 5 : 6, 3).dropout(0.25, true);
      Tensor loss = net.forward(x).square().mean();
      optimizer.step(loss);
      seen.add(loss.item());
      if (optimizer.measuresNorm()) {
        seen.add(optimizer.gradientNorm().item());
      }
    }
    net.stateDict().values().forEach(tensor -> {
      for (float value : tensor.cast(DType.FLOAT32).data()) {
        seen.add(value);
      }
    });
    return seen;
  }
}
