package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Steps as large as steps were, over what gradients were (Zeiler, *ADADELTA*, 2012): `torch.optim.Adadelta`.
///
/// `d = sqrt(D + eps) / sqrt(G + eps) g`, with G and D running means of g² and d²; p moves by `learningRate d`.
/// ```java
/// new Adadelta(Map.of("weight", weight), 1).step(x.linear(weight).square().mean());
/// ```
public final class Adadelta extends Optimizer {
  private static final String MEAN_SQUARE = "square_avg";
  private static final String MOVED = "acc_delta";
  private static final String RHO = "rho";
  private static final String EPS = "eps";

  /// With PyTorch's defaults: rho 0.9, eps 1e-6.
  public Adadelta(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.9, 1e-6);
  }

  public Adadelta(List<ParameterGroup> groups, double rho, double eps) {
    super(groups, Map.of(RHO, rho, EPS, eps), MEAN_SQUARE, MOVED);
    requireFractions(RHO);
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate()};
  }

  @Override
  protected Tensor next(Update update) {
    double rho = update.setting(RHO);
    double eps = update.setting(EPS);
    Tensor rate = update.scalars().getFirst();
    Decay decay = Decay.of(update, rate, false);
    Tensor g = decay.gradient();
    Tensor meanSquare = state(update, MEAN_SQUARE).mul(rho).add(g.square().mul(1 - rho));
    Tensor delta = state(update, MOVED).add(eps).sqrt().div(meanSquare.add(eps).sqrt()).mul(g);
    setState(update, MEAN_SQUARE, meanSquare);
    setState(update, MOVED, state(update, MOVED).mul(rho).add(delta.square().mul(1 - rho)));
    return decay.parameter().sub(delta.mul(rate));
  }
}
