package org.teenygrad.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Profile;
import org.teenygrad.RandomState;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.data.BatchSource;
import org.teenygrad.data.DataLoader;
import org.teenygrad.distributed.World;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.LossScaling;
import org.teenygrad.optim.LrSchedule;
import org.teenygrad.optim.Optimizer;

/// Trains a model: takes steps, evaluates, keeps checkpoints and a log, and can stop and go on at any iteration without a trace in the
/// losses.
///
/// ```java
/// var train = DataLoader.of(Dataset.of(x, labels), 2).shuffle(1337);
/// var validation = DataLoader.of(Dataset.of(y, labels), 4);
/// var trainer = Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), train,
///         (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
///     .metric("accuracy", (m, batch) -> m.forward(batch.inputs()).argmax(-1).eq(batch.targets()).toFloat().mean())
///     .evaluate("val", validation)
///     .folder(folder.resolve("run"))
///     .epochs(3);
/// trainer.resume();             // false: there is no checkpoint yet
/// var result = trainer.train();
/// result.last().metrics().keySet();   // [val_loss, val_accuracy]
/// ```
/// An iteration is one update of the weights. Evaluations and checkpoints come every epoch, or as [#every] says; the first before the
/// first iteration, the last after the last. Everything random is a function of seeds and counters that the checkpoint holds.
///
/// @param <M> the model
public final class Trainer<M extends Module> {
  /// A number for a batch: a scalar tensor, the mean over its examples.
  @FunctionalInterface
  public interface Objective<M> {
    /// @param model the model in the type to compute in, see [Trainer#precision]
    Tensor of(M model, Batch batch);
  }

  private static final String LOSS = "loss";

  /// Numbers with names.
  private record Measure(List<String> names, Supplier<List<Double>> numbers) {
    Map<String, Double> take() {
      List<Double> taken = numbers.get();
      if (taken.size() != names.size()) {
        throw new IllegalStateException("Trainer: " + names + " were measured as " + taken);
      }
      Map<String, Double> values = new LinkedHashMap<>();
      for (int i = 0; i < taken.size(); i++) {
        values.put(names.get(i), taken.get(i));
      }
      return values;
    }
  }

  private final M model;
  private final Optimizer optimizer;
  private final BatchSource source;
  private final Map<String, Objective<? super M>> metrics = new LinkedHashMap<>();
  private final Map<String, Objective<? super M>> denominators = new LinkedHashMap<>();
  private final Map<String, LongFunction<Iterator<Batch>>> sets = new LinkedHashMap<>();
  private final List<Measure> measures = new ArrayList<>();
  private final List<BiConsumer<? super M, Evaluation>> viewers = new ArrayList<>();
  private final List<Callback> callbacks = new ArrayList<>();
  private @Nullable String judge;
  private long epochs = 1;
  private @Nullable Long iterations;
  private long every;
  private int parts = 1;
  private ComputeType type = ComputeType.FLOAT32;
  private UnaryOperator<M> narrowed;
  private LongConsumer schedule = at -> {};
  private @Nullable CheckpointStore store;
  private @Nullable CheckpointFolder folder;
  private @Nullable Path log;
  private @Nullable World world;
  private @Nullable Mesh mesh;

  private long iteration;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private OptionalLong kernelsPerStep = OptionalLong.empty();

  private Trainer(M model, Optimizer optimizer, BatchSource source, Objective<? super M> loss) {
    this.model = model;
    this.optimizer = optimizer;
    this.source = source;
    metrics.put(LOSS, loss);
    narrowed = whole -> Module.in(whole, type.dtype());
  }

  /// One epoch, unless [#epochs] or [#iterations] says otherwise.
  /// @param loss what is to fall
  public static <M extends Module> Trainer<M> of(M model, Optimizer optimizer, BatchSource batches, Objective<? super M> loss) {
    return new Trainer<>(model, optimizer, batches, loss);
  }

