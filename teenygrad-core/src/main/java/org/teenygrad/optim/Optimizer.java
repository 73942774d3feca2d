package org.teenygrad.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.RecordedStep;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Changes parameters so that a loss falls.
///
/// ```java
/// var groups = ParameterGroup.decayingMatrices(model.namedParameters(), 1e-3, 0.1);
/// var optimizer = new AdamW(groups, 0.9, 0.99, 1e-8).clipNorm(1);
/// for (int step = 0; step < 3; step++) {
///   optimizer.learningRate(schedule.at(optimizer.steps()));
///   var loss = model.forward(x).crossEntropy(labels);
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
  /// @param weightDecay a constant, until it is changed
  /// @param settings constants, until they are changed
  protected record Update(String name, Tensor parameter, Tensor gradient, List<Tensor> scalars, double weightDecay, Map<String, Double> settings) {
    double setting(String name) {
      return Objects.requireNonNull(settings.get(name));
    }
  }

  /// What the parameters of a group are updated with.
  ///
  /// @param learningRate that of this step
  /// @param values the optimizer's settings, or what the group has instead
  protected record Settings(double learningRate, double weightDecay, Map<String, Double> values) {
    public double of(String name) {
      Double value = values.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no setting " + name + "; there are " + values.keySet());
      }
      return value;
    }
  }

  /// A state that each parameter has.
  ///
  /// @param shape its shape for a parameter's
  /// @param initial what its elements are before the first step
  protected record State(String name, UnaryOperator<Shape> shape, ToDoubleFunction<ParameterGroup> initial) {
    /// Zeros in the parameter's shape.
    public static State zeros(String name) {
      return shaped(name, shape -> shape);
    }

    /// Zeros in another shape.
    public static State shaped(String name, UnaryOperator<Shape> shape) {
      return new State(name, shape, group -> 0);
    }

    /// Numbers in the parameter's shape.
    public static State filled(String name, ToDoubleFunction<ParameterGroup> initial) {
      return new State(name, shape -> shape, initial);
    }

    /// One number.
    public static State scalar(String name, ToDoubleFunction<ParameterGroup> initial) {
      return new State(name, shape -> Shape.SCALAR, initial);
    }
  }

  private final List<ParameterGroup> groups;
  private final Map<String, Double> defaults;
  private final List<Optimizer> others = new ArrayList<>();
  private final double[] learningRates;
  private final double[] weightDecays;
  private final List<Map<String, Double>> settings;
  private final Map<String, Tensor> states = new LinkedHashMap<>();
  private final List<Tensor> changed = new ArrayList<>();
  private Clipping clipping = Clipping.NONE;
  private double maxElement = Double.POSITIVE_INFINITY;
  private boolean maximizes;
  private boolean measuresNorm;
  private @Nullable Tensor gradientNorm;
  private @Nullable LossScale lossScale;

  /// Whether all gradients of the step that is being built are; null where nobody asks.
  private @Nullable Tensor finite;

  /// For each group the scalars of the step that is being taken, in the types of its parameters.
  private List<Map<DType, List<Tensor>>> scalars = List.of();

  private final RecordedStep<Optimizer> recorded = new RecordedStep<>();
  private long steps;

  /// Computes the parameters' starting values, and makes states.
  /// @param defaults the settings of groups that have no others, by name
  /// @param stateNames the states that each parameter has, of the parameter's shape
  /// @throws IllegalArgumentException if a name or a parameter occurs twice, or a group has settings that are not in `defaults`
  protected Optimizer(List<ParameterGroup> groups, Map<String, Double> defaults, String... stateNames) {
    this(groups, defaults, Arrays.stream(stateNames).map(State::zeros).toList());
  }

  /// As [#Optimizer(List, Map, String...)] with states that have shapes of their own.
  /// @throws IllegalArgumentException if a name or a parameter occurs twice, or a group has settings that are not in `defaults`
  protected Optimizer(List<ParameterGroup> groups, Map<String, Double> defaults, List<State> stateKinds) {
    this.groups = List.copyOf(groups);
    this.defaults = Map.copyOf(defaults);
    groups.forEach(this::requireKnown);
    learningRates = groups.stream().mapToDouble(ParameterGroup::learningRate).toArray();
    weightDecays = groups.stream().mapToDouble(ParameterGroup::weightDecay).toArray();
    settings = groups.stream().map(this::settings).toList();
    Map<Tensor, String> names = new LinkedHashMap<>();
    for (ParameterGroup group : groups) {
      group.parameters().forEach((name, parameter) -> {
        String other = names.put(parameter, name);
        if (other != null || names.values().stream().filter(name::equals).count() > 1) {
          throw new IllegalArgumentException("parameter " + name + " is given twice" + (other == null ? "" : ", also as " + other));
        }
        for (State state : stateKinds) {
          Shape shape = state.shape().apply(parameter.shape());
          Tensor initial = Tensor.full(shape, state.initial().applyAsDouble(group), wide(parameter)).to(parameter.device());
          states.put(name + "." + state.name(), Tensor.full(shape, 0, wide(parameter)).to(parameter.device()).assign(initial));
        }
      });
    }
    List<Tensor> all = new ArrayList<>(names.keySet());
    all.addAll(states.values());
    Tensor.realize(all);
  }

  /// What a step needs to know that other steps need to know differently.
  /// @param step 1 for the first
  protected abstract double[] scalars(Settings settings, long step);

  /// As [#scalars(Settings, long)] where steps may have been skipped, so that only the device knows the number of this one. By default
  /// what does not depend on it.
  /// @param step float64
  /// @return float64
  protected List<Tensor> scalars(Settings settings, Tensor step) {
    return Arrays.stream(scalars(settings, steps + 1)).mapToObj(value -> scalar(value, DType.FLOAT64, step.device())).toList();
  }

  /// The new value of a parameter, a function of the update and of states alone; these are changed by [#setState]. It is not called
  /// at each step: those after the first are [played back][RecordedStep] while nothing but data changes.
  protected abstract Tensor next(Update update);

  /// The new values of a group's parameters: by default of one after the other.
  protected List<Tensor> next(List<Update> updates) {
    return updates.stream().map(this::next).toList();
  }

  /// A parameter's state of that name, as it was before this step.
  /// @throws IllegalArgumentException if there is no such state
  protected final Tensor state(Update update, String state) {
    Tensor tensor = states.get(update.name() + "." + state);
    if (tensor == null) {
      throw new IllegalArgumentException("no state " + state + " of " + update.name() + "; there are " + states.keySet());
    }
    Mesh mesh = update.parameter().mesh();
    boolean isOfWhole = mesh != null && tensor.mesh() == null && tensor.shape().equals(update.parameter().shape());
    return isOfWhole ? lay(tensor, Objects.requireNonNull(mesh), update.parameter().placements()) : tensor; // the parameter was cut since
  }

  protected final void setState(Update update, String state, Tensor value) {
    Tensor before = state(update, state);
    changed.add(before.update(unlessSkipped(value, before)));
  }

  private Tensor unlessSkipped(Tensor value, Tensor before) {
    return finite == null ? value : finite.where(value, before);
  }

  private void requireKnown(ParameterGroup group) {
    for (String name : group.settings().keySet()) {
      if (!defaults.containsKey(name)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%s has no setting %s; a group may change %s",
                getClass().getSimpleName(), name, new TreeSet<>(defaults.keySet())));
      }
    }
  }

  private Map<String, Double> settings(ParameterGroup group) {
    Map<String, Double> values = new HashMap<>(defaults);
    values.putAll(group.settings());
    return values;
  }

  private Settings settings(int group) {
    return new Settings(learningRates[group], weightDecays[group], Map.copyOf(settings.get(group)));
  }

  /// @throws IllegalArgumentException if a group's value of one of these settings is not in [0, 1)
  protected final void requireFractions(String... names) {
    for (int i = 0; i < groups.size(); i++) {
      for (String name : names) {
        double value = settings(i).of(name);
        if (!(value >= 0 && value < 1)) {
          throw new IllegalArgumentException(
              String.format(Locale.ROOT, "%s: %s must be in [0, 1), not %s", getClass().getSimpleName(), name, value));
        }
      }
    }
  }

  /// Has each step be a step of another optimizer too, which has parameters of its own and clips their gradients' norm: [Muon] for the
  /// matrices inside a model and [AdamW] for the rest. Their states are in one [#stateDict]; settings and learning rates stay apart.
  /// ```java
  /// var muon = new Muon(Map.of("weight", weight), 0.02);
  /// var optimizer = new AdamW(Map.of("table", table), 1e-3).alongside(muon);
  /// optimizer.step(x.linear(weight).square().mean().add(table.square().mean()));
  /// ```
  /// @return this
  /// @throws IllegalArgumentException if both have a parameter of one name, or have taken different numbers of steps
  /// @throws IllegalStateException if either scales its loss
  public final Optimizer alongside(Optimizer other) {
    if (lossScale != null || other.lossScale != null) {
      throw new IllegalStateException("alongside: several optimizers cannot scale one loss");
    }
    if (steps != other.steps) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "alongside: this took %d steps, and the other %d", steps, other.steps));
    }
    Set<String> names = new HashSet<>();
    together().forEach(one -> names.addAll(one.names()));
    for (String name : other.names()) {
      if (!names.add(name)) {
        throw new IllegalArgumentException("alongside: both have a parameter " + name);
      }
    }
    others.add(other);
    return this;
  }

  private List<Optimizer> together() {
    List<Optimizer> all = new ArrayList<>(List.of(this));
    all.addAll(others);
    return all;
  }

  private Set<String> names() {
    return groups.stream().flatMap(group -> group.parameters().keySet().stream()).collect(Collectors.toSet());
  }

  /// One step down the gradient of `loss`: forgets older gradients, differentiates, updates, and computes all of it, `loss`
  /// included, in one schedule. Afterwards there are no gradients.
  /// @throws IllegalStateException if `loss` is not one number, or depends on no parameter
  public final void step(Tensor loss) {
    zeroGrad();
    List<Optimizer> all = together();
    all.forEach(Optimizer::bindScalars);
    Map<Optimizer, Tensor> norms = recorded.take(loss, all.stream().flatMap(Optimizer::data).toList(), all.stream().flatMap(Optimizer::kept).toList(),
        all.stream().map(Optimizer::constants).toList(), () -> {
          scaled(loss).backward();
          return updates();
        });
    zeroGrad();
    all.forEach(optimizer -> optimizer.taken(norms));
  }

  /// One step by the gradients that the parameters have, as in PyTorch: after `zeroGrad()` and `loss.backward()`, or with [#scaleLoss]
  /// `optimizer.scaled(loss).backward()`. The gradients are computed and stay. Parameters without a gradient stay as they are.
  public final void step() {
    together().forEach(Optimizer::bindScalars);
    List<Tensor> computed = gradients();
    RecordedStep.Updates<Optimizer> updates = updates();
    computed.addAll(updates.changed());
    computed.addAll(updates.results().values());
    Tensor.realize(computed);
    together().forEach(optimizer -> optimizer.taken(updates.results()));
  }

  private void taken(Map<Optimizer, Tensor> norms) {
    steps++;
    gradientNorm = norms.get(this);
  }

  /// What a step brings along.
  private Stream<Tensor> data() {
    return scalars.stream().flatMap(group -> group.values().stream()).flatMap(List::stream);
  }

  /// What a step may change.
  private Stream<Tensor> kept() {
    Stream<Tensor> parameters = groups.stream().flatMap(group -> group.parameters().values().stream());
    Stream<Tensor> scaling = lossScale == null ? Stream.of() : lossScale.state().values().stream();
    return Stream.of(parameters, states.values().stream(), scaling).flatMap(stream -> stream);
  }

  /// What updates depend on besides.
  private List<Object> constants() {
    List<Object> constants = new ArrayList<>(List.of(clipping, maxElement, maximizes, measuresNorm));
    Arrays.stream(weightDecays).forEach(constants::add);
    settings.forEach(group -> constants.add(Map.copyOf(group)));
    constants.addAll(lossScale == null ? List.of() : List.of(lossScale.rules()));
    return constants;
  }

  /// Adds the gradients of `loss` to those that the parameters have, and computes them and `loss`, so that nothing of this
  /// batch stays in memory but its gradients: a large batch in several small ones. [#step()] then takes the step.
  /// ```java
  /// optimizer.zeroGrad();
  /// for (Tensor part : x.chunk(4, 0)) {
  ///   optimizer.accumulate(part.linear(weight).square().mean().div(4));   // the mean of all four
  /// }
  /// optimizer.step();
  /// ```
  /// @throws IllegalStateException if `loss` is not one number, or depends on no parameter
  public final void accumulate(Tensor loss) {
    scaled(loss).backward();
    List<Tensor> computed = gradients();
    computed.add(loss);
    Tensor.realize(computed);
  }

  private List<Tensor> gradients() {
    List<Tensor> gradients = new ArrayList<>();
    everyParameter(parameter -> {
      if (parameter.hasGrad()) {
        gradients.add(parameter.grad());
      }
    });
    return gradients;
  }

  private void everyParameter(Consumer<Tensor> action) {
    together().forEach(optimizer -> optimizer.groups.forEach(group -> group.parameters().values().forEach(action)));
  }

  /// Forgets the gradients of all parameters.
  public final void zeroGrad() {
    everyParameter(Tensor::zeroGrad);
  }

  /// Gives parameters and states their new values, which are still to be computed; the results are norms of gradients.
  private RecordedStep.Updates<Optimizer> updates() {
    List<Tensor> updated = new ArrayList<>();
    Map<Optimizer, Tensor> norms = new LinkedHashMap<>();
    for (Optimizer optimizer : together()) {
      Tensor norm = optimizer.update();
      updated.addAll(optimizer.changed);
      optimizer.changed.clear();
      if (norm != null) {
        norms.put(optimizer, norm);
      }
    }
    return new RecordedStep.Updates<>(updated, norms);
  }

  /// @return the norm of the gradients, if it is measured
  private @Nullable Tensor update() {
    LossScale scale = lossScale;
    finite = scale == null ? null : allFinite();
    Tensor norm = norm();
    Tensor factor = norm == null || clipping.isNone() ? null : clipping.factor(norm);
    for (int i = 0; i < groups.size(); i++) {
      Settings settings = settings(i);
      Map<DType, List<Tensor>> bound = scalars.get(i);
      List<Tensor> parameters = new ArrayList<>();
      List<Update> updates = new ArrayList<>();
      groups.get(i).parameters().forEach((name, parameter) -> {
        if (parameter.hasGrad()) {
          DType type = wide(parameter);
          Tensor gradient = gradient(parameter);
          gradient = factor == null ? gradient : gradient.mul(factor);
          gradient = maximizes ? gradient.neg() : gradient;
          parameters.add(parameter);
          updates.add(new Update(name, parameter.detach().cast(type), gradient, Objects.requireNonNull(bound.get(type)), settings.weightDecay(), settings.values()));
        }
      });
      List<Tensor> values = next(updates);
      for (int k = 0; k < values.size(); k++) {
        Tensor parameter = parameters.get(k);
        Tensor value = values.get(k).cast(parameter.dtype());
        changed.add(parameter.update(unlessSkipped(parameter.mesh() == null ? value.gather() : value, parameter.detach())));
      }
    }
    if (scale != null && finite != null) {
      changed.addAll(scale.updates(finite));
    }
    finite = null;
    return norm;
  }

  private void bindScalars() {
    List<Map<DType, List<Tensor>>> bound = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Settings settings = settings(i);
      Map<DType, List<Tensor>> byType = new LinkedHashMap<>();
      groups.get(i).parameters().values().forEach(parameter -> byType.computeIfAbsent(wide(parameter), type -> bind(settings, type, parameter)));
      bound.add(byType);
    }
    scalars = bound;
  }

  private List<Tensor> bind(Settings settings, DType type, Tensor parameter) {
    LossScale scale = lossScale;
    return scale == null
        ? Arrays.stream(scalars(settings, steps + 1)).mapToObj(value -> scalar(value, type, parameter.device())).toList()
        : scalars(settings, scale.number(steps + 1)).stream().map(value -> value.cast(type)).toList();
  }

  /// Whether no gradient has an element that is infinite or NaN, a bool; null if there is no gradient.
  private @Nullable Tensor allFinite() {
    List<Tensor> others = new ArrayList<>();
    for (ParameterGroup group : groups) {
      for (Tensor parameter : group.parameters().values()) {
        if (parameter.hasGrad()) {
          others.add(parameter.grad().detach().isFinite().logicalNot().cast(DType.FLOAT32).sum());
        }
      }
    }
    Tensor sum = Clipping.total(others, Tensor::add);
    return sum == null ? null : sum.eq(0);
  }

  private static Tensor scalar(double value, DType type, Device device) {
    return type == DType.FLOAT64
        ? Tensor.of(new double[] {value}, Shape.SCALAR, device)
        : Tensor.of(new float[] {(float) value}, Shape.SCALAR, device);
  }

  /// A gradient in the type to compute in, each element within the bounds of [#clipValue].
  private Tensor gradient(Tensor parameter) {
    Tensor gradient = parameter.grad().detach().cast(wide(parameter));
    gradient = lossScale == null ? gradient : lossScale.unscaled(gradient);
    return maxElement == Double.POSITIVE_INFINITY ? gradient : gradient.clamp(-maxElement, maxElement);
  }

  /// That of the gradients that [#clipNorm] scales, or of all where it is measured alone; null where nobody asks, or of no gradients.
  private @Nullable Tensor norm() {
    if (clipping.isNone()) {
      return measuresNorm ? clipping.norm(together().stream().flatMap(Optimizer::ownGradients).toList()) : null;
    }
    return clipping.norm(ownGradients().toList());
  }

  private Stream<Tensor> ownGradients() {
    return groups.stream().flatMap(group -> group.parameters().values().stream()).filter(Tensor::hasGrad).map(this::gradient);
  }

  /// Spreads parameters and states over the ranks of a mesh along the first axis of each: fully sharded data parallelism, the third
  /// stage of ZeRO (Rajbhandari et al. 2020), PyTorch's `fully_shard`. A rank keeps its part of each alone, gets the part of the
  /// gradient added up that belongs to it (a reduce-scatter rather than an all-reduce) and changes that. Who computes with a model
  /// gathers its parts first, see [org.teenygrad.nn.Module#gathered]. The steps are the same. For optimizers that treat each
  /// element by itself, and [Muon]. What steps [#alongside] is spread with it; scalars stay whole.
  ///
  /// From then on [#stateDict] and [#step] are to be called on all ranks, and so is whatever reads a parameter.
  /// ```java
  /// var optimizer = new AdamW(model.namedParameters(), 1e-3).shard(mesh);
  /// optimizer.step(Module.gathered(model).forward(x.shard(mesh, Placement.shard(0))).square().mean().gather());
  /// ```
  /// @param ranks a mesh, over the first axis of which parameters are spread; along others they lie as they do
  /// @return this
  /// @throws IllegalStateException if updates look at whole matrices
  public final Optimizer shard(Mesh ranks) {
    for (Optimizer optimizer : together()) {
      if (!optimizer.isElementwise()) {
        throw new IllegalStateException("shard: " + optimizer.getClass().getSimpleName() + " looks at all of a parameter, which is not spread therefore");
      }
    }
    everyParameter(parameter -> spread(parameter, ranks));
    together().forEach(optimizer -> optimizer.states.values().forEach(state -> spread(state, ranks)));
    return this;
  }

  /// One tensor after the other, so that only one is there twice.
  private static void spread(Tensor tensor, Mesh ranks) {
    if (tensor.rank() > 0) {
      List<Placement> placements = new ArrayList<>(tensor.mesh() == null ? Collections.nCopies(ranks.axes().size(), Placement.replicate()) : tensor.placements());
      placements.set(0, Placement.shard(0));
      lay(tensor, ranks, placements).realize();
    }
  }

  private static Tensor lay(Tensor tensor, Mesh mesh, List<Placement> placements) {
    Placement[] all = placements.toArray(Placement[]::new);
    Tensor values = tensor.detach();
    return tensor.assign(tensor.mesh() == null ? values.shard(mesh, all) : values.redistribute(all));
  }

  /// Whether an element of a parameter and its states changes by that element of the gradient alone, or [#next(List)] exchanges
  /// what else it needs.
  protected boolean isElementwise() {
    return true;
  }

  private static DType wide(Tensor parameter) {
    DType type = parameter.dtype();
    return type.isNarrow() ? DType.FLOAT32 : type;
  }

  /// Scales the gradients of each step down to this norm, that of all gradients together, where it is larger: PyTorch's
  /// `clip_grad_norm_`. Infinity, the default, does nothing.
  /// @return this
  /// @throws IllegalArgumentException unless the norm is above 0
  public final Optimizer clipNorm(double norm) {
    return clipNorm(norm, 2);
  }

  /// As [#clipNorm(double)] with another norm.
  /// @param p which: `(|g1|^p + |g2|^p + ...)^(1/p)`; infinity for the largest element
  /// @return this
  /// @throws IllegalArgumentException unless the norm and p are above 0
  public final Optimizer clipNorm(double norm, double p) {
    if (!(norm > 0 && p > 0)) {
      throw new IllegalArgumentException("the norm to clip to, and which, must be above 0, not " + norm + " and " + p);
    }
    clipping = new Clipping(norm, p);
    return this;
  }

  /// Has each step measure the norm of all gradients, those of optimizers [#alongside] included, and leave them as they are: a
  /// [#gradientNorm] for logs where nothing clips.
  /// ```java
  /// var optimizer = new AdamW(Map.of("weight", weight), 1e-3).measureNorm();
  /// optimizer.step(x.linear(weight).square().mean());
  /// optimizer.gradientNorm().item();
  /// ```
  /// @return this
  public final Optimizer measureNorm() {
    measuresNorm = true;
    return this;
  }

  /// Steps up the gradient instead of down, so that what [#step(Tensor)] is given grows: PyTorch's `maximize=True`.
  /// ```java
  /// new SGD(Map.of("weight", weight), 0.1).maximize().step(x.linear(weight).mean());
  /// ```
  /// @return this
  public final Optimizer maximize() {
    maximizes = true;
    return this;
  }

  /// Moves each element of the gradients that is outside -bound..bound to the nearer of both, before [#clipNorm] measures them:
  /// PyTorch's `clip_grad_value_`. Infinity, the default, does nothing.
  /// @return this
  /// @throws IllegalArgumentException unless the bound is above 0
  public final Optimizer clipValue(double bound) {
    if (!(bound > 0)) {
      throw new IllegalArgumentException("the bound to clip to must be above 0, not " + bound);
    }
    maxElement = bound;
    return this;
  }

  /// Takes derivatives of the loss times a scale, so that float16 holds them, and skips steps in which one is infinite or NaN: PyTorch's
  /// `GradScaler`. Nothing waits for the host meanwhile. What `clipNorm` and `clipValue` see, and what moves parameters, is without the
  /// scale.
  /// ```java
  /// var optimizer = new AdamW(Map.of("weight", weight), 1e-3).scaleLoss(LossScaling.DYNAMIC);
  /// ```
  /// @return this
  /// @throws IllegalStateException if another optimizer steps [#alongside]
  public final Optimizer scaleLoss(LossScaling scaling) {
    if (!others.isEmpty()) {
      throw new IllegalStateException("scaleLoss: several optimizers cannot scale one loss");
    }
    Tensor any = groups.stream().flatMap(group -> group.parameters().values().stream()).findFirst().orElseThrow();
    lossScale = new LossScale(scaling, any.device());
    return this;
  }

  /// The loss times the scale of [#scaleLoss]; the loss itself without one. [#step(Tensor)] and [#accumulate] do that themselves.
  /// @throws IllegalArgumentException if the loss is float16, which the scale alone would overflow
  public final Tensor scaled(Tensor loss) {
    return lossScale == null ? loss : lossScale.scaled(loss);
  }

  /// What losses are multiplied with, a float32 scalar.
  /// @throws IllegalStateException without [#scaleLoss]
  public final Tensor lossScale() {
    if (lossScale == null) {
      throw new IllegalStateException("lossScale: known after scaleLoss");
    }
    return lossScale.scale();
  }

  /// Whether steps measure the norm of all gradients, to clip it ([#clipNorm]) or for logs ([#measureNorm]); after one
  /// [#gradientNorm] is known.
  public final boolean measuresNorm() {
    return measuresNorm || !clipping.isNone();
  }

  /// The norm of all gradients before the last step clipped them, a scalar.
  /// @throws IllegalStateException if there was no step with [#clipNorm] or [#measureNorm]
  public final Tensor gradientNorm() {
    if (gradientNorm == null) {
      throw new IllegalStateException("gradientNorm: known after a step with clipNorm or measureNorm");
    }
    return gradientNorm;
  }

  /// Gives all groups this learning rate, from the next step on.
  /// @throws IllegalArgumentException if the rate is negative or not finite
  public final void learningRate(double rate) {
    ParameterGroup.requireRate("learning rate", rate);
    Arrays.fill(learningRates, rate);
  }

  /// Gives each group the learning rate that it was made with times `factor`, from the next step on: how PyTorch's schedulers
  /// treat groups.
  /// @throws IllegalArgumentException if the factor is negative or not finite
  public final void scaleLearningRates(double factor) {
    ParameterGroup.requireRate("factor", factor);
    Arrays.setAll(learningRates, i -> groups.get(i).learningRate() * factor);
  }

  /// Gives one group this learning rate, from the next step on.
  /// @throws IllegalArgumentException if the rate is negative or not finite
  public final void learningRate(int group, double rate) {
    ParameterGroup.requireRate("learning rate", rate);
    learningRates[group] = rate;
  }

  /// The learning rate of a group.
  public final double learningRate(int group) {
    return learningRates[group];
  }

  /// Gives one group this weight decay, from the next step on.
  /// @throws IllegalArgumentException if it is negative or not finite
  public final void weightDecay(int group, double decay) {
    ParameterGroup.requireRate("weight decay", decay);
    weightDecays[group] = decay;
  }

  /// The weight decay of a group.
  public final double weightDecay(int group) {
    return weightDecays[group];
  }

  /// Gives one group another value of one of the optimizer's settings, from the next step on. Momentum is data to
  /// [Muon], so that a schedule of it costs nothing; other settings are constants of the kernels, which are compiled
  /// anew.
  /// ```java
  /// var muon = new Muon(Map.of("weight", weight), 0.02);
  /// muon.setting(0, "momentum", 0.85);
  /// ```
  /// @throws IllegalArgumentException if there is no such setting
  public final void setting(int group, String name, double value) {
    if (settings.get(group).replace(name, value) == null) {
      throw new IllegalArgumentException("no setting " + name + "; there are " + new TreeSet<>(defaults.keySet()));
    }
  }

  public final List<ParameterGroup> groups() {
    return groups;
  }

  /// How many steps there were, those that [#scaleLoss] skipped included.
  public final long steps() {
    return steps;
  }

  /// How many bytes the states take on this rank.
  public final long stateBytes() {
    long bytes = 0;
    for (Optimizer optimizer : together()) {
      for (Tensor state : optimizer.states.values()) {
        bytes += state.localBytes();
      }
    }
    return bytes + (lossScale == null ? 0 : lossScale.state().values().stream().mapToLong(Tensor::nbytes).sum());
  }

  /// How many bytes the gradients that parameters have take on this rank.
  public final long gradientBytes() {
    return gradients().stream().mapToLong(Tensor::localBytes).sum();
  }

  /// What a checkpoint must hold besides the parameters: the states under names such as `wte.weight.exp_avg`, and `step`. The
  /// tensors are the optimizer's own and change with the next step.
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    together().forEach(optimizer -> optimizer.states.forEach((name, state) -> all.put(name, state.mesh() == null ? state : state.gather())));
    if (lossScale != null) {
      all.putAll(lossScale.state());
    }
    all.put("step", Tensor.of(steps));
    return all;
  }

  /// Goes on where the optimizer stopped whose [#stateDict] this is. If that one scaled no loss, the scaling begins.
  /// @throws IllegalArgumentException if a state is missing or of another shape; nothing is changed then
  public final void loadStateDict(Map<String, Tensor> saved) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    together().forEach(optimizer -> all.putAll(optimizer.states));
    all.forEach((name, state) -> {
      if (!require(saved, name).shape().equals(state.shape())) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "loadStateDict: %s is %s, not %s",
                name, require(saved, name).shape(), state.shape()));
      }
    });
    long savedSteps = require(saved, "step").itemLong();
    if (lossScale != null && saved.keySet().containsAll(lossScale.state().keySet())) {
      all.putAll(lossScale.state());
    }
    all.forEach((name, state) -> {
      state.assign(require(saved, name).detach().cast(state.dtype()).to(state.device()));
    });
    Tensor.realize(all.values());
    together().forEach(optimizer -> optimizer.steps = savedSteps);
  }

  private static Tensor require(Map<String, Tensor> saved, String name) {
    Tensor value = saved.get(name);
    if (value == null) {
      throw new IllegalArgumentException("loadStateDict: there is no " + name);
    }
    return value;
  }

  /// What else was chosen when the optimizer was made, by name: nothing unless overridden.
  protected Map<String, Object> options() {
    return Map.of();
  }

  /// The settings, and a line for each group with its own.
  /// ```java
  /// System.out.println(new AdamW(Map.of("weight", weight), 1e-3).clipNorm(1));
  /// // AdamW(beta1=0.9, beta2=0.999, eps=1.0E-8, amsgrad=false, clipNorm=1.0)
  /// //   group 0: learning rate 0.001, weight decay 0.01; 1 parameter of 16 numbers
  /// ```
  @Override
  public final String toString() {
    Map<String, Object> settings = new LinkedHashMap<>(new TreeMap<>(defaults));
    settings.putAll(new TreeMap<>(options()));
    if (!clipping.isNone()) {
      settings.put("clipNorm", clipping.most());
    }
    if (clipping.p() != 2) {
      settings.put("clipNormP", clipping.p());
    }
    if (maximizes) {
      settings.put("maximize", true);
    }
    if (maxElement != Double.POSITIVE_INFINITY) {
      settings.put("clipValue", maxElement);
    }
    StringBuilder text = new StringBuilder(getClass().getSimpleName())
        .append(settings.entrySet().stream().map(Object::toString).collect(Collectors.joining(", ", "(", ")")));
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      text.append(String.format(
          Locale.ROOT, "%n  group %d: learning rate %s, weight decay %s", i, learningRates[i], weightDecays[i]));
      Map<String, Double> own = new TreeMap<>(this.settings.get(i));
      own.entrySet().removeAll(defaults.entrySet());
      own.forEach((name, value) -> text.append(", ").append(name).append(' ').append(value));
      text.append(String.format(
          Locale.ROOT, "; %d parameter%s of %,d numbers", group.parameters().size(), group.parameters().size() == 1 ? "" : "s",
          group.parameters().values().stream().mapToLong(Tensor::numel).sum()));
    }
    others.forEach(other -> text.append(System.lineSeparator()).append(other));
    return text.toString();
  }
}
