package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Adam whose step sizes are rectified while the mean square is known from few gradients only (Liu et al., *On the Variance of the Adaptive
/// Learning Rate and Beyond*, 2020): `torch.optim.RAdam`.
///
/// Where `rho`, the length of the average, is 5 or less, p moves by `learningRate m̂`; afterwards by Adam's step times the rectification.
/// ```java
/// new RAdam(Map.of("weight", weight), 1e-3).step(x.linear(weight).square().mean());
/// ```
public final class RAdam extends Optimizer {
  private static final String MEAN = "exp_avg";
  private static final String MEAN_SQUARE = "exp_avg_sq";
  private static final String BETA1 = "beta1";
  private static final String BETA2 = "beta2";
  private static final String EPS = "eps";

  private final boolean decoupled;

  /// With PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8.
  public RAdam(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.9, 0.999, 1e-8, false);
  }

  /// @param decoupled whether weight decay shrinks parameters as in [AdamW], rather than being a part of the gradient
  public RAdam(List<ParameterGroup> groups, double beta1, double beta2, double eps, boolean decoupled) {
    super(groups, Map.of(BETA1, beta1, BETA2, beta2, EPS, eps), MEAN, MEAN_SQUARE);
    requireFractions(BETA1, BETA2);
    this.decoupled = decoupled;
  }

  /// The learning rate, `learningRate / (1 - beta1^t)`, and what the latter is multiplied with: a number over `sqrt(v) + eps` plus another,
  /// one of which is 0.
  @Override
  protected double[] scalars(Settings settings, long step) {
    double beta2 = settings.of(BETA2);
    double power = StrictMath.pow(beta2, (double) step);
    double longest = 2 / (1 - beta2) - 1;
    double length = longest - 2 * step * power / (1 - power);
    double rate = settings.learningRate();
    double scaled = rate / (1 - StrictMath.pow(settings.of(BETA1), (double) step));
    if (length <= 5) {
      return new double[] {rate, scaled, 0, 1};
    }
    double rectification = Math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
    return new double[] {rate, scaled, rectification * Math.sqrt(1 - power), 0};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    double beta2 = settings.of(BETA2);
    Tensor power = Steps.power(beta2, step);
    double longest = 2 / (1 - beta2) - 1;
    Tensor length = step.mul(2).mul(power).div(power.rsub(1)).rsub(longest);
    Tensor rate = Steps.data(settings.learningRate(), step);
    Tensor scaled = rate.div(Steps.power(settings.of(BETA1), step).rsub(1));
    Tensor rectified = length.gt(5);
    Tensor known = rectified.where(length, 6);
    Tensor squared = known.sub(4).mul(known.sub(2)).div(known).mul(longest / ((longest - 4) * (longest - 2)));
    return List.of(rate, scaled, rectified.where(squared.mul(power.rsub(1)).sqrt(), 0), rectified.where(Steps.data(0, step), 1));
  }

  @Override
  protected Tensor next(Update update) {
    double beta1 = update.setting(BETA1);
    double beta2 = update.setting(BETA2);
    Decay decay = Decay.of(update, update.scalars().getFirst(), decoupled);
    Tensor g = decay.gradient();
    Tensor m = state(update, MEAN).mul(beta1).add(g.mul(1 - beta1));
    Tensor v = state(update, MEAN_SQUARE).mul(beta2).add(g.square().mul(1 - beta2));
    setState(update, MEAN, m);
    setState(update, MEAN_SQUARE, v);
    Tensor factor = v.sqrt().add(update.setting(EPS)).reciprocal().mul(update.scalars().get(2)).add(update.scalars().get(3));
    return decay.parameter().sub(m.mul(update.scalars().get(1)).mul(factor));
  }

  @Override
  protected Map<String, Object> options() {
    return Map.of("decoupled", decoupled);
  }
}
