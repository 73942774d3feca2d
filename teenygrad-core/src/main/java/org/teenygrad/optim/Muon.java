package org.teenygrad.optim;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.teenygrad.DType;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Momentum whose singular values are all moved towards 1 (Jordan et al., *Muon*, 2024): `torch.optim.Muon`. For the matrices inside
/// a model; embeddings, outputs and vectors are better left to [AdamW]: see [Optimizer#alongside].
///
/// `b = momentum b + (1 - momentum) g`; what moves p is b, or with Nesterov's variant `(1 - momentum) g + momentum b`,
/// orthogonalised and times `learningRate` and the [Scale]. Before that, p shrinks by `learningRate weightDecay p`. [MuonOptions]
/// has what others have found since. Matrices of one shape are orthogonalised together, in products of batches. PyTorch rounds each
/// of them to bfloat16; here that is an option. Where states are spread over ranks ([Optimizer#shard]), each rank orthogonalises
/// some of the matrices of a shape: rows of all of them travel to whoever has the whole of one, and back.
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
  private static final String MEAN_SQUARE = "second_momentum_buffer";
  private static final String MOMENTUM = "momentum";
  private static final double LEAST_NORM = 1e-6;
  private static final double LEAST_MEAN_SQUARE = 1e-10;

  private final MuonOptions options;

  /// With PyTorch's defaults: weight decay 0.1 for all, Nesterov's momentum 0.95.
  public Muon(Map<String, Tensor> parameters, double learningRate) {
    this(List.of(new ParameterGroup(parameters, learningRate, 0.1)), MuonOptions.DEFAULT);
  }

  /// @throws IllegalArgumentException if a parameter is no matrix
  public Muon(List<ParameterGroup> groups, MuonOptions options) {
    super(groups, Map.of(MOMENTUM, options.momentum()), states(groups, options));
    requireFractions(MOMENTUM);
    this.options = options;
  }

  private static List<State> states(List<ParameterGroup> groups, MuonOptions options) {
    for (ParameterGroup group : groups) {
      group.parameters().forEach((name, parameter) -> {
        if (parameter.rank() != 2) {
          throw new IllegalArgumentException("Muon: " + name + " " + parameter.shape() + " is no matrix: leave it to AdamW");
        }
      });
    }
    State buffer = State.shaped(BUFFER, shape -> shape);
    return options.beta2() == null ? List.of(buffer) : List.of(buffer, State.shaped(MEAN_SQUARE, shape -> shape.with(averagedAxis(shape), 1)));
  }

  /// Over which axis of a matrix the squares of a step are averaged.
  private static int averagedAxis(Shape matrix) {
    return matrix.size(-2) >= matrix.size(-1) ? -1 : -2;
  }

  /// The learning rate, the momentum and its complement, and the weight decay: data, so that schedules of them change no kernel.
  @Override
  protected double[] scalars(Settings settings, long step) {
    double momentum = settings.of(MOMENTUM);
    return new double[] {settings.learningRate(), momentum, 1 - momentum, settings.weightDecay()};
  }

  @Override
  protected Tensor next(Update update) {
    return next(List.of(update)).getFirst();
  }

  @Override
  protected List<Tensor> next(List<Update> updates) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (List<Update> alike : byShape(updates)) {
      Tensor steps = byRows(scaled(orthogonalized(byMatrix(Tensor.stack(alike.stream().map(this::momentum).toList(), 0).contiguous())), alike));
      for (int i = 0; i < alike.size(); i++) {
        values.put(alike.get(i).name(), moved(alike.get(i), steps.select(0, i)));
      }
    }
    return updates.stream().map(update -> Objects.requireNonNull(values.get(update.name()))).toList();
  }

  /// @param stack (count, rows, columns) of which each rank may have some rows of all
  /// @return of which it has some whole; all, where there are fewer than ranks
  private static Tensor byMatrix(Tensor stack) {
    Mesh mesh = stack.mesh();
    return mesh == null || stack.size(0) < mesh.size() ? stack.gather() : stack.redistribute(Placement.shard(0));
  }

  /// The inverse of [#byMatrix].
  private static Tensor byRows(Tensor stack) {
    return stack.mesh() == null ? stack : stack.redistribute(Placement.shard(1));
  }

  private static Collection<List<Update>> byShape(List<Update> updates) {
    return updates.stream()
        .collect(Collectors.groupingBy(update -> update.parameter().shape() + " " + update.parameter().dtype(), LinkedHashMap::new,
            Collectors.toList()))
        .values();
  }

  /// What is to be orthogonalised; a state is changed.
  private Tensor momentum(Update update) {
    Tensor momentum = update.scalars().get(1);
    Tensor fresh = update.gradient().mul(update.scalars().get(2));
    Tensor buffer = state(update, BUFFER).mul(momentum).add(fresh);
    setState(update, BUFFER, buffer);
    return options.nesterov() ? fresh.add(buffer.mul(momentum)) : buffer;
  }

  /// @param x (count, rows, columns), as what is returned
  private Tensor orthogonalized(Tensor x) {
    DType type = options.type();
    Tensor steps = options.orthogonalization().of((options.equalRows() ? withEqualRows(x) : x).cast(type == null ? x.dtype() : type))
        .cast(x.dtype());
    if (!options.exactNorm()) {
      return steps;
    }
    double exact = Math.sqrt(Math.min(x.size(1), x.size(2)));
    return steps.mul(Orthogonalization.norm(steps).clampMin(LEAST_NORM).rdiv(exact));
  }

  private static Tensor withEqualRows(Tensor x) {
    Tensor mean = Orthogonalization.norm(x).div(Math.sqrt(x.size(1)));
    Tensor rows = x.square().sum(-1, true).sqrt();
    return x.mul(mean.div(rows.clampMin(LEAST_NORM)));
  }

  /// Rows, or columns, divided by the root of the running means of their squares; the norm of each matrix stays. States are changed.
  private Tensor scaled(Tensor steps, List<Update> updates) {
    Double beta2 = options.beta2();
    if (beta2 == null) {
      return steps;
    }
    int axis = averagedAxis(steps.shape());
    Tensor squares = steps.square().mean(axis, true);
    Tensor means = byMatrix(Tensor.stack(updates.stream().map(update -> state(update, MEAN_SQUARE)).toList(), 0)).mul(beta2)
        .add(squares.mul(1 - beta2));
    Tensor kept = byRows(means);
    for (int i = 0; i < updates.size(); i++) {
      setState(updates.get(i), MEAN_SQUARE, kept.select(0, i));
    }
    Tensor factors = means.clampMin(LEAST_MEAN_SQUARE).rsqrt();
    Tensor norm = squares.sum(new int[] {1, 2}, true).sqrt();
    Tensor changed = squares.mul(factors.square()).sum(new int[] {1, 2}, true).sqrt();
    return steps.mul(factors.mul(norm.div(changed.clampMin(LEAST_MEAN_SQUARE))));
  }

  private Tensor moved(Update update, Tensor step) {
    Tensor p = update.parameter();
    Tensor rate = update.scalars().getFirst();
    Tensor decay = update.scalars().get(3);
    Tensor scaledRate = rate.mul(options.scale().of(p));
    if (options.cautiousDecay()) {
      Tensor shrinking = step.mul(p).ge(0).where(p.mul(decay), 0);
      return p.sub(step.add(shrinking).mul(scaledRate));
    }
    return p.mul(rate.mul(decay).rsub(1)).sub(step.mul(scaledRate));
  }

  @Override
  protected Map<String, Object> options() {
    return Map.of("options", options);
  }
}
