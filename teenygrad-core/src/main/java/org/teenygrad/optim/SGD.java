package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Stochastic gradient descent: `torch.optim.SGD`.
///
/// `b = momentum b + (1 - dampening) g` (the first time `b = g`), `p = p - learningRate b`; with Nesterov's variant `g + momentum b`
/// in place of b. Weight decay adds `weightDecay p` to g.
public final class SGD extends Optimizer {
  private static final String BUFFER = "momentum_buffer";

  private static final String MOMENTUM = "momentum";
  private static final String DAMPENING = "dampening";

  private final boolean nesterov;

  /// Plain gradient descent.
  public SGD(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0, 0, false);
  }

  public SGD(Map<String, Tensor> parameters, double learningRate, double momentum) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), momentum, 0, false);
  }

  /// @throws IllegalArgumentException if `nesterov` is asked for without momentum or with dampening
  public SGD(List<ParameterGroup> groups, double momentum, double dampening, boolean nesterov) {
    super(groups, Map.of(MOMENTUM, momentum, DAMPENING, dampening), states(groups, momentum));
    for (ParameterGroup group : groups) {
      double own = group.settings().getOrDefault(MOMENTUM, momentum);
      if (nesterov && (own <= 0 || group.settings().getOrDefault(DAMPENING, dampening) != 0)) {
        throw new IllegalArgumentException("SGD: nesterov needs a momentum and no dampening");
      }
    }
    this.nesterov = nesterov;
  }

  private static String[] states(List<ParameterGroup> groups, double momentum) {
    return ParameterGroup.uses(groups, MOMENTUM, momentum) ? new String[] {BUFFER} : new String[0];
  }

  /// The learning rate, and how much of the gradient goes into the buffer.
  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate(), step == 1 ? 1 : 1 - settings.of(DAMPENING)};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    Tensor rate = super.scalars(settings, step).getFirst();
    return List.of(rate, step.eq(1).where(Tensor.full(Shape.SCALAR, 1, DType.FLOAT64),
        Tensor.full(Shape.SCALAR, 1 - settings.of(DAMPENING), DType.FLOAT64)));
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    Tensor g = update.gradient();
    if (update.weightDecay() != 0) {
      g = g.add(p.mul(update.weightDecay()));
    }
    double momentum = update.setting(MOMENTUM);
    if (momentum != 0) {
      Tensor fresh = update.setting(DAMPENING) == 0 ? g : g.mul(update.scalars().get(1));
      Tensor buffer = state(update, BUFFER).mul(momentum).add(fresh);
      setState(update, BUFFER, buffer);
      g = nesterov ? g.add(buffer.mul(momentum)) : buffer;
    }
    return p.sub(g.mul(update.scalars().getFirst()));
  }

  @Override
  protected Map<String, Object> options() {
    return Map.of("nesterov", nesterov);
  }
}
