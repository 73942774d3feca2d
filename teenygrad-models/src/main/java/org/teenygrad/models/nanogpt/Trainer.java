package org.teenygrad.models.nanogpt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Profile;
import org.teenygrad.RandomState;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.TokenDataset;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LossScaling;
import org.teenygrad.optim.LrSchedule;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.runtime.Printable;
import org.teenygrad.state.AtomicFiles;

/// Trains a [Gpt] as nanoGPT does, and can stop and go on at any iteration without a trace in the losses.
///
/// ```java
/// var trainer = Trainer.start(settings, Corpus.stories(), new RunFolder(Path.of("out")));
/// TrainResult result = trainer.train(progress, () -> false);
/// ```
/// Every random number is a function of the seed and a counter that the checkpoint holds. Batches to evaluate with are a function
/// of the seed and the iteration, so that an evaluation more or less changes nothing.
public final class Trainer {
  /// What names of tensors in a file begin with.
  static final String MODEL = "model.";

  private static final String OPTIMIZER = "optimizer.";
  private static final double EPSILON = 1e-8;

  /// How often losses are looked at.
  private static final long LOOK_NANOS = 100_000_000;

  /// How many batches an evaluation hands to the device before it waits for their losses.
  private static final int LOSSES_AT_ONCE = 16;

  private final TrainSettings settings;
  private final Corpus corpus;
  private final RunFolder folder;
  private final Gpt model;
  private final Optimizer optimizer;
  private final LrSchedule schedule;
  private final DataLoader loader;
  private int iteration;
  private OptionalLong kernelsPerStep = OptionalLong.empty();
  private double bestValLoss = Double.POSITIVE_INFINITY;

  private Trainer(TrainSettings settings, Corpus corpus, RunFolder folder) {
    corpus.tokens().requireBlocksOf(settings.blockSize());
    this.settings = settings;
    this.corpus = corpus;
    this.folder = folder;
    Tensor.manualSeed(settings.seed());
    model = Gpt.of(settings.model(corpus.tokenizer().vocabularySize()));
    var groups = ParameterGroup.decayingMatrices(model.namedParameters(), settings.learningRate(), settings.weightDecay());
    optimizer = new AdamW(groups, settings.beta1(), settings.beta2(), EPSILON);
    if (settings.gradClip() > 0) {
      optimizer.clipNorm(settings.gradClip());
    }
    if (settings.dtype() == ComputeType.FLOAT16) {
      optimizer.scaleLoss(LossScaling.DYNAMIC);
    }
    schedule = settings.schedule();
    loader = batches(corpus.tokens().train(), settings.seed());
  }

  /// A training at its beginning. Nothing is written before [#train].
  /// @throws IllegalArgumentException if the text is too short for the block size
  public static Trainer start(TrainSettings settings, Corpus corpus, RunFolder folder) {
    return new Trainer(settings, corpus, folder);
  }

  /// What to do with the settings of a checkpoint before going on.
  @FunctionalInterface
  public interface Changes {
    /// @param source the text that the training began with, see [Corpus#of(String, String)]
    /// @param vocabulary the characters that the model knows
    Resumption of(TrainSettings settings, String source, String vocabulary);
  }

  /// How a training goes on.
  public record Resumption(TrainSettings settings, Corpus corpus) {}

  /// A training where its checkpoint left it.
  /// @throws org.teenygrad.state.FileException if there is no checkpoint, or it cannot be read
  /// @throws IllegalArgumentException if the changed settings ask for a model of another shape
  public static Trainer resume(RunFolder folder, Changes changes) {
    Checkpoint.Content content = Checkpoint.open(folder.checkpoint());
    Checkpoint saved = content.facts();
    Resumption resumption = changes.of(saved.settings(), saved.source(), saved.vocabulary());
    requireSameModel(folder, saved.settings(), resumption.settings());
    Trainer trainer = new Trainer(resumption.settings(), resumption.corpus(), folder);
    try {
      trainer.model.loadStateDict(content.below(MODEL));
      trainer.optimizer.loadStateDict(content.below(OPTIMIZER));
    } catch (IllegalArgumentException e) {
      throw content.misfit(e);
    }
    trainer.iteration = saved.iteration();
    trainer.bestValLoss = saved.bestValLoss();
    trainer.loader.restore(saved.batches());
    RandomState.shared().restore(saved.random());
    return trainer;
  }

