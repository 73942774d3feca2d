package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992): `torch.optim.ASGD`.
///
/// p shrinks by `lambda eta p` and moves by `eta g`, where eta falls as `learningRate / (1 + lambda learningRate t)^alpha`. The
/// state `ax` of each parameter is its average from step `t0` on, its value before.
/// ```java
/// var asgd = new ASGD(Map.of("weight", weight), 1e-2);
/// asgd.step(x.linear(weight).square().mean());
/// asgd.stateDict().get("weight.ax").shape();   // (4, 4)
/// ```
public final class ASGD extends Optimizer {
  private static final String ETA = "eta";
  private static final String MU = "mu";
  private static final String AVERAGE = "ax";
  private static final String LAMBDA = "lambda";
  private static final String ALPHA = "alpha";
  private static final String FIRST = "t0";

  /// With PyTorch's defaults: lambda 1e-4, alpha 0.75, averages from step a million on.
  public ASGD(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 1e-4, 0.75, 1e6);
  }

  public ASGD(List<ParameterGroup> groups, double lambda, double alpha, double t0) {
    super(groups, Map.of(LAMBDA, lambda, ALPHA, alpha, FIRST, t0),
        List.of(State.scalar(ETA, ParameterGroup::learningRate), State.scalar(MU, group -> 1), State.zeros(AVERAGE)));
  }

  /// The next step's eta, and how much of a new value goes into its average.
  @Override
  protected double[] scalars(Settings settings, long step) {
    double rate = settings.learningRate();
    return new double[] {
      rate / StrictMath.pow(1 + settings.of(LAMBDA) * rate * step, settings.of(ALPHA)), 1 / Math.max(1, step - settings.of(FIRST))
    };
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    Tensor rate = Steps.data(settings.learningRate(), step);
    Tensor eta = rate.div(step.mul(rate).mul(settings.of(LAMBDA)).add(1).pow(settings.of(ALPHA)));
    return List.of(eta, step.sub(settings.of(FIRST)).clampMin(1).reciprocal());
  }

  @Override
  protected Tensor next(Update update) {
    Tensor eta = state(update, ETA);
    Decay decay = Decay.of(update, eta, false);
    Tensor p = decay.parameter().mul(eta.mul(update.setting(LAMBDA)).rsub(1)).sub(decay.gradient().mul(eta));
    Tensor average = state(update, AVERAGE);
    setState(update, AVERAGE, state(update, MU).eq(1).where(p, average.add(p.sub(average).mul(state(update, MU)))));
    setState(update, ETA, update.scalars().get(0));
    setState(update, MU, update.scalars().get(1));
    return p;
  }
}
