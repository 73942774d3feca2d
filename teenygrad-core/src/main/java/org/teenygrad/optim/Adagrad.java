package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Steps divided by the root of the sum of all squared gradients (Duchi et al., 2011): `torch.optim.Adagrad`.
/// ```java
/// new Adagrad(Map.of("weight", weight), 1e-2).step(x.linear(weight).square().mean());
/// ```
public final class Adagrad extends Optimizer {
  private static final String SUM = "sum";
  private static final String EPS = "eps";
  private static final String LR_DECAY = "lrDecay";

  /// With PyTorch's default eps, 1e-10.
  public Adagrad(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 1e-10);
  }

  public Adagrad(List<ParameterGroup> groups, double eps) {
    this(groups, 0, 0, eps);
  }

  /// @param lrDecay the learning rate of step t is divided by `1 + (t - 1) lrDecay`
  /// @param initialAccumulator what the sum of squares begins with
  /// @throws IllegalArgumentException if one of both is negative
  public Adagrad(List<ParameterGroup> groups, double lrDecay, double initialAccumulator, double eps) {
    super(groups, Map.of(LR_DECAY, lrDecay, EPS, eps), List.of(State.filled(SUM, group -> initialAccumulator)));
    if (!(lrDecay >= 0 && initialAccumulator >= 0)) {
      throw new IllegalArgumentException("Adagrad: the decay and the first sum must not be negative, but are " + lrDecay + " and " + initialAccumulator);
    }
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate() / (1 + (step - 1) * settings.of(LR_DECAY))};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    return List.of(Steps.data(settings.learningRate(), step).div(step.sub(1).mul(settings.of(LR_DECAY)).add(1)));
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    Tensor g = update.gradient();
    g = update.weightDecay() == 0 ? g : g.add(p.mul(update.weightDecay()));
    Tensor sum = state(update, SUM).add(g.square());
    setState(update, SUM, sum);
    return p.sub(g.mul(update.scalars().getFirst()).div(sum.sqrt().add(update.setting(EPS))));
  }
}
