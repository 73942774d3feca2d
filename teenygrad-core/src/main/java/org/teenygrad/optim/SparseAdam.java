package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;

/// Adam that leaves alone the rows of a table, and their moments, whose gradient is zero: those of words that a batch has not.
/// `torch.optim.SparseAdam`.
///
/// Where a row's gradient is not zero, `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g²`, and the row moves by
/// `learningRate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)`, where t counts all steps. PyTorch asks for sparse
/// gradients, which say which rows were looked up; gradients are dense here, and a row that was looked up and has a gradient of
/// exactly zero is left alone, too. There is no weight decay.
/// ```java
/// new SparseAdam(Map.of("weight", weight), 1e-3).step(x.linear(weight).square().mean());
/// ```
public final class SparseAdam extends Optimizer {
  private static final String MEAN = "exp_avg";
  private static final String SQUARES = "exp_avg_sq";
  private static final String BETA1 = "beta1";
  private static final String BETA2 = "beta2";
  private static final String EPS = "eps";

  /// With PyTorch's defaults: betas 0.9 and 0.999, eps 1e-8.
  public SparseAdam(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.9, 0.999, 1e-8);
  }

  /// @throws IllegalArgumentException if a beta is not in [0, 1), or a group has a weight decay
  public SparseAdam(List<ParameterGroup> groups, double beta1, double beta2, double eps) {
    super(groups, Map.of(BETA1, beta1, BETA2, beta2, EPS, eps), MEAN, SQUARES);
    requireFractions(BETA1, BETA2);
    for (ParameterGroup group : groups) {
      if (group.weightDecay() != 0) {
        throw new IllegalArgumentException("SparseAdam: a weight decay of " + group.weightDecay() + " would move all rows; it has none");
      }
    }
  }

  /// `learningRate sqrt(1 - beta2^step) / (1 - beta1^step)`.
  @Override
  protected double[] scalars(Settings settings, long step) {
    double second = 1 - StrictMath.pow(settings.of(BETA2), (double) step);
    return new double[] {settings.learningRate() * Math.sqrt(second) / (1 - StrictMath.pow(settings.of(BETA1), (double) step))};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    Tensor second = Steps.power(settings.of(BETA2), step).rsub(1).sqrt();
    return List.of(Steps.data(settings.learningRate(), step).mul(second).div(Steps.power(settings.of(BETA1), step).rsub(1)));
  }

  @Override
  protected Tensor next(Update update) {
    double beta1 = update.setting(BETA1);
    double beta2 = update.setting(BETA2);
    Tensor g = update.gradient();
    Tensor isThere = isThere(g);
    Tensor m = state(update, MEAN).mul(beta1).add(g.mul(1 - beta1));
    Tensor v = state(update, SQUARES).mul(beta2).add(g.square().mul(1 - beta2));
    setState(update, MEAN, isThere.where(m, state(update, MEAN)));
    setState(update, SQUARES, isThere.where(v, state(update, SQUARES)));
    Tensor p = update.parameter();
    return isThere.where(p.sub(m.mul(update.scalars().getFirst()).div(v.sqrt().add(update.setting(EPS)))), p);
  }

  /// For each row, along the first axis, whether its gradient has an element that is not zero; of the gradient's rank.
  private static Tensor isThere(Tensor gradient) {
    Tensor elements = gradient.ne(0);
    int[] others = IntStream.range(1, gradient.rank()).toArray();
    return others.length == 0 ? elements : elements.any(others, true);
  }
}
