package org.teenygrad.optim;

import java.util.List;
import java.util.Map;
import org.teenygrad.Tensor;

/// Momentum whose singular values are all moved towards 1 (Jordan et al., *Muon*, 2024): `torch.optim.Muon`. For the matrices inside
/// a model; embeddings, outputs and vectors are better left to [AdamW]: see [Optimizer#step(Tensor, Optimizer...)].
///
/// `b = momentum b + (1 - momentum) g`; what moves p is b, or with Nesterov's variant `(1 - momentum) g + momentum b`,
/// orthogonalised by five steps of a Newton-Schulz iteration and times `learningRate` and the [Scale]. Before that, p shrinks by
/// `learningRate weightDecay p`. PyTorch rounds each step of the iteration to bfloat16; here it runs in the type of the states.
/// ```java
/// new Muon(Map.of("weight", weight), 0.02).step(x.linear(weight).square().mean());
/// ```
public final class Muon extends Optimizer {
  /// How large a step is for a matrix of that shape.
  public enum Scale {
    /// `sqrt(max(1, rows / columns))`, as Jordan has it.
    ROWS_BY_COLUMNS,
    /// `0.2 sqrt(max(rows, columns))`: about as large as AdamW's, so that its learning rate and decay can be kept (Liu et al.,
    /// *Muon is Scalable for LLM Training*, 2025).
    AS_ADAMW;

    double of(Tensor matrix) {
      double rows = matrix.size(0);
      double columns = matrix.size(1);
      return switch (this) {
        case ROWS_BY_COLUMNS -> Math.sqrt(Math.max(1, rows / columns));
        case AS_ADAMW -> 0.2 * Math.sqrt(Math.max(rows, columns));
      };
    }
  }

  private static final String BUFFER = "momentum_buffer";
  private static final String MOMENTUM = "momentum";

  /// The polynomial `A s + B s³ + C s⁵` that each step applies to the singular values: steep at 0, so that five steps bring all
  /// from 1e-3 up to 0.7..1.2, and not convergent beyond that. From Jordan's post.
  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;

  private static final int STEPS = 5;
  private static final double LEAST_NORM = 1e-7;

  private final boolean nesterov;
  private final Scale scale;

  /// With PyTorch's defaults: weight decay 0.1 for all, Nesterov's momentum 0.95.
  public Muon(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(new ParameterGroup(parameters, learningRate, 0.1)), 0.95, true, Scale.ROWS_BY_COLUMNS);
  }

  /// @throws IllegalArgumentException if a parameter is no matrix
  public Muon(List<ParameterGroup> groups, double momentum, boolean nesterov, Scale scale) {
    super(groups, Map.of(MOMENTUM, momentum), BUFFER);
    requireFractions(MOMENTUM);
    for (ParameterGroup group : groups) {
      group.parameters().forEach((name, parameter) -> {
        if (parameter.rank() != 2) {
          throw new IllegalArgumentException("Muon: " + name + " " + parameter.shape() + " is no matrix: leave it to AdamW");
        }
      });
    }
    this.nesterov = nesterov;
    this.scale = scale;
  }

  @Override
  protected double[] scalars(Settings settings, long step) {
    return new double[] {settings.learningRate()};
  }

  @Override
  protected Tensor next(Update update) {
    Tensor p = update.parameter();
    Tensor rate = update.scalars().getFirst();
    double momentum = update.setting(MOMENTUM);
    Tensor fresh = update.gradient().mul(1 - momentum);
    Tensor buffer = state(update, BUFFER).mul(momentum).add(fresh);
    setState(update, BUFFER, buffer);
    Tensor step = orthogonalized(nesterov ? fresh.add(buffer.mul(momentum)) : buffer);
    Tensor shrunk = update.weightDecay() == 0 ? p : p.mul(rate.mul(update.weightDecay()).rsub(1));
    return shrunk.sub(step.mul(rate.mul(scale.of(p))));
  }

  /// U S' Vᵀ for a matrix U S Vᵀ, with S' near 1: a polynomial of x xᵀ changes the singular values alone. Wide matrices have the
  /// smaller x xᵀ.
  private static Tensor orthogonalized(Tensor matrix) {
    boolean tall = matrix.size(0) > matrix.size(1);
    Tensor x = tall ? matrix.transpose(0, 1) : matrix;
    x = x.div(x.square().sum().sqrt().clampMin(LEAST_NORM));
    for (int step = 0; step < STEPS; step++) {
      Tensor gram = x.matmul(x.transpose(0, 1));
      Tensor even = gram.mul(B).add(gram.matmul(gram).mul(C));
      x = x.mul(A).add(even.matmul(x));
    }
    return tall ? x.transpose(0, 1) : x;
  }

  @Override
  protected Map<String, Object> options() {
    return Map.of("nesterov", nesterov, "scale", scale);
  }
}
