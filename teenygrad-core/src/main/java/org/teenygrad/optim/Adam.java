package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Adam (Kingma and Ba, 2015), with weight decay as part of the gradient: `torch.optim.Adam`. See [AdamW] for the decoupled
/// decay that transformers are trained with.
///
/// `m` and `v` are running means of the gradient and its square; p moves by `learningRate m̂ / (sqrt(v̂) + eps)`, where the hats
/// divide out the start from 0. With AMSGrad (Reddi et al., 2018) the largest v so far stands for v.
/// ```java
/// new Adam(Map.of("weight", weight), 1e-3).step(x.linear(weight).square().mean());
/// ```
public sealed class Adam extends Optimizer permits AdamW, LAMB {
  private static final String MEAN = "exp_avg";
  private static final String MEAN_SQUARE = "exp_avg_sq";
  private static final String LARGEST_MEAN_SQUARE = "max_exp_avg_sq";
  private static final String BETA1 = "beta1";
  private static final String BETA2 = "beta2";
  private static final String EPS = "eps";

  private final boolean amsgrad;

  /// With PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8.
  public Adam(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.9, 0.999, 1e-8);
  }

  public Adam(List<ParameterGroup> groups, double beta1, double beta2, double eps) {
    this(groups, beta1, beta2, eps, false);
  }

  public Adam(List<ParameterGroup> groups, double beta1, double beta2, double eps, boolean amsgrad) {
    super(groups, Map.of(BETA1, beta1, BETA2, beta2, EPS, eps), states(amsgrad));
    requireFractions(BETA1, BETA2);
    this.amsgrad = amsgrad;
  }

  private static String[] states(boolean amsgrad) {
    return amsgrad ? new String[] {MEAN, MEAN_SQUARE, LARGEST_MEAN_SQUARE} : new String[] {MEAN, MEAN_SQUARE};
  }

  /// The learning rate, the step size `learningRate / (1 - beta1^step)`, and `sqrt(1 - beta2^step)`.
  @Override
  protected double[] scalars(Settings settings, long step) {
    double mean = 1 - StrictMath.pow(settings.of(BETA1), (double) step);
    double meanSquare = 1 - StrictMath.pow(settings.of(BETA2), (double) step);
    return new double[] {settings.learningRate(), settings.learningRate() / mean, Math.sqrt(meanSquare)};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    Tensor mean = power(settings.of(BETA1), step).rsub(1);
    Tensor meanSquare = power(settings.of(BETA2), step).rsub(1);
    Tensor rate = super.scalars(settings, step).getFirst();
    return List.of(rate, rate.div(mean), meanSquare.sqrt());
  }

  private static Tensor power(double base, Tensor exponent) {
    return Tensor.full(Shape.SCALAR, base, DType.FLOAT64).pow(exponent);
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    Tensor g = update.gradient();
    return p.sub(movement(update, update.weightDecay() == 0 ? g : g.add(p.mul(update.weightDecay()))));
  }

  /// `learningRate m̂ / (sqrt(v̂) + eps)`, where g goes into m and v.
  final Tensor movement(Update update, Tensor g) {
    double beta1 = update.setting(BETA1);
    double beta2 = update.setting(BETA2);
    Tensor m = state(update, MEAN).mul(beta1).add(g.mul(1 - beta1));
    Tensor v = state(update, MEAN_SQUARE).mul(beta2).add(g.square().mul(1 - beta2));
    setState(update, MEAN, m);
    setState(update, MEAN_SQUARE, v);
    if (amsgrad) {
      v = state(update, LARGEST_MEAN_SQUARE).maximum(v);
      setState(update, LARGEST_MEAN_SQUARE, v);
    }
    Tensor stepSize = update.scalars().get(1);
    return m.mul(stepSize).div(v.sqrt().div(update.scalars().get(2)).add(update.setting(EPS)));
  }

  @Override
  protected Map<String, Object> options() {
    return Map.of("amsgrad", amsgrad);
  }
}