  /// Dropout may change in the course of a training; the shapes of the weights cannot.
  private static void requireSameModel(RunFolder folder, TrainSettings saved, TrainSettings wanted) {
    for (String name : List.of("nLayer", "nHead", "nEmbd", "blockSize", "bias")) {
      Setting setting = Setting.all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
      Object was = setting.value(saved);
      Object is = setting.value(wanted);
      if (!was.equals(is)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT,
                "the checkpoint in %s has %s %s, not %s: resume without %s, or train anew with another --out",
                folder.path(), setting.key(), was, is, setting.option()));
      }
    }
  }

  public Gpt model() {
    return model;
  }

  public TrainSettings settings() {
    return settings;
  }

  public Corpus corpus() {
    return corpus;
  }

  /// How many iterations are done.
  public int iteration() {
    return iteration;
  }

  /// Goes on to the last iteration, evaluating and saving on the way.
  ///
  /// @param stop asked after each iteration; if true, this one is the last for now: it is saved, and the method returns
  /// @throws org.teenygrad.state.FileException if a file cannot be written; what was saved before is still there
  /// @throws IllegalStateException if the loss is no number any more
  /// @throws OutOfMemoryException if the device has no room for an evaluation or an iteration: said before anything of it runs
  public TrainResult train(Progress progress, BooleanSupplier stop) {
    try {
      return settings.dtype().precision().call(() -> trainToTheEnd(progress, stop));
    } catch (OutOfMemoryException e) {
      throw new OutOfMemoryException(e.getMessage() + advice());
    }
  }

  /// What to change in these settings for less memory.
  private String advice() {
    int batch = settings.batchSize();
    String smaller = batch % 2 != 0
        ? "a lower --batch-size or --block-size"
        : String.format(Locale.ROOT,
            "--batch-size %d with --gradient-accumulation-steps %d, which takes the same steps",
            batch / 2, 2 * settings.gradientAccumulationSteps());
    String narrower = settings.dtype().dtype().bytes() < 4 ? "" : ", and by --dtype bfloat16";
    return String.format(Locale.ROOT, ". Here batch_size is %d, block_size %d and dtype %s; less is needed by %s%s",
        batch, settings.blockSize(), settings.dtype(), smaller, narrower);
  }

  private TrainResult trainToTheEnd(Progress progress, BooleanSupplier stop) {
    long start = System.nanoTime();
    folder.create();
    Durations durations = new Durations();
    Unseen unseen = new Unseen();
    Evaluation evaluation = null;
    try (FolderLock _ = FolderLock.of(folder.path());
        TrainingLog log = TrainingLog.from(folder, iteration, progress);
        Saver saver = new Saver()) {
      int saved = iteration; // nothing new to save before the first iteration
      while (true) {
        saver.look();
        boolean last = iteration >= settings.maxIters();
        boolean evaluating = last || iteration % settings.evalInterval() == 0;
        boolean stopping = stop.getAsBoolean();
        if (evaluating || stopping || unseen.isDue()) {
          unseen.look(durations, log, progress);
        }
        Evaluation now = evaluating ? evaluate(stop) : null;
        if (now != null) {
          evaluation = now;
          progress.evaluated(now);
          keep(now, log, progress, saver);
          saved = iteration;
        }
        if (stopping || last) {
          if (last && now != null) {
            log.end(now);
          }
          break;
        }
        double rate = schedule.at(iteration);
        unseen.begin();
        List<Tensor> losses = durations.count == 1 ? counted(rate, stop) : step(rate, stop);
        if (!losses.isEmpty()) {
          unseen.add(new Step(iteration, losses, rate, now));
          iteration++;
        }
      }
      if (saved != iteration) {
        saver.write(saving(), announcing(progress));
        log.draw(title(), evaluation);
      }
      saver.await();
    }
    double median = durations.median();
    return new TrainResult(
        iteration,
        evaluation,
        bestValLoss,
        (System.nanoTime() - start) / 1e9,
        median,
        settings.tokensPerIteration() * 1000 / median,
        kernelsPerStep,
        iteration < settings.maxIters());
  }

  /// An iteration whose kernels are counted.
  private List<Tensor> counted(double learningRate, BooleanSupplier stop) {
    List<Tensor> losses = new ArrayList<>();
    Profile profile = Profile.of(() -> losses.addAll(step(learningRate, stop)));
    if (!losses.isEmpty()) {
      kernelsPerStep = OptionalLong.of(profile.launches().size());
    }
    return losses;
  }

  /// One iteration: the loss, its gradients and the new weights.
  /// @return the losses of its micro batches; none if asked to stop between two of them: then nothing has changed
  private List<Tensor> step(double learningRate, BooleanSupplier stop) {
    Iterator<Batch> batches = loader.iterator();
    optimizer.learningRate(learningRate);
    int parts = settings.gradientAccumulationSteps();
    if (parts == 1) {
      Tensor loss = loss(batches.next());
      optimizer.step(loss);
      return List.of(loss);
    }
    optimizer.zeroGrad();
    CounterRandom.State batchesBefore = loader.state();
    CounterRandom.State randomBefore = RandomState.shared().state();
    List<Tensor> losses = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      if (part > 0 && stop.getAsBoolean()) {
        optimizer.zeroGrad();
        loader.restore(batchesBefore);
        RandomState.shared().restore(randomBefore);
        return List.of();
      }
      Tensor loss = loss(batches.next()).div(parts);
      optimizer.accumulate(loss);
      losses.add(loss);
    }
    optimizer.step();
    optimizer.zeroGrad();
    return losses;
  }

  /// The model in the type to compute in.
  private Gpt computing() {
    DType type = settings.dtype().dtype();
    return type == DType.FLOAT32 ? model : model.in(type);
  }

  private Tensor loss(Batch batch) {
    return computing().loss(batch.inputs(), batch.targets());
  }

  /// Random windows of a text, without an end.
  private DataLoader batches(TokenDataset data, long seed) {
    return DataLoader.of(data.windows(settings.blockSize()), settings.batchSize()).withReplacement(seed);
  }

  private void requireFinite(int iteration, double loss) {
    if (!Double.isFinite(loss)) {
      throw new IllegalStateException(
          String.format(Locale.ROOT,
              "the loss became %s at iteration %d: lower the learning rate (%s); the checkpoint before that is kept",
              loss, iteration, settings.learningRate()));
    }
  }

  /// The losses of the model as it is; null if asked to stop meanwhile.
  public @Nullable Evaluation evaluate(BooleanSupplier stop) {
    return settings.dtype().precision().call(() -> evaluated(stop));
  }

  private @Nullable Evaluation evaluated(BooleanSupplier stop) {
    // A stream of its own, far from that of the training's batches, and a part of it for each iteration.
    long seed = ~settings.seed();
    long first = (long) iteration << 32;
    Gpt computing = computing();
    Gpt still = computing == model ? model : Module.map(computing, weight -> weight); // cast once
    Recorded loss = Recorded.of(batch -> Mode.EVALUATION.call(() -> still.loss(batch.get(0), batch.get(1))));
    double train = meanLoss(loss, corpus.tokens().train(), new CounterRandom.State(seed, first), stop);
    double validation = meanLoss(loss, corpus.tokens().validation(), new CounterRandom.State(seed, first + (long) settings.evalIters() * settings.batchSize()), stop);
    return stop.getAsBoolean() ? null : new Evaluation(iteration, train, validation);
  }

  private double meanLoss(Recorded loss, TokenDataset data, CounterRandom.State from, BooleanSupplier stop) {
    DataLoader drawn = batches(data, from.seed());
    drawn.restore(from);
    Iterator<Batch> batches = drawn.iterator();
    double sum = 0;
    List<Tensor> unseen = new ArrayList<>();
    for (int i = 0; i < settings.evalIters() && !stop.getAsBoolean(); i++) {
      Batch batch = batches.next();
      unseen.add(loss.call(batch.inputs(), batch.targets()));
      if (unseen.size() == LOSSES_AT_ONCE || i == settings.evalIters() - 1) {
        sum += unseen.stream().mapToDouble(Tensor::item).sum();
        unseen.clear();
      }
    }
    return sum / settings.evalIters();
  }

  /// Saves after an evaluation; the model is saved before the checkpoint that says how good it is.
  private void keep(Evaluation evaluation, TrainingLog log, Progress progress, Saver saver) {
    Runnable best = () -> {};
    if (evaluation.valLoss() < bestValLoss) {
      bestValLoss = evaluation.valLoss();
      Map<String, Tensor> weights = new LinkedHashMap<>();
      model.stateDict().forEach((name, tensor) -> weights.put(MODEL + name, tensor));
      best = facts().saving(folder.best(), weights);
    }
    Runnable model = best;
    Runnable checkpoint = saving();
    saver.write(() -> {
      model.run();
      checkpoint.run();
    }, announcing(progress));
    log.draw(title(), evaluation);
  }

  /// Copies everything now, and writes it when it is run.
  private Runnable saving() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
    optimizer.stateDict().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    Checkpoint facts = facts();
    Runnable checkpoint = facts.saving(folder.checkpoint(), tensors);
    return () -> {
      checkpoint.run();
      AtomicFiles.write(folder.config(), JsonText.indented(facts.facts()));
    };
  }

  private Runnable announcing(Progress progress) {
    int done = iteration;
    return () -> progress.saved(folder.checkpoint(), done);
  }

  private Checkpoint facts() {
    return new Checkpoint(
        settings,
        corpus.tokenizer().vocabulary(),
        corpus.source(),
        corpus.checksum(),
        iteration,
        bestValLoss,
        loader.state(),
        RandomState.shared().state());
  }

  private String title() {
    return String.format(Locale.ROOT, "nanoGPT, %d layers of %d, on %s",
        settings.nLayer(), settings.nEmbd(), Printable.of(corpus.source()));
  }

  /// An iteration whose loss nobody has looked at: the losses of its micro batches, which together are the batch's.
  private record Step(int iteration, List<Tensor> losses, double learningRate, @Nullable Evaluation evaluation) {}

  /// Iterations that a device may still be busy with. Their losses are looked at some times a second: a GPU then always has the next
  /// iteration at hand, and does not wait for the host to build its graph.
  private final class Unseen {
    private final List<Step> steps = new ArrayList<>();
    private long since;

    void begin() {
      if (steps.isEmpty()) {
        since = System.nanoTime();
      }
    }

    void add(Step step) {
      steps.add(step);
    }

    boolean isDue() {
      return !steps.isEmpty() && System.nanoTime() - since >= LOOK_NANOS;
    }

    /// Waits for the losses, and says them on.
    void look(Durations durations, TrainingLog log, Progress progress) {
      List<Double> losses = steps.stream().map(step -> step.losses.stream().mapToDouble(Tensor::item).sum()).toList();
      long each = steps.isEmpty() ? 0 : (System.nanoTime() - since) / steps.size();
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        double millis = durations.add(each);
        requireFinite(step.iteration, losses.get(i));
        log.iteration(step.iteration, losses.get(i), step.learningRate, millis, step.evaluation);
        progress.iteration(step.iteration + 1, losses.get(i), millis);
      }
      steps.clear();
    }
  }

  /// How long each iteration took.
  private static final class Durations {
    private long[] nanos = new long[1024];
    private int count;

    double add(long duration) {
      nanos = count == nanos.length ? Arrays.copyOf(nanos, 2 * count) : nanos;
      nanos[count++] = duration;
      return duration / 1e6;
    }

    /// In milliseconds; NaN of none.
    double median() {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return count == 0 ? Double.NaN : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2e6;
    }
  }
}