  /// How often the training goes over its examples, in all. A loader that draws with replacement has no epochs: see [#iterations].
  /// @return this
  /// @throws IllegalArgumentException if `count` is negative
  public Trainer<M> epochs(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("Trainer: " + count + " epochs; it must be 0 or more");
    }
    epochs = count;
    iterations = null;
    return this;
  }

  /// How many iterations the training has, those before a resume included.
  /// @return this
  /// @throws IllegalArgumentException if `count` is negative
  public Trainer<M> iterations(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("Trainer: " + count + " iterations; it must be 0 or more");
    }
    iterations = count;
    return this;
  }

  private long iterationsAnEpoch() {
    return source.batches() == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(1, source.batches() / parts);
  }

  private long lastIteration() {
    return iterations != null ? iterations : iterationsAnEpoch() == Long.MAX_VALUE ? Long.MAX_VALUE
        : Math.multiplyExact(epochs, iterationsAnEpoch());
  }

  /// The learning rate of each iteration, for all parameters; without it the optimizer's own rates stay.
  /// @return this
  public Trainer<M> learningRate(LrSchedule rates) {
    return schedule(at -> optimizer.learningRate(rates.at(at)));
  }

  /// What to change in the optimizer before each iteration, in place of [#learningRate]: rates of single groups, momentum, decay.
  /// ```java
  /// var adam = new AdamW(model.namedParameters(), 1e-2);
  /// Trainer.of(model, adam, DataLoader.of(Dataset.of(x, labels), 2), (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
  ///     .schedule(iteration -> adam.weightDecay(0, 0.1 / (iteration + 1)));
  /// ```
  /// @param change gets the number of the iteration, from 0 on
  /// @return this
  public Trainer<M> schedule(LongConsumer change) {
    schedule = change;
    return this;
  }

  /// Adds up the gradients of that many batches before each update of the weights: a large batch in several small ones.
  /// @return this
  /// @throws IllegalArgumentException if `batches` is below 1
  public Trainer<M> accumulate(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException("Trainer: " + batches + " batches an iteration; it must be at least 1");
    }
    parts = batches;
    return this;
  }

  /// What is computed in; weights and their updates stay as they are. For 16 bits the model is [Module#in] that type and floating inputs
  /// are cast; compute the loss of what is cast to float32, as PyTorch's autocast does. float16 scales the loss.
  /// ```java
  /// var trainer = Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(Dataset.of(x, labels), 2),
  ///         (m, batch) -> m.forward(batch.inputs()).cast(DType.FLOAT32).crossEntropy(batch.targets()))
  ///     .precision(ComputeType.BFLOAT16);
  /// ```
  /// @return this
  public Trainer<M> precision(ComputeType compute) {
    type = compute;
    if (compute == ComputeType.FLOAT16) {
      optimizer.scaleLoss(LossScaling.DYNAMIC);
    }
    return this;
  }

  /// As [#precision(ComputeType)] for a model that knows itself what of it to cast.
  /// @param cast the model in the type to compute in, through which gradients flow to the model
  /// @return this
  public Trainer<M> precision(ComputeType compute, UnaryOperator<M> cast) {
    narrowed = cast;
    return precision(compute);
  }

  /// Shares the examples of each batch among ranks, all of which run this training: data parallelism. Each rank loads whole
  /// batches, computes its rows of them and has all weights; gradients are added up over the ranks. The losses are those of one
  /// rank, but for rounding. Batches that do not divide by the number of ranks along the axis are computed whole on each. Rank 0
  /// alone keeps files and calls back. [Optimizer#shard] spreads the weights and the optimizer's states, too.
  /// ```java
  /// Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(Dataset.of(x, labels), 2),
  ///     (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets())).ranks(world, mesh);
  /// ```
  /// @param along a mesh with all ranks, along the first axis of which examples are shared; along others the model cuts its
  ///     tensors, or all compute the same
  /// @return this
  public Trainer<M> ranks(World all, Mesh along) {
    world = all;
    mesh = all.size() > 1 ? along : null;
    return this;
  }

  /// Has evaluations say another number besides the loss.
  /// @return this
  /// @throws IllegalArgumentException if there is one of that name
  public Trainer<M> metric(String name, Objective<? super M> metric) {
    if (metrics.putIfAbsent(name, metric) != null) {
      throw new IllegalArgumentException("Trainer: there is a metric " + name + " already");
    }
    return this;
  }

  /// Has evaluations say the ratio of two sums over all examples: a mean over what the second counts, such as the
  /// accuracy of the words that count.
  /// @param numerator its mean over the examples of a batch, as for [#metric]
  /// @param denominator as the numerator
  /// @return this
  /// @throws IllegalArgumentException if there is a metric of that name
  public Trainer<M> ratio(String name, Objective<? super M> numerator, Objective<? super M> denominator) {
    metric(name, numerator);
    denominators.put(name, denominator);
    return this;
  }

  /// Evaluates the model on all examples of a loader. The model with the lowest loss on the set that was named last is the best, unless
  /// [#best] says otherwise.
  /// @param name what the metrics' names begin with: `val_loss`
  /// @return this
  public Trainer<M> evaluate(String name, DataLoader batches) {
    return evaluate(name, at -> batches.iterator());
  }

  /// As [#evaluate(String, DataLoader)] on batches that depend on the iteration.
  /// @return this
  public Trainer<M> evaluate(String name, LongFunction<Iterator<Batch>> batches) {
    sets.put(name, batches);
    return this;
  }

  /// Has evaluations say numbers that are no means over batches, such as how many of its own answers a model gets right.
  /// ```java
  /// Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(Dataset.of(x, labels), 2),
  ///         (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
  ///     .measure(List.of("norm"), () -> List.of(model.namedParameters().values().iterator().next().square().sum().itemDouble()));
  /// ```
  /// @param names of the numbers
  /// @param numbers measures the model as it is, a number for each name; it must leave the shared random numbers alone
  /// @return this
  /// @throws IllegalArgumentException if there is a number of that name
  public Trainer<M> measure(List<String> names, Supplier<List<Double>> numbers) {
    if (measures.stream().anyMatch(other -> !Collections.disjoint(other.names, names))) {
      throw new IllegalArgumentException("Trainer: one of the numbers " + names + " is measured already");
    }
    measures.add(new Measure(List.copyOf(names), numbers));
    return this;
  }

  /// Has somebody who writes texts with the model, or draws, get it at each evaluation, after the callbacks and in
  /// [Mode#EVALUATION]. Of several ranks, each sends its parts of the weights, and rank 0 alone is shown the whole.
  /// ```java
  /// Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(Dataset.of(x, labels), 2),
  ///         (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
  ///     .show((m, evaluation) -> System.out.println(m.forward(x)));
  /// ```
  /// @param viewer must leave the shared random numbers alone
  /// @return this
  public Trainer<M> show(BiConsumer<? super M, Evaluation> viewer) {
    viewers.add(viewer);
    return this;
  }

  /// Which number of evaluations makes the best model, by its lowest value; without it the loss.
  /// ```java
  /// var val = DataLoader.of(Dataset.of(y, labels), 4);
  /// Trainer.of(model, new AdamW(model.namedParameters(), 1e-2), DataLoader.of(Dataset.of(x, labels), 2),
  ///         (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
  ///     .metric("error", (m, batch) -> m.forward(batch.inputs()).argmax(-1).ne(batch.targets()).toFloat().mean())
  ///     .evaluate("val", val)
  ///     .best("val_error");
  /// ```
  /// @param metric its name as evaluations say it, such as `val_error`
  /// @return this
  public Trainer<M> best(String metric) {
    judge = metric;
    return this;
  }

  /// How many iterations there are between two evaluations, each with a checkpoint before it, and another one after it
  /// where the model is the best; an epoch unless said.
  /// @return this
  /// @throws IllegalArgumentException if `count` is below 1
  public Trainer<M> every(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("Trainer: an evaluation every " + count + " iterations; it must be at least 1");
    }
    every = count;
    return this;
  }

  /// @return this
  public Trainer<M> callback(Callback callback) {
    callbacks.add(callback);
    return this;
  }

  /// Keeps `checkpoint.safetensors`, `model.safetensors` (the best weights) and `log.csv` in a folder, which is made if need be.
  /// @return this
  public Trainer<M> folder(Path path) {
    folder = new CheckpointFolder(path, model, optimizer);
    store = folder;
    log = path.resolve("log.csv");
    return this;
  }

  /// Keeps checkpoints and the log elsewhere than [#folder].
  /// @param csv the losses of each iteration
  /// @return this
  public Trainer<M> keep(CheckpointStore checkpoints, Path csv) {
    store = checkpoints;
    log = csv;
    return this;
  }

  /// Goes on where the checkpoint in the [#folder] was written.
  /// @return false if there is none
  /// @throws org.teenygrad.state.FileException if it cannot be read, or is that of another model or optimizer
  /// @throws IllegalStateException if there is no folder
  public boolean resume() {
    if (folder == null) {
      throw new IllegalStateException("Trainer: a checkpoint is looked for in the folder; call folder(path) first");
    }
    if (!Files.exists(folder.checkpoint())) {
      return false;
    }
    restore(folder.load());
    return true;
  }

  /// Goes on there, with the tensors that model and optimizer have.
  public void restore(TrainState state) {
    iteration = state.iteration();
    bestLoss = state.bestLoss();
    source.restore(state.batches());
    RandomState.shared().restore(state.random());
  }

  public TrainState state() {
    return new TrainState(iteration, bestLoss, source.state(), RandomState.shared().state());
  }

  /// How many iterations are done.
  public long iteration() {
    return iteration;
  }

  public M model() {
    return model;
  }

  /// Goes on to the last iteration.
  /// @throws org.teenygrad.state.FileException if a file cannot be written; what was saved before is still there
  /// @throws IllegalStateException if the loss is no number any more
  public TrainResult train() {
    return train(() -> false);
  }

  /// As [#train()], but may be stopped.
  /// @param stop asked after each batch; if true, the iterations done are saved and the method returns. Of an iteration with several
  ///     batches that has begun nothing is kept: it is done again by a resume
  /// @throws org.teenygrad.state.FileException if a file cannot be written; what was saved before is still there
  /// @throws IllegalStateException if the loss is no number any more
  public TrainResult train(BooleanSupplier stop) {
    return type.precision().call(() -> trainToTheEnd(stop));
  }

  private TrainResult trainToTheEnd(BooleanSupplier asked) {
    World ranks = world;
    // All ranks stop after the same step.
    BooleanSupplier stop = ranks == null ? asked : () -> ranks.any(asked.getAsBoolean());
    if (!leads()) {
      log = null;
      callbacks.clear();
    }
    long start = System.nanoTime();
    if (folder != null && store == folder && leads()) {
      folder.create();
    }
    Durations durations = new Durations();
    PendingSteps pending = new PendingSteps(durations);
    Evaluation latest = null;
    boolean stopped = false;
    try (FolderLock _ = lock();
        TrainingLog rows = TrainingLog.from(log, iteration, metricNames(), optimizer.measuresNorm(), this::warn);
        Saver saver = new Saver()) {
      Iterator<Batch> batches = source.endless();
      long total = lastIteration();
      long saved = iteration; // nothing new to save before the first iteration
      while (true) {
        saver.look();
        boolean last = iteration >= total;
        boolean evaluating = last || iteration % interval() == 0;
        stopped |= stop.getAsBoolean();
        PendingSteps.Sink sink = (step, before) -> {
          requireFinite(step);
          rows.step(step, before);
          callbacks.forEach(callback -> callback.step(step));
        };
        if (evaluating || stopped) {
          pending.look(sink);
        } else if (pending.isDue()) {
          pending.lookBack(sink);
        }
        if (evaluating && evaluates() && saved != iteration) {
          save(saver, false); // an evaluation may take long, and fail
          saved = iteration;
        }
        Evaluation now = evaluating ? evaluated(stop) : null;
        if (now != null) {
          latest = evaluates() ? now : null;
          keepEvaluated(now, saver);
          saved = iteration;
        }
        if (stopped || last) {
          if (last && latest != null && latest.iteration() == iteration) {
            rows.end(latest);
          }
          break;
        }
        pending.begin();
        schedule.accept(iteration);
        double rate = optimizer.learningRate(0);
        List<Tensor> losses = durations.count() == 1 ? counted(batches, stop) : step(batches, stop);
        if (losses == null) {
          stopped = true;
        } else {
          pending.add(iteration, losses, gradientNorm(), rate, now);
          iteration++;
        }
      }
      if (saved != iteration) {
        save(saver, false);
      }
      saver.await();
    }
    return new TrainResult(
        iteration, latest, bestLoss, (System.nanoTime() - start) / 1e9, durations.median(), kernelsPerStep, iteration < lastIteration());
  }

  /// That of the last step; null where nothing measures it.
  private @Nullable Tensor gradientNorm() {
    return optimizer.measuresNorm() ? optimizer.gradientNorm().gather() : null;
  }

  /// Keeps a second training out of the folder with the checkpoints.
  private @Nullable FolderLock lock() {
    return store == null || !leads() ? null : FolderLock.of(Objects.requireNonNull(store.checkpoint().toAbsolutePath().getParent()));
  }

  private void warn(String sentence) {
    callbacks.forEach(callback -> callback.warned(sentence));
  }

  private List<String> metricNames() {
    List<String> names = new ArrayList<>();
    sets.keySet().forEach(set -> metrics.keySet().forEach(metric -> names.add(set + "_" + metric)));
    measures.forEach(measure -> names.addAll(measure.names));
    return names;
  }

  private boolean evaluates() {
    return !sets.isEmpty() || !measures.isEmpty();
  }

  private long interval() {
    return every > 0 ? every : iterationsAnEpoch();
  }

  /// An iteration whose kernels are counted.
  private @Nullable List<Tensor> counted(Iterator<Batch> batches, BooleanSupplier stop) {
    List<@Nullable List<Tensor>> losses = new ArrayList<>();
    Profile profile = Profile.of(() -> losses.add(step(batches, stop)));
    if (losses.getFirst() != null) {
      kernelsPerStep = OptionalLong.of(profile.launches().size());
    }
    return losses.getFirst();
  }

  /// One iteration: the losses of its batches, their gradients and the new weights. Null if it was stopped on the way: then all is as
  /// before.
  private @Nullable List<Tensor> step(Iterator<Batch> batches, BooleanSupplier stop) {
    if (parts == 1) {
      Tensor loss = loss(batches.next());
      optimizer.step(loss);
      return List.of(loss);
    }
    TrainState before = state();
    Map<Tensor, Tensor> kept = new LinkedHashMap<>(); // what layers keep on the side, such as BatchNorm's running averages
    model.stateDict().values().stream().filter(tensor -> !tensor.isLeaf()).forEach(tensor -> kept.put(tensor, tensor.detach()));
    optimizer.zeroGrad();
    List<Tensor> losses = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      if (part > 0 && stop.getAsBoolean()) {
        optimizer.zeroGrad();
        restore(before);
        kept.forEach(Tensor::assign);
        Tensor.realize(kept.keySet());
        return null;
      }
      Tensor loss = loss(batches.next()).div(parts);
      optimizer.accumulate(loss);
      losses.add(loss);
    }
    optimizer.step();
    optimizer.zeroGrad();
    return losses;
  }

  private Tensor loss(Batch batch) {
    return objective(LOSS).of(computing(), mine(narrow(batch))).gather();
  }

  /// Whether this rank keeps files and calls back.
  private boolean leads() {
    return world == null || world.rank() == 0;
  }

  /// This rank's examples.
  private Batch mine(Batch batch) {
    Mesh ranks = mesh;
    if (ranks == null || batch.size() % ranks.axes().getFirst().size() != 0) {
      return batch;
    }
    List<Placement> placements = new ArrayList<>(Collections.nCopies(ranks.axes().size(), Placement.replicate()));
    placements.set(0, Placement.shard(0));
    return new Batch(batch.fields().stream().map(field -> field.shard(ranks, placements.toArray(Placement[]::new))).toList());
  }

  private Objective<? super M> objective(String name) {
    return Objects.requireNonNull(metrics.get(name));
  }

  /// The model in the type to compute in, whole.
  private M computing() {
    M computing = type.dtype() == DType.FLOAT32 ? model : narrowed.apply(model);
    return isSpread() ? Module.gathered(computing) : computing;
  }

  /// Whether each rank has its parts of the weights alone.
  private boolean isSpread() {
    return mesh != null && model.parameters().stream().anyMatch(parameter -> parameter.mesh() != null);
  }

  private Batch narrow(Batch batch) {
    if (type.dtype() == DType.FLOAT32 || !batch.inputs().dtype().isFloating()) {
      return batch;
    }
    List<Tensor> fields = new ArrayList<>(batch.fields());
    fields.set(0, batch.inputs().cast(type.dtype()));
    return new Batch(fields);
  }

  private void requireFinite(Step step) {
    if (!Double.isFinite(step.loss())) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "the loss became %s at iteration %d: lower the learning rate (%s); the checkpoint before that is kept", step.loss(), step.iteration(), step.learningRate()));
    }
  }

  /// The metrics of the model as it is.
  /// @return null if asked to stop meanwhile
  public @Nullable Evaluation evaluate(BooleanSupplier stop) {
    return type.precision().call(() -> evaluated(stop));
  }

  private @Nullable Evaluation evaluated(BooleanSupplier stop) {
    Map<String, Double> values = new LinkedHashMap<>();
    if (!sets.isEmpty()) {
      M computing = computing();
      M still = computing == model ? model : Module.computed(computing);
      List<Objective<? super M>> objectives = new ArrayList<>(metrics.values());
      objectives.addAll(denominators.values());
      MeanMetrics means = new MeanMetrics(
          objectives.size(), batch -> objectives.stream().map(objective -> objective.of(still, mine(narrow(batch))).gather()).toList());
      sets.forEach((name, batches) -> values.putAll(named(name, means.over(batches.apply(iteration), stop))));
    }
    measures.forEach(measure -> {
      if (!stop.getAsBoolean()) {
        values.putAll(measure.take());
      }
    });
    return stop.getAsBoolean() ? null : new Evaluation(iteration, values);
  }

  /// @param means those of the metrics, then those of the denominators
  private Map<String, Double> named(String set, double... means) {
    Map<String, Double> named = new LinkedHashMap<>();
    int metric = 0;
    int denominator = metrics.size();
    for (String name : metrics.keySet()) {
      double mean = means[metric++];
      named.put(set + "_" + name, denominators.containsKey(name) ? mean / means[denominator++] : mean);
    }
    return named;
  }

  private void keepEvaluated(Evaluation evaluation, Saver saver) {
    if (evaluates()) {
      callbacks.forEach(callback -> callback.evaluated(evaluation));
      show(evaluation);
    }
    String name = judge != null ? judge : sets.isEmpty() ? null : List.copyOf(sets.keySet()).getLast() + "_" + LOSS;
    if (name == null) { // nothing to judge by: the last is the best
      save(saver, true);
      return;
    }
    double value = evaluation.metric(name);
    if (value < bestLoss) {
      bestLoss = value;
      save(saver, true);
    }
  }

  private void show(Evaluation evaluation) {
    if (viewers.isEmpty()) {
      return;
    }
    M whole = isSpread() ? Module.computed(Module.map(computing(), weight -> weight.mesh() == null ? weight : weight.detach().gather())) : model;
    if (leads()) {
      Mode.EVALUATION.run(() -> viewers.forEach(viewer -> viewer.accept(whole, evaluation)));
    }
  }

  private void save(Saver saver, boolean best) {
    if (store != null) {
      Path file = store.checkpoint();
      long done = iteration;
      Runnable write = store.saving(state(), best); // on all ranks, which may have a part each
      if (!leads()) {
        return;
      }
      saver.write(write, () -> callbacks.forEach(callback -> callback.saved(file, done)));
    }
  }
}
