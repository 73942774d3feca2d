package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Adaptive steps with little memory: of a matrix's mean squares only those of rows and columns are kept (Shazeer and Stern,
/// *Adafactor*, 2018): `torch.optim.Adafactor`.
///
/// `u = g / sqrt(v)`, with v the mean square, or the outer product of both averages over their mean; p moves by
/// `max(eps2, rms(p)) min(learningRate, 1 / sqrt(t)) u / max(1, rms(u) / d)`, after it has shrunk by `learningRate weightDecay p`.
/// ```java
/// new Adafactor(Map.of("weight", weight), 1e-2).step(x.linear(weight).square().mean());
/// ```
public final class Adafactor extends Optimizer {
  private static final String ROWS = "row_var";
  private static final String COLUMNS = "col_var";
  private static final String MEAN_SQUARE = "variance";
  private static final String DECAY = "beta2Decay";
  private static final String EPS2 = "eps2";
  private static final String THRESHOLD = "d";

  private final OptionalDouble eps1;

  /// With PyTorch's defaults: beta2 decay -0.8, eps the type's precision and 1e-3, d 1.
  public Adafactor(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(ParameterGroup.of(parameters, learningRate)), -0.8, OptionalDouble.empty(), 1e-3, 1);
  }

  /// @param beta2Decay gradient t is `t^beta2Decay` of the mean squares
  /// @param eps1 the least root mean square; if absent the distance from 1 to the next number of the parameter's type
  /// @param eps2 what a parameter's root mean square counts as at least
  /// @param d root mean square that steps are brought down to
  public Adafactor(List<ParameterGroup> groups, double beta2Decay, OptionalDouble eps1, double eps2, double d) {
    super(groups, Map.of(DECAY, beta2Decay, EPS2, eps2, THRESHOLD, d), List.of(
        State.shaped(ROWS, shape -> shape.rank() > 1 ? shape.with(-1, 1) : Shape.of(0)),
        State.shaped(COLUMNS, shape -> shape.rank() > 1 ? shape.with(-2, 1) : Shape.of(0)),
        State.shaped(MEAN_SQUARE, shape -> shape.rank() > 1 ? Shape.of(0) : shape)));
    this.eps1 = eps1;
  }

  /// The learning rate, the least of it and `1 / sqrt(t)`, and `t^beta2Decay`.
  @Override
  protected boolean isElementwise() {
    return false;
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    double rate = settings.learningRate();
    return new double[] {rate, Math.min(rate, 1 / Math.sqrt((double) step)), StrictMath.pow((double) step, settings.of(DECAY))};
  }

  @Override
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    Tensor rate = Steps.data(settings.learningRate(), step);
    return List.of(rate, step.rsqrt().minimum(rate), step.pow(settings.of(DECAY)));
  }

  @Override
  protected Tensor next(Update update) {
    Tensor rate = update.scalars().getFirst();
    Tensor g = update.gradient();
    Tensor fresh = update.scalars().get(2);
    double least = eps1.orElse(precision(update.parameter().dtype()));
    Tensor size = meanSquare(update.parameter()).sqrt().clampMin(update.setting(EPS2)).mul(update.scalars().get(1));
    Tensor p = Decay.of(update, rate, true).parameter();
    Tensor squares;
    if (g.rank() > 1) {
      Tensor rows = moved(update, ROWS, g.square().mean(-1, true), fresh);
      Tensor columns = moved(update, COLUMNS, g.square().mean(-2, true), fresh);
      squares = rows.mul(columns).div(rows.mean(-2, true).clampMin(least));
    } else {
      squares = moved(update, MEAN_SQUARE, g.square(), fresh);
    }
    Tensor u = squares.clampMin(least * least).rsqrt().mul(g);
    Tensor excess = meanSquare(u).sqrt().div(update.setting(THRESHOLD)).clampMin(1);
    return p.sub(u.mul(size.div(excess)));
  }

  private Tensor moved(Update update, String name, Tensor now, Tensor fresh) {
    Tensor before = state(update, name);
    Tensor after = before.add(now.sub(before).mul(fresh));
    setState(update, name, after);
    return after;
  }

  private static Tensor meanSquare(Tensor x) {
    return x.square().mean();
  }

  private static double precision(DType type) {
    return type == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
  }

  @Override
  protected Map<String, Object> options() {
    return eps1.isPresent() ? Map.of("eps1", eps1.getAsDouble()) : Map.of();
  }
}
