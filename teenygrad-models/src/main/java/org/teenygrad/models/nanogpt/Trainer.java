package org.teenygrad.models.nanogpt;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Placement;
import org.teenygrad.RandomState;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.TokenDataset;
import org.teenygrad.distributed.StepPlan;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.models.report.LossPicture;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LossScaling;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.State;
import org.teenygrad.train.Callback;
import org.teenygrad.train.CheckpointStore;
import org.teenygrad.train.ComputeType;
import org.teenygrad.train.Step;
import org.teenygrad.train.TrainState;

/// Trains a [Gpt] as nanoGPT does: what [org.teenygrad.train.Trainer] needs to know for that.
///
/// ```java
/// var trainer = Trainer.start(settings, Corpus.stories(), new RunFolder(Path.of("out")));
/// TrainResult result = trainer.train(progress, () -> false);
/// ```
/// It can stop and go on at any iteration without a trace in the losses. Batches to evaluate with are a function of the seed and the
/// iteration, so that an evaluation more or less changes nothing.
public final class Trainer {
  /// What names of tensors in a file begin with.
  static final String MODEL = "model.";

  private static final String OPTIMIZER = "optimizer.";
  private static final double EPSILON = 1e-8;

  private final TrainSettings settings;
  private final Corpus corpus;
  private final RunFolder folder;
  private final Gpt model;
  private final Optimizer optimizer;
  private final org.teenygrad.train.Trainer<Gpt> loop;
  private Progress progress = Progress.SILENT;
  private LossPicture picture;
  private boolean leads = true;
  private int ranks = 1;

  private Trainer(TrainSettings settings, Corpus corpus, RunFolder folder) {
    corpus.tokens().requireBlocksOf(settings.blockSize());
    this.settings = settings;
    this.corpus = corpus;
    this.folder = folder;
    Tensor.manualSeed(settings.seed());
    model = Gpt.of(settings.model(corpus.tokenizer().vocabularySize()));
    optimizer = optimizer(settings, model);
    picture = LossPicture.from(folder.log(), folder.picture(), 0);
    TokenDataset.Split tokens = corpus.tokens();
    loop = org.teenygrad.train.Trainer.of(
            model, optimizer, windows(tokens.train(), settings.seed()), (gpt, batch) -> gpt.loss(batch.inputs(), batch.targets()))
        .iterations(settings.maxIters())
        .learningRate(settings.schedule())
        .accumulate(settings.gradientAccumulationSteps())
        .precision(settings.dtype(), gpt -> gpt.in(settings.dtype().dtype()))
        .evaluate("train", iteration -> evaluationBatches(tokens.train(), iteration, 0))
        .evaluate("val", iteration -> evaluationBatches(tokens.validation(), iteration, 1))
        .every(settings.evalInterval())
        .keep(new Store(), folder.log())
        .callback(new Report());
  }

  private static Optimizer optimizer(TrainSettings settings, Gpt model) {
    var groups = ParameterGroup.decayingMatrices(model.namedParameters(), settings.learningRate(), settings.weightDecay());
    AdamW optimizer = new AdamW(groups, settings.beta1(), settings.beta2(), EPSILON);
    return settings.gradClip() > 0 ? optimizer.clipNorm(settings.gradClip()) : optimizer.measureNorm();
  }

  /// Plans an iteration of a training on a rank of a world that need not be there; nothing is run.
  /// ```java
  /// StepPlan plan = Trainer.plan(settings, 65, World.fake(8192, Cluster.H200), 1);
  /// ```
  /// @param tensorParallel as [#ranks]
  /// @throws IllegalArgumentException as [#ranks]
  public static StepPlan plan(TrainSettings settings, int vocabularySize, World world, int tensorParallel) {
    RandomState random = RandomState.shared();
    CounterRandom.State before = random.state();
    Gpt model = StepPlan.unread(world.device(), Gpt.of(settings.model(vocabularySize)));
    random.restore(before);
    Optimizer optimizer = optimizer(settings, model);
    if (settings.dtype() == ComputeType.FLOAT16) {
      optimizer.scaleLoss(LossScaling.DYNAMIC);
    }
    Mesh mesh = spread(model, optimizer, world, tensorParallel);
    Gpt computing = Module.gathered(settings.dtype().dtype() == DType.FLOAT32 ? model : model.in(settings.dtype().dtype()));
    boolean sharing = world.size() > 1 && settings.batchSize() % mesh.axes().getFirst().size() == 0;
    Placement[] placements = mesh.axes().size() == 1 ? new Placement[] {Placement.shard(0)} : new Placement[] {Placement.shard(0), Placement.replicate()};
    Supplier<Tensor> tokens = () -> {
      Tensor whole = StepPlan.unread(world.device(), DType.INT32, Shape.of(settings.batchSize(), settings.blockSize()));
      return sharing ? whole.shard(mesh, placements) : whole;
    };
    return settings.dtype().precision().call(() -> StepPlan.of(
        model.namedParameters().values(), optimizer, settings.gradientAccumulationSteps(), () -> computing.loss(tokens.get(), tokens.get()).gather()));
  }

