package org.teenygrad.nanochat.sft;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.packing.PackedBatches;
import org.teenygrad.nanochat.packing.PackingOptions;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.MuonAdamW;
import org.teenygrad.nanochat.training.PackedSource;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageCheckpoint;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.TrainResult;

/// Fine-tunes a base model on conversations as nanochat's chat_sft.py does: rows of whole conversations, the loss over what the assistant
/// says, all weights, with the momentum of base training.
///
/// It can stop and go on at any iteration without a trace in the losses. Each evaluation reads the same conversations.
public final class SftTrainer {
  private final SftSettings settings;
  private final long iterations;
  private final Gpt model;
  private final MuonAdamW optimizer;
  private final StageTraining training;

  private SftTrainer(SftSettings settings, Gpt model, SftTasks tasks, NanochatTokenizer tokenizer, ModelFolder folder) {
    this.settings = settings;
    this.model = model;
    if (settings.maxSeqLen() > model.maxPositions()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "max_seq_len is %d, but the model has %d positions", settings.maxSeqLen(),
          model.maxPositions()));
    }
    PackingOptions packing =
        PackingOptions.of(settings.deviceBatchSize(), settings.maxSeqLen()).withBufferSize(PackingOptions.CONVERSATION_BUFFER_SIZE);
    iterations = settings.numIterations() > 0
        ? settings.numIterations()
        : Math.ceilDiv(PackedBatches.batchesOfAnEpoch(tasks.train(), tokenizer, packing), settings.accumulatedBatches());
    SftSchedule schedule = new SftSchedule(settings, iterations);
    Tensor.manualSeed(settings.seed());
    optimizer = MuonAdamW.of(model, settings.rates(), 0, settings.dtype().dtype());
    training = StageTraining.ofTokens(
        new StageTraining.Subject(folder, tokenizer, settings, model, optimizer.both(), settings.totalBatchSize()),
        new PackedSource(() -> PackedBatches.ofConversations(tasks.train(), tokenizer, packing)));
    training.loop()
        .iterations(iterations)
        .schedule(at -> optimizer.schedule(schedule.learningRateFactor(at), schedule.momentum(at), 0))
        .accumulate(settings.accumulatedBatches())
        .every(settings.evalEvery())
        .evaluate(StageTraining.VALIDATION,
            at -> PackedBatches.ofConversations(tasks.validation(), tokenizer, packing).firstTokens(settings.evalTokens()));
    ChatCore chatCore = new ChatCore(tasks.asked(), settings, tokenizer);
    if (chatCore.isWanted()) {
      training.loop().measure(ChatCore.NAMES, () -> chatCore.of(new TrainedModel(model, Stage.SFT, settings.dtype(), 0).computing(), isAsked(iteration())));
    }
  }

  /// Questions are for a model that has learned something.
  private boolean isAsked(long iteration) {
    return iteration == iterations || iteration > 0 && iteration % settings.chatcoreEvery() == 0;
  }

  /// The base model that a folder has: what fine-tuning begins with, and inherits settings from.
  /// @throws org.teenygrad.state.FileException if there is none, or it cannot be read
  /// @throws IllegalArgumentException if the tokenizer is another one
  public static StageCheckpoint base(ModelFolder folder, NanochatTokenizer tokenizer) {
    return StageTraining.open(folder.at(Stage.BASE), tokenizer);
  }

  /// A training at its beginning: with the last weights of the base model. Nothing is written before [#train].
  /// @param folder that of the stage [Stage#SFT]
  /// @throws IllegalArgumentException if settings do not fit each other or the model
  public static SftTrainer start(SftSettings settings, SftTasks tasks, NanochatTokenizer tokenizer, ModelFolder folder) {
    return start(settings, tasks, base(folder, tokenizer), tokenizer, folder);
  }

  /// The same from a checkpoint of the base model, which may be an earlier one: see [StageTraining#open(ModelFolder, long,
  /// NanochatTokenizer)].
  /// @throws IllegalArgumentException if settings do not fit each other or the model
  public static SftTrainer start(SftSettings settings, SftTasks tasks, StageCheckpoint base, NanochatTokenizer tokenizer, ModelFolder folder) {
    SftTrainer trainer = new SftTrainer(settings, base.trained().model(), tasks, tokenizer, folder);
    if (settings.loadOptimizer()) {
      base.restore(trainer.optimizer.both());
    }
    return trainer;
  }

  /// A training where a checkpoint left it.
  /// @param saved of that folder and tokenizer, see [StageTraining#open]
  /// @param changes what to change in its settings
  /// @throws org.teenygrad.state.FileException if the checkpoint is malformed
  /// @throws IllegalArgumentException if rows of another length or other conversations are asked for
  public static SftTrainer resume(
      StageCheckpoint saved, UnaryOperator<SftSettings> changes, Function<SftSettings, SftTasks> tasks, NanochatTokenizer tokenizer,
      ModelFolder folder) {
    SftSettings settings = changes.apply(saved.settings(SftSettings.DEFAULT));
    SftTrainer trainer = new SftTrainer(settings, saved.trained().model(), tasks.apply(settings), tokenizer, folder);
    trainer.training.restore(saved);
    return trainer;
  }

  public SftSettings settings() {
    return settings;
  }

  /// Has somebody get the model at each evaluation, see [org.teenygrad.train.Trainer#show].
  /// @return this
  public SftTrainer show(BiConsumer<? super Gpt, Evaluation> viewer) {
    training.loop().show(viewer);
    return this;
  }

  public Gpt model() {
    return model;
  }

  /// How many iterations there are in all.
  public long iterations() {
    return iterations;
  }

  /// How many iterations are done.
  public long iteration() {
    return training.loop().iteration();
  }

  /// Goes on to the last iteration, evaluating and saving on the way; see [StageTraining#train].
  public TrainResult train(Callback progress, BooleanSupplier stop) {
    String title = String.format(Locale.ROOT, "nanochat d%d, fine-tuned", model.config().nLayer());
    String advice = String.format(Locale.ROOT, "Here device_batch_size is %d, max_seq_len %d and dtype %s; less is needed by a lower %s",
        settings.deviceBatchSize(), settings.maxSeqLen(), settings.dtype(),
        settings.deviceBatchSize() > 1 ? "--device-batch-size, which takes the same steps" : "--max-seq-len");
    return training.train(title, advice, progress, stop);
  }
}
