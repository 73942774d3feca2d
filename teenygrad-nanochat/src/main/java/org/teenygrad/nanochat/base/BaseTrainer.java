package org.teenygrad.nanochat.base;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.distributed.World;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.data.Split;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.packing.PackedBatches;
import org.teenygrad.nanochat.packing.PackingOptions;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nanochat.training.PackedSource;
import org.teenygrad.nanochat.training.StageCheckpoint;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.optim.SGD;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.TrainResult;
import org.teenygrad.train.Trainer;

/// Trains a [Gpt] on documents as nanochat's base_train.py does.
///
/// ```java
/// var folder = ModelFolder.of(Path.of("out"), Stage.BASE);
/// var trainer = BaseTrainer.start(settings, List.of(Path.of("corpus")), tokenizer, folder);
/// TrainResult result = trainer.train(callback, () -> false);
/// result.last().metric(StageTraining.VAL_BPB);
/// ```
/// It can stop and go on at any iteration without a trace in the losses. Each evaluation reads the same text.
public final class BaseTrainer {
  private final TrainingPlan plan;
  private final Gpt model;
  private final StageTraining training;

  private BaseTrainer(BaseSettings settings, List<Path> data, NanochatTokenizer tokenizer, ModelFolder folder) {
    plan = TrainingPlan.of(settings, tokenizer.vocabularySize());
    Tensor.manualSeed(settings.seed());
    model = Gpt.of(plan.config(), settings.embeddingMasters() ? DType.FLOAT32 : settings.dtype().dtype());
    MuonAdamW optimizer = MuonAdamW.of(model, settings.rates().times(plan.learningRateScale()), plan.weightDecay(), settings.dtype().dtype());
    PackingOptions packing = PackingOptions.of(settings.deviceBatchSize(), settings.maxSeqLen());
    training = StageTraining.ofTokens(
        new StageTraining.Subject(folder, tokenizer, settings, model, optimizer.both(), plan.totalBatchSize()),
        new PackedSource(() -> PackedBatches.ofDocuments(data, Split.TRAIN, tokenizer, packing)));
    training.loop()
        .iterations(plan.iterations())
        .schedule(at -> optimizer.schedule(plan.learningRateFactor(at), plan.momentum(at), plan.weightDecay(at)))
        .accumulate(plan.accumulatedBatches())
        .every(settings.evalEvery())
        .evaluate(StageTraining.VALIDATION, some(data, Split.VALIDATION, tokenizer, packing, settings.evalTokens()));
  }

  /// A training at its beginning. Nothing is written before [#train].
  /// @param data files and folders of documents, as [org.teenygrad.nanochat.data.Documents#of]
  /// @throws IllegalArgumentException if settings do not fit each other
  public static BaseTrainer start(BaseSettings settings, List<Path> data, NanochatTokenizer tokenizer, ModelFolder folder) {
    return new BaseTrainer(settings, data, tokenizer, folder);
  }

  /// A training where a checkpoint left it.
  /// @param saved of that folder and tokenizer, see [StageTraining#open]
  /// @param changes what to change in its settings
  /// @throws org.teenygrad.state.FileException if the checkpoint is malformed
  /// @throws IllegalArgumentException if the changed settings ask for a model of another shape or longer rows
  public static BaseTrainer resume(
      StageCheckpoint saved, UnaryOperator<BaseSettings> changes, List<Path> data, NanochatTokenizer tokenizer, ModelFolder folder) {
    BaseSettings before = saved.settings(BaseSettings.DEFAULT);
    BaseSettings settings = changes.apply(before);
    requireSame(folder, before, settings);
    BaseTrainer trainer = new BaseTrainer(settings, data, tokenizer, folder);
    trainer.training.restore(saved);
    return trainer;
  }

  /// The shapes of the weights cannot change in the course of a training, nor those of the rows that were packed.
  private static void requireSame(ModelFolder folder, BaseSettings saved, BaseSettings wanted) {
    for (String name : List.of("depth", "aspectRatio", "headDim", "maxSeqLen", "embeddingMasters")) {
      Setting setting = Setting.of(BaseSettings.class).stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
      Object was = setting.value(saved);
      Object is = setting.value(wanted);
      if (!was.equals(is)) {
        throw new IllegalArgumentException(String.format(Locale.ROOT,
            "the checkpoint in %s has %s %s, not %s: resume without %s, or train anew with another --out", folder.path(), setting.key(), was, is,
            setting.option()));
      }
    }
  }

  /// Bits per byte, and losses, of both parts of a corpus.
  ///
  /// @param tokens how many of each part are read
  /// @return metrics `train_bpb`, `val_bpb`, `train_loss` and `val_loss`
  /// @throws IllegalArgumentException if the tokenizer is not the model's
  public static Evaluation evaluate(TrainedModel trained, List<Path> data, NanochatTokenizer tokenizer, int batchSize, long tokens) {
    Gpt model = trained.requireTokenizer(tokenizer).model();
    PackingOptions packing = PackingOptions.of(batchSize, model.config().sequenceLen());
    PackedSource none = new PackedSource(() -> {
      throw new NoSuchElementException("nothing is trained");
    });
    Trainer<Gpt> loop = Trainer.of(model, new SGD(Map.of(), 0), none, (Gpt gpt, Batch batch) -> gpt.loss(batch.inputs(), batch.targets()))
        .precision(trained.dtype(), gpt -> gpt.in(trained.dtype().dtype()))
        .evaluate("train", some(data, Split.TRAIN, tokenizer, packing, tokens))
        .evaluate(StageTraining.VALIDATION, some(data, Split.VALIDATION, tokenizer, packing, tokens));
    return Objects.requireNonNull(StageTraining.withBitsPerByte(loop, tokenizer).evaluate(() -> false));
  }

  private static LongFunction<Iterator<Batch>> some(List<Path> data, Split split, NanochatTokenizer tokenizer, PackingOptions packing, long tokens) {
    return iteration -> PackedBatches.ofDocuments(data, split, tokenizer, packing).firstTokens(tokens);
  }

  /// Shares each batch among ranks, see [StageTraining#ranks].
  /// @return this
  public BaseTrainer ranks(World world) {
    training.ranks(world);
    return this;
  }

  public TrainingPlan plan() {
    return plan;
  }

  /// Has somebody get the model at each evaluation, see [org.teenygrad.train.Trainer#show].
  /// @return this
  public BaseTrainer show(BiConsumer<? super Gpt, Evaluation> viewer) {
    training.loop().show(viewer);
    return this;
  }

  public Gpt model() {
    return model;
  }

  /// How many iterations are done.
  public long iteration() {
    return training.loop().iteration();
  }

  /// Goes on to the last iteration, evaluating and saving on the way; see [StageTraining#train].
  public TrainResult train(Callback progress, BooleanSupplier stop) {
    String title = String.format(Locale.ROOT, "nanochat d%d, %d parameters", plan.settings().depth(), plan.config().parameterCounts().total());
    return training.train(title, advice(), progress, stop);
  }

  /// What to change in the settings for less memory.
  private String advice() {
    int batch = plan.settings().deviceBatchSize();
    return String.format(Locale.ROOT, "Here device_batch_size is %d, max_seq_len %d and dtype %s; less is needed by a lower %s", batch,
        plan.settings().maxSeqLen(), plan.settings().dtype(), batch > 1 ? "--device-batch-size, which takes the same steps" : "--max-seq-len or --depth");
  }
}