  /// Random windows of a text, without an end.
  private DataLoader windows(TokenDataset data, long seed) {
    return DataLoader.of(data.windows(settings.blockSize()), settings.batchSize()).withReplacement(seed);
  }

  /// Random windows from a stream of their own, far from that of the training's, and a part of it for each iteration.
  private Iterator<Batch> evaluationBatches(TokenDataset data, long iteration, int part) {
    DataLoader loader = windows(data, 0);
    loader.restore(new CounterRandom.State(
        ~settings.seed(), (iteration << 32) + (long) part * settings.evalIters() * settings.batchSize()));
    return Stream.generate(loader.iterator()::next).limit(settings.evalIters()).iterator();
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
      trainer.model.loadStateDict(State.below(MODEL, content.tensors()));
      trainer.optimizer.loadStateDict(State.below(OPTIMIZER, content.tensors()));
    } catch (IllegalArgumentException e) {
      throw content.misfit(e);
    }
    trainer.loop.restore(new TrainState(saved.iteration(), saved.bestValLoss(), saved.batches(), saved.random()));
    return trainer;
  }

  /// Dropout may change in the course of a training; the shapes of the weights cannot.
  private static void requireSameModel(RunFolder folder, TrainSettings saved, TrainSettings wanted) {
    for (String name : List.of("nLayer", "nHead", "nEmbd", "blockSize", "bias")) {
      Setting setting = Setting.of(TrainSettings.class).stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
      Object was = setting.value(saved);
      Object is = setting.value(wanted);
      if (!was.equals(is)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "the checkpoint in %s has %s %s, not %s: resume without %s, or train anew with another --out",
                folder.path(), setting.key(), was, is, setting.option()));
      }
    }
  }

  /// Shares each batch, the weights and the optimizer's states among ranks, all of which run this training; rank 0 alone writes files.
  /// @param tensorParallel how many ranks share the blocks of a model, see [Gpt#cut]; 1 for none. As many times fewer share a batch
  /// @return this
  /// @throws IllegalArgumentException if the ranks do not divide by that number, or the heads do not
  public Trainer ranks(World world, int tensorParallel) {
    loop.ranks(world, spread(model, optimizer, world, tensorParallel));
    leads = world.rank() == 0;
    ranks = world.size();
    return this;
  }

  private static Mesh spread(Gpt model, Optimizer optimizer, World world, int tensorParallel) {
    if (tensorParallel < 1 || world.size() % tensorParallel != 0) {
      throw new IllegalArgumentException(tensorParallel < 1 ? "at least one rank has a model, not " + tensorParallel + " (tensor-parallel)"
          : world.size() + " ranks do not divide by the " + tensorParallel + " that share a model (tensor-parallel)");
    }
    Mesh.Axis data = new Mesh.Axis("data", world.size() / tensorParallel);
    Mesh mesh = tensorParallel == 1 ? world.mesh(data) : world.mesh(data, new Mesh.Axis("model", tensorParallel));
    if (tensorParallel > 1) {
      model.cut(mesh, "model");
    }
    if (world.size() > 1) {
      optimizer.shard(mesh);
    }
    return mesh;
  }

  /// Has somebody get the model at each evaluation, see [org.teenygrad.train.Trainer#show].
  /// @return this
  public Trainer show(BiConsumer<? super Gpt, Evaluation> viewer) {
    loop.show((gpt, evaluation) -> viewer.accept(gpt, Evaluation.of(evaluation)));
    return this;
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
    return (int) loop.iteration();
  }

  /// Goes on to the last iteration, evaluating and saving on the way.
  ///
  /// @param stop asked after each batch; if true, what is done by then is saved, and the method returns
  /// @throws org.teenygrad.state.FileException if a file cannot be written; what was saved before is still there
  /// @throws IllegalStateException if the loss is no number any more
  /// @throws OutOfMemoryException if the device has no room for an evaluation or an iteration: said before anything of it runs
  public TrainResult train(Progress progress, BooleanSupplier stop) {
    this.progress = progress;
    if (leads) {
      folder.create();
    }
    picture = LossPicture.from(folder.log(), folder.picture(), iteration());
    org.teenygrad.train.TrainResult result;
    try {
      result = loop.train(stop);
    } catch (OutOfMemoryException e) {
      throw new OutOfMemoryException(e.getMessage() + advice());
    }
    Evaluation last = result.last() == null ? null : Evaluation.of(result.last());
    if (result.stopped() && leads) {
      draw(last);
    }
    return new TrainResult(
        iteration(),
        last,
        result.bestLoss(),
        result.seconds(),
        result.msPerStep(),
        settings.tokensPerIteration() * 1000 / result.msPerStep(),
        result.kernelsPerStep(),
        result.stopped());
  }

  /// What to change in these settings for less memory.
  private String advice() {
    int batch = settings.batchSize();
    String smaller = batch % 2 != 0
        ? "a lower --batch-size or --block-size"
        : String.format(Locale.ROOT, "--batch-size %d with --gradient-accumulation-steps %d, which takes the same steps", batch / 2,
            2 * settings.gradientAccumulationSteps());
    return String.format(Locale.ROOT, ". Here batch_size is %d, block_size %d and dtype %s; less is needed by %s%s", batch,
        settings.blockSize(), settings.dtype(), smaller, settings.dtype().dtype().bytes() < 4 ? "" : ", and by --dtype bfloat16");
  }

  /// The losses of the model as it is; null if asked to stop meanwhile.
  public @Nullable Evaluation evaluate(BooleanSupplier stop) {
    org.teenygrad.train.Evaluation evaluation = loop.evaluate(stop);
    return evaluation == null ? null : Evaluation.of(evaluation);
  }

  private void draw(@Nullable Evaluation latest) {
    if (latest != null) {
      picture.validation(latest.iteration(), latest.valLoss());
    }
    picture.draw(title());
  }

  private String title() {
    return String.format(Locale.ROOT, "nanoGPT, %d layers of %d, on %s", settings.nLayer(), settings.nEmbd(),
        Printable.of(corpus.source()));
  }

  /// Tells progress and picture.
  private final class Report implements Callback {
    @Override
    public void step(Step step) {
      picture.train((int) step.iteration(), step.loss());
      progress.iteration((int) step.iteration() + 1, step.loss(), step.millis());
    }

    @Override
    public void evaluated(org.teenygrad.train.Evaluation evaluation) {
      Evaluation losses = Evaluation.of(evaluation);
      progress.evaluated(losses);
      draw(losses);
    }

    @Override
    public void warned(String sentence) {
      progress.warned(sentence);
    }

    @Override
    public void saved(Path file, long iteration) {
      progress.saved(file, (int) iteration);
    }
  }

  /// What `config.json` says: the checkpoint's facts, and what speed is measured by.
  private Map<String, Object> forPeople(Checkpoint facts) {
    Map<String, Object> all = new LinkedHashMap<>(facts.facts());
    Device device = model.parameters().getFirst().device();
    all.put("device", device.name());
    all.put("machine", Devices.runtime(device).machine());
    all.put("ranks", ranks);
    all.put("flops_per_token", flopsPerToken());
    return all;
  }

  /// Operations of a step for each token: 6 for each weight that multiplies, 12 for each pair that attention looks at (Chowdhery et
  /// al., *PaLM*, 2022, appendix B).
  private long flopsPerToken() {
    GptConfig config = model.config();
    long weights = model.parameterCount() - (long) config.blockSize() * config.nEmbd(); // positions are looked up
    return 6 * weights + 12L * config.nLayer() * config.nEmbd() * config.blockSize();
  }

  /// Keeps the files of a [RunFolder].
  private final class Store implements CheckpointStore {
    @Override
    public Path checkpoint() {
      return folder.checkpoint();
    }

    @Override
    public Runnable saving(TrainState state, boolean best) {
      Checkpoint facts = new Checkpoint(
          settings,
          corpus.tokenizer().vocabulary(),
          corpus.source(),
          corpus.checksum(),
          (int) state.iteration(),
          state.bestLoss(),
          state.batches(),
          state.random());
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      model.stateDict().forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
      Runnable weights = best ? facts.saving(folder.best(), tensors) : () -> {};
      optimizer.stateDict().forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
      Runnable checkpoint = facts.saving(folder.checkpoint(), tensors);
      return () -> {
        weights.run(); // before the checkpoint that says how good it is
        checkpoint.run();
        AtomicFiles.write(folder.config(), JsonText.indented(forPeople(facts)));
      };
    }
  }
}
