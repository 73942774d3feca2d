package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Steps whose sizes grow while a gradient keeps its sign and shrink when it changes; gradients say no more than the direction
/// (Riedmiller and Braun, *RPROP*, 1993): `torch.optim.Rprop`. Meant for gradients of all examples.
///
/// Each number's first step is the learning rate, which says nothing afterwards. A number whose gradient changed its sign stays for a step.
/// ```java
/// new Rprop(Map.of("weight", weight), 1e-2).step(x.linear(weight).square().mean());
/// ```
public final class Rprop extends Optimizer {
  private static final String BEFORE = "prev";
  private static final String SIZE = "step_size";
  private static final String SHRINK = "etaMinus";
  private static final String GROW = "etaPlus";
  private static final String LEAST = "leastStep";
  private static final String MOST = "mostStep";

  /// With PyTorch's defaults: factors 0.5 and 1.2, steps within 1e-6..50.
  public Rprop(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.5, 1.2, 1e-6, 50);
  }

  /// @param etaMinus what a step is multiplied with after a change of sign, in (0, 1)
  /// @param etaPlus what it is multiplied with without, above 1
  /// @throws IllegalArgumentException if one of both is not
  public Rprop(List<ParameterGroup> groups, double etaMinus, double etaPlus, double leastStep, double mostStep) {
    super(groups, Map.of(SHRINK, etaMinus, GROW, etaPlus, LEAST, leastStep, MOST, mostStep),
        List.of(State.zeros(BEFORE), State.filled(SIZE, ParameterGroup::learningRate)));
    if (!(etaMinus > 0 && etaMinus < 1 && etaPlus > 1)) {
      throw new IllegalArgumentException("Rprop: factors must be in (0, 1) and above 1, not " + etaMinus + " and " + etaPlus);
    }
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[0];
  }

  @Override
  protected Tensor next(Update update) {
    Tensor g = update.gradient();
    Tensor agreement = g.mul(state(update, BEFORE));
    Tensor turned = agreement.lt(0);
    Tensor size = state(update, SIZE);
    size = turned.where(size.mul(update.setting(SHRINK)), agreement.gt(0).where(size.mul(update.setting(GROW)), size))
        .clamp(update.setting(LEAST), update.setting(MOST));
    Tensor counted = turned.where(0, g);
    setState(update, SIZE, size);
    setState(update, BEFORE, counted);
    return update.parameter().sub(counted.sign().mul(size));
  }
}
