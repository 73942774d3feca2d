package org.teenygrad.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019): `torch.optim.AdamW`.
///
/// Before Adam's step, p shrinks by `learningRate weightDecay p`. As nanoGPT trains, with decay for matrices only:
/// ```java
/// var groups = ParameterGroup.decayingMatrices(model.namedParameters(), 1e-3, 0.1);
/// var optimizer = new AdamW(groups, 0.9, 0.99, 1e-8).clipNorm(1);
/// ```
public final class AdamW extends Adam {
  /// With PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8, weight decay 0.01 for all.
  public AdamW(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(new ParameterGroup(parameters, learningRate, 0.01)), 0.9, 0.999, 1e-8);
  }

  public AdamW(List<ParameterGroup> groups, double beta1, double beta2, double eps) {
    super(groups, beta1, beta2, eps);
  }

  public AdamW(List<ParameterGroup> groups, double beta1, double beta2, double eps, boolean amsgrad) {
    super(groups, beta1, beta2, eps, amsgrad);
  }

  /// After Adam's, what a parameter shrinks by: data, so that parameters with and without decay are changed by one kernel.
  @Override
  protected double[] scalars(Settings settings, long step) {
    double[] adam = super.scalars(settings, step);
    double[] all = Arrays.copyOf(adam, adam.length + 1);
    all[adam.length] = 1 - settings.learningRate() * settings.weightDecay();
    return all;
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    List<Tensor> all = new ArrayList<>(super.scalars(settings, step));
    all.add(all.getFirst().mul(settings.weightDecay()).rsub(1));
    return all;
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    boolean decays = IntStream.range(0, groups().size()).anyMatch(group -> weightDecay(group) != 0);
    return (decays ? p.mul(update.scalars().getLast()) : p).sub(movement(update, update.gradient()));
  }
}
