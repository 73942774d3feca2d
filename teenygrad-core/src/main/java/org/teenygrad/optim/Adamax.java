package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Adam with the largest gradient of late in place of the root mean square (Kingma and Ba, 2015, algorithm 2): `torch.optim.Adamax`.
///
/// `u = max(beta2 u, |g| + eps)`, and p moves by `learningRate m̂ / u`.
/// ```java
/// new Adamax(Map.of("weight", weight), 2e-3).step(x.linear(weight).square().mean());
/// ```
public final class Adamax extends Optimizer {
  private static final String MEAN = "exp_avg";
  private static final String LARGEST = "exp_inf";
  private static final String BETA1 = "beta1";
  private static final String BETA2 = "beta2";
  private static final String EPS = "eps";

  /// With PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8.
  public Adamax(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.9, 0.999, 1e-8);
  }

  public Adamax(List<ParameterGroup> groups, double beta1, double beta2, double eps) {
    super(groups, Map.of(BETA1, beta1, BETA2, beta2, EPS, eps), MEAN, LARGEST);
    requireFractions(BETA1, BETA2);
  }

  /// `learningRate / (1 - beta1^step)`.
  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate() / (1 - StrictMath.pow(settings.of(BETA1), (double) step))};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    return List.of(Steps.data(settings.learningRate(), step).div(Steps.power(settings.of(BETA1), step).rsub(1)));
  }

  @Override
  protected Tensor next(Update update) {
    double beta1 = update.setting(BETA1);
    Tensor stepSize = update.scalars().getFirst();
    Decay decay = Decay.of(update, stepSize, false);
    Tensor g = decay.gradient();
    Tensor m = state(update, MEAN).mul(beta1).add(g.mul(1 - beta1));
    Tensor u = state(update, LARGEST).mul(update.setting(BETA2)).maximum(g.abs().add(update.setting(EPS)));
    setState(update, MEAN, m);
    setState(update, LARGEST, u);
    return decay.parameter().sub(m.mul(stepSize).div(u));
  }
}
