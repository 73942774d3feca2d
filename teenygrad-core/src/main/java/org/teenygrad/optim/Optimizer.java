package org.teenygrad.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Changes parameters so that a loss falls.
///
/// ```java
/// var optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), 1e-3, 0.1), 0.9, 0.99, 1e-8).clipNorm(1);
/// for (var batch : batches) {
///   optimizer.learningRate(schedule.at(optimizer.steps()));
///   var loss = model.forward(batch.inputs()).crossEntropy(batch.targets());
///   optimizer.step(loss);        // gradients, clipping and all updates: one schedule
/// }
/// ```
/// What changes from step to step - the learning rate, the bias corrections of Adam - enters the graph as data, so from the
/// second step on a schedule that was seen before is replayed. States are float32 where the parameter is float16 or
/// bfloat16, and so is the arithmetic.
public abstract class Optimizer {
  /// One parameter's part of a step.
  ///
  /// @param parameter its value, in the type to compute in
  /// @param gradient its gradient in that type, after clipping
  /// @param scalars what [#scalars] said for this step, as scalar tensors
  protected record Update(
      String name, Tensor parameter, Tensor gradient, List<Tensor> scalars, double weightDecay) {}

  private final List<ParameterGroup> groups;
  private final double[] learningRates;
  private final Map<String, Tensor> states = new LinkedHashMap<>();
  private final List<Tensor> changed = new ArrayList<>();
  private double maxNorm = Double.POSITIVE_INFINITY;
  private @Nullable Tensor gradientNorm;
  private long steps;

  /// Computes the parameters' starting values, and makes states of zeros.
  /// @param stateNames the states that each parameter has
  /// @throws IllegalArgumentException if a name or a parameter occurs twice
  protected Optimizer(List<ParameterGroup> groups, String... stateNames) {
    this.groups = List.copyOf(groups);
    learningRates = groups.stream().mapToDouble(ParameterGroup::learningRate).toArray();
    Map<Tensor, String> names = new LinkedHashMap<>();
    for (ParameterGroup group : groups) {
      group.parameters().forEach((name, parameter) -> {
        String other = names.put(parameter, name);
        if (other != null || names.values().stream().filter(name::equals).count() > 1) {
          throw new IllegalArgumentException("parameter " + name + " is given twice" + (other == null ? "" : ", also as " + other));
        }
        for (String state : stateNames) {
          Tensor zeros = Tensor.full(parameter.shape(), 0, wide(parameter)).to(parameter.device());
          states.put(name + "." + state, Tensor.full(parameter.shape(), 0, wide(parameter)).to(parameter.device()).assign(zeros));
        }
      });
    }
    List<Tensor> all = new ArrayList<>(names.keySet());
    all.addAll(states.values());
    Tensor.realize(all);
  }

  /// What a step needs to know that other steps need to know differently.
  /// @param step 1 for the first
  protected abstract double[] scalars(double learningRate, long step);

  /// The new value of a parameter; states are changed by [#setState].
  protected abstract Tensor next(Update update);

  /// A parameter's state of that name, as it was before this step.
  protected final Tensor state(Update update, String state) {
    Tensor tensor = states.get(update.name() + "." + state);
    if (tensor == null) {
      throw new IllegalArgumentException("no state " + state + " of " + update.name() + "; there are " + states.keySet());
    }
    return tensor;
  }

  protected final void setState(Update update, String state, Tensor value) {
    changed.add(state(update, state).update(value));
  }

  /// One step down the gradient of `loss`: forgets older gradients, differentiates, updates, and computes all of it, `loss`
  /// included, in one schedule. Afterwards there are no gradients.
  /// @throws IllegalStateException if `loss` is not one number, or depends on no parameter
  public final void step(Tensor loss) {
    zeroGrad();
    loss.backward();
    update(List.of(loss));
    zeroGrad();
  }

  /// One step by the gradients that the parameters have, as in PyTorch: after `zeroGrad()` and `loss.backward()`. The
  /// gradients are computed and stay. Parameters without a gradient stay as they are.
  public final void step() {
    List<Tensor> gradients = new ArrayList<>();
    for (ParameterGroup group : groups) {
      group.parameters().values().stream().filter(Tensor::hasGrad).map(Tensor::grad).forEach(gradients::add);
    }
    update(gradients);
  }

  /// Forgets the gradients of all parameters.
  public final void zeroGrad() {
    groups.forEach(group -> group.parameters().values().forEach(Tensor::zeroGrad));
  }

