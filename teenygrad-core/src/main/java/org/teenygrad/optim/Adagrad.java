package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Steps divided by the root of the sum of all squared gradients (Duchi et al., 2011): `torch.optim.Adagrad`.
public final class Adagrad extends Optimizer {
  private static final String SUM = "sum";
  private static final String EPS = "eps";

  /// With PyTorch's default eps, 1e-10.
  public Adagrad(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 1e-10);
  }

  public Adagrad(List<ParameterGroup> groups, double eps) {
    super(groups, Map.of(EPS, eps), SUM);
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate()};
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
