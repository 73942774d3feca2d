package org.teenygrad.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Steps divided by a running root mean square of the gradient (Hinton, 2012): `torch.optim.RMSprop`.
///
/// Centered, the square of a running mean of the gradient is taken off the mean square (Graves, *Generating Sequences With
/// Recurrent Neural Networks*, 2013). With momentum, `b = momentum b + g / root` moves p in place of `g / root`.
/// ```java
/// new RMSprop(Map.of("weight", weight), 1e-2).step(x.linear(weight).square().mean());
/// ```
public final class RMSprop extends Optimizer {
  private static final String MEAN_SQUARE = "square_avg";
  private static final String MEAN = "grad_avg";
  private static final String BUFFER = "momentum_buffer";
  private static final String ALPHA = "alpha";
  private static final String EPS = "eps";
  private static final String MOMENTUM = "momentum";

  private final boolean centered;

  /// With PyTorch's defaults: alpha 0.99, eps 1e-8.
  public RMSprop(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), 0.99, 1e-8);
  }

  /// Without momentum, not centered.
  public RMSprop(List<ParameterGroup> groups, double alpha, double eps) {
    this(groups, alpha, eps, 0, false);
  }

  public RMSprop(List<ParameterGroup> groups, double alpha, double eps, double momentum, boolean centered) {
    super(groups, Map.of(ALPHA, alpha, EPS, eps, MOMENTUM, momentum), states(groups, momentum, centered));
    this.centered = centered;
  }

  private static String[] states(List<ParameterGroup> groups, double momentum, boolean centered) {
    List<String> states = new ArrayList<>(List.of(MEAN_SQUARE));
    if (centered) {
      states.add(MEAN);
    }
    if (ParameterGroup.uses(groups, MOMENTUM, momentum)) {
      states.add(BUFFER);
    }
    return states.toArray(String[]::new);
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate()};
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    Tensor rate = update.scalars().getFirst();
    Tensor g = update.gradient();
    g = update.weightDecay() == 0 ? g : g.add(p.mul(update.weightDecay()));
    Tensor root = root(update, g).add(update.setting(EPS));
    double momentum = update.setting(MOMENTUM);
    if (momentum == 0) {
      return p.sub(g.mul(rate).div(root));
    }
    Tensor buffer = state(update, BUFFER).mul(momentum).add(g.div(root));
    setState(update, BUFFER, buffer);
    return p.sub(buffer.mul(rate));
  }

  private Tensor root(Update update, Tensor g) {
    double alpha = update.setting(ALPHA);
    Tensor meanSquare = state(update, MEAN_SQUARE).mul(alpha).add(g.square().mul(1 - alpha));
    setState(update, MEAN_SQUARE, meanSquare);
    if (!centered) {
      return meanSquare.sqrt();
    }
    Tensor mean = state(update, MEAN).mul(alpha).add(g.mul(1 - alpha));
    setState(update, MEAN, mean);
    return meanSquare.sub(mean.square()).sqrt();
  }
  @Override
  protected Map<String, Object> options() {
    return Map.of("centered", centered);
  }
}