  private void update(List<Tensor> alongside) {
    steps++;
    Tensor clipping = clipping();
    for (int i = 0; i < groups.size(); i++) {
      double[] values = scalars(learningRates[i], steps);
      Map<DType, List<Tensor>> bound = new LinkedHashMap<>();
      double weightDecay = groups.get(i).weightDecay();
      groups.get(i).parameters().forEach((name, parameter) -> {
        if (parameter.hasGrad()) {
          DType type = wide(parameter);
          List<Tensor> scalars = bound.computeIfAbsent(type, t -> bind(values, t, parameter));
          Tensor gradient = parameter.grad().detach().cast(type);
          gradient = clipping == null ? gradient : gradient.mul(clipping);
          Tensor value = next(new Update(name, parameter.detach().cast(type), gradient, scalars, weightDecay));
          changed.add(parameter.update(value.cast(parameter.dtype())));
        }
      });
    }
    List<Tensor> all = new ArrayList<>(alongside);
    all.addAll(changed);
    if (gradientNorm != null) {
      all.add(gradientNorm);
    }
    changed.clear();
    Tensor.realize(all);
  }

  private static List<Tensor> bind(double[] values, DType type, Tensor parameter) {
    return Arrays.stream(values)
        .mapToObj(value -> scalar(value, type, parameter.device()))
        .toList();
  }

  private static Tensor scalar(double value, DType type, Device device) {
    return type == DType.FLOAT64
        ? Tensor.of(new double[] {value}, Shape.SCALAR, device)
        : Tensor.of(new float[] {(float) value}, Shape.SCALAR, device);
  }

  /// What gradients are multiplied with so that their common norm is at most `maxNorm`; null for nothing.
  private @Nullable Tensor clipping() {
    if (maxNorm == Double.POSITIVE_INFINITY) {
      return null;
    }
    Tensor sum = null;
    for (ParameterGroup group : groups) {
      for (Tensor parameter : group.parameters().values()) {
        if (parameter.hasGrad()) {
          Tensor squares = parameter.grad().detach().cast(wide(parameter)).square().sum();
          sum = sum == null ? squares : sum.add(squares);
        }
      }
    }
    gradientNorm = sum == null ? null : sum.sqrt();
    return gradientNorm == null ? null : gradientNorm.add(1e-6).rdiv(maxNorm).clampMax(1);
  }

  private static DType wide(Tensor parameter) {
    DType type = parameter.dtype();
    return type == DType.FLOAT16 || type == DType.BFLOAT16 ? DType.FLOAT32 : type;
  }

  /// Scales the gradients of each step down to this norm, that of all gradients together, where it is larger: PyTorch's
  /// `clip_grad_norm_`. Infinity, the default, does nothing.
  /// @return this
  public final Optimizer clipNorm(double norm) {
    if (!(norm > 0)) {
      throw new IllegalArgumentException("the norm to clip to must be above 0, not " + norm);
    }
    maxNorm = norm;
    return this;
  }

  /// The norm of all gradients before the last step clipped them, a scalar.
  /// @throws IllegalStateException if there was no step with [#clipNorm]
  public final Tensor gradientNorm() {
    if (gradientNorm == null) {
      throw new IllegalStateException("gradientNorm: known after a step with clipNorm");
    }
    return gradientNorm;
  }

  /// Gives all groups this learning rate, from the next step on.
  public final void learningRate(double rate) {
    ParameterGroup.requireRate("learning rate", rate);
    Arrays.fill(learningRates, rate);
  }

  /// Gives one group this learning rate, from the next step on.
  public final void learningRate(int group, double rate) {
    ParameterGroup.requireRate("learning rate", rate);
    learningRates[group] = rate;
  }

  /// The learning rate of a group.
  public final double learningRate(int group) {
    return learningRates[group];
  }

  public final List<ParameterGroup> groups() {
    return groups;
  }

  /// How many steps there were.
  public final long steps() {
    return steps;
  }

  /// What a checkpoint must hold besides the parameters: the states under names such as `wte.weight.exp_avg`, and `step`. The
  /// tensors are the optimizer's own and change with the next step.
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> all = new LinkedHashMap<>(states);
    all.put("step", Tensor.of(steps));
    return all;
  }

  /// Goes on where the optimizer stopped whose [#stateDict] this is.
  /// @throws IllegalArgumentException if a state is missing or of another shape; nothing is changed then
  public final void loadStateDict(Map<String, Tensor> saved) {
    states.forEach((name, state) -> {
      if (!require(saved, name).shape().equals(state.shape())) {
        throw new IllegalArgumentException(
            "loadStateDict: %s is %s, not %s".formatted(name, require(saved, name).shape(), state.shape()));
      }
    });
    long savedSteps = require(saved, "step").itemLong();
    states.forEach((name, state) -> state.assign(require(saved, name).detach().cast(state.dtype()).to(state.device())));
    Tensor.realize(states.values());
    steps = savedSteps;
  }

  private static Tensor require(Map<String, Tensor> saved, String name) {
    Tensor value = saved.get(name);
    if (value == null) {
      throw new IllegalArgumentException("loadStateDict: there is no " + name);
    }
    return value;
  }
}
