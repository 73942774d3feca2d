package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Adam with a step of each tensor's own size, for large batches (You et al., *Large Batch Optimization for Deep Learning*, 2020,
/// algorithm 2). PyTorch has none.
///
/// With `r = m̂ / (sqrt(v̂) + eps) + weightDecay p`, p moves by `learningRate r |p| / |r|`; where |p| or |r| is 0, by
/// `learningRate r`. The norms are those of the whole tensor.
/// ```java
/// new LAMB(Map.of("weight", weight), 1e-2).step(x.linear(weight).square().mean());
/// ```
public final class LAMB extends Adam {
  /// With betas 0.9 and 0.999, eps 1e-6 and weight decay 0.01 for all, as the paper trains BERT.
  public LAMB(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(new ParameterGroup(parameters, learningRate, 0.01)), 0.9, 0.999, 1e-6);
  }

  public LAMB(List<ParameterGroup> groups, double beta1, double beta2, double eps) {
    super(groups, beta1, beta2, eps);
  }

  /// As Adam's, but for a learning rate of 1 in the step size: it is multiplied with last.
  @Override
  protected boolean isElementwise() {
    return false;
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    double[] scalars = super.scalars(new Settings(1, settings.weightDecay(), settings.values()), step);
    scalars[0] = settings.learningRate();
    return scalars;
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    List<Tensor> scalars = super.scalars(new Settings(1, settings.weightDecay(), settings.values()), step);
    Tensor rate = super.scalars(settings, step).getFirst();
    return List.of(rate, scalars.get(1), scalars.get(2));
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    Tensor r = movement(update, update.gradient());
    if (update.weightDecay() != 0) {
      r = r.add(p.mul(update.weightDecay()));
    }
    Tensor ratio = norm(p).div(norm(r));
    Tensor trust = norm(p).gt(0).and(norm(r).gt(0)).where(ratio, 1);
    return p.sub(r.mul(update.scalars().getFirst().mul(trust)));
  }

  private static Tensor norm(Tensor x) {
    return x.square().sum().sqrt();
  }
}
