package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Steps divided by a running root mean square of the gradient (Hinton, 2012): `torch.optim.RMSprop`.
public final class RMSprop extends Optimizer {
  private static final String MEAN_SQUARE = "square_avg";
  private static final String ALPHA = "alpha";
  private static final String EPS = "eps";

  /// With PyTorch's defaults: alpha 0.99, eps 1e-8.
  public RMSprop(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.99, 1e-8);
  }

  public RMSprop(List<ParameterGroup> groups, double alpha, double eps) {
    super(groups, Map.of(ALPHA, alpha, EPS, eps), MEAN_SQUARE);
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
    double alpha = update.setting(ALPHA);
    Tensor meanSquare = state(update, MEAN_SQUARE).mul(alpha).add(g.square().mul(1 - alpha));
    setState(update, MEAN_SQUARE, meanSquare);
    return p.sub(g.mul(update.scalars().getFirst()).div(meanSquare.sqrt().add(update.setting(EPS))));
  }
}
