package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Adam with Nesterov's momentum (Dozat, *Incorporating Nesterov Momentum into Adam*, 2016): `torch.optim.NAdam`.
///
/// With `μ_t = beta1 (1 - 0.96^(t momentumDecay) / 2)`, p moves by `learningRate (μ_{t+1} m / (1 - μ_1 ... μ_{t+1}) + (1 - μ_t) g /
/// (1 - μ_1 ... μ_t))` over `sqrt(v̂) + eps`.
/// ```java
/// new NAdam(Map.of("weight", weight), 2e-3).step(x.linear(weight).square().mean());
/// ```
public final class NAdam extends Optimizer {
  private static final String MEAN = "exp_avg";
  private static final String MEAN_SQUARE = "exp_avg_sq";
  private static final String PRODUCT = "mu_product";
  private static final String BETA1 = "beta1";
  private static final String BETA2 = "beta2";
  private static final String EPS = "eps";
  private static final String MOMENTUM_DECAY = "momentumDecay";

  private final boolean decoupled;

  /// With PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, momentum decay 4e-3.
  public NAdam(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.9, 0.999, 1e-8, 4e-3, false);
  }

  /// @param decoupled whether weight decay shrinks parameters as in [AdamW], rather than being a part of the gradient
  public NAdam(List<ParameterGroup> groups, double beta1, double beta2, double eps, double momentumDecay, boolean decoupled) {
    super(groups, Map.of(BETA1, beta1, BETA2, beta2, EPS, eps, MOMENTUM_DECAY, momentumDecay),
        List.of(State.zeros(MEAN), State.zeros(MEAN_SQUARE), State.scalar(PRODUCT, group -> 1)));
    requireFractions(BETA1, BETA2);
    this.decoupled = decoupled;
  }

  /// The learning rate, `μ_t`, `μ_{t+1}`, and `sqrt(1 - beta2^t)`.
  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate(), momentum(settings, step), momentum(settings, step + 1),
      Math.sqrt(1 - StrictMath.pow(settings.of(BETA2), (double) step))};
  }

  private static double momentum(Settings settings, long step) {
    return settings.of(BETA1) * (1 - 0.5 * StrictMath.pow(0.96, step * settings.of(MOMENTUM_DECAY)));
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    Tensor rate = Steps.data(settings.learningRate(), step);
    return List.of(rate, momentum(settings, step), momentum(settings, step.add(1)), Steps.power(settings.of(BETA2), step).rsub(1).sqrt());
  }

  private static Tensor momentum(Settings settings, Tensor step) {
    return Steps.power(0.96, step.mul(settings.of(MOMENTUM_DECAY))).mul(-0.5).add(1).mul(settings.of(BETA1));
  }

  @Override
  protected Tensor next(Update update) {
    Tensor rate = update.scalars().getFirst();
    Tensor mu = update.scalars().get(1);
    Tensor nextMu = update.scalars().get(2);
    double beta1 = update.setting(BETA1);
    double beta2 = update.setting(BETA2);
    Decay decay = Decay.of(update, rate, decoupled);
    Tensor g = decay.gradient();
    Tensor product = state(update, PRODUCT).mul(mu);
    Tensor m = state(update, MEAN).mul(beta1).add(g.mul(1 - beta1));
    Tensor v = state(update, MEAN_SQUARE).mul(beta2).add(g.square().mul(1 - beta2));
    setState(update, PRODUCT, product);
    setState(update, MEAN, m);
    setState(update, MEAN_SQUARE, v);
    Tensor root = v.sqrt().div(update.scalars().get(3)).add(update.setting(EPS));
    Tensor ofGradient = rate.mul(mu.rsub(1)).div(product.rsub(1));
    Tensor ofMean = rate.mul(nextMu).div(product.mul(nextMu).rsub(1));
    return decay.parameter().sub(g.mul(ofGradient).add(m.mul(ofMean)).div(root));
  }

  @Override
  protected Map<String, Object> options() {
    return Map.of("decoupled", decoupled);
  }
}
