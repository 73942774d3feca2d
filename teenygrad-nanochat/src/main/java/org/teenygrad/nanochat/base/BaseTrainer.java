package org.teenygrad.nanochat.base;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Tensor;
import org.teenygrad.data.Batch;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.models.report.LossPicture;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.nanochat.data.Split;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.packing.PackedBatches;
import org.teenygrad.nanochat.packing.PackingOptions;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.optim.SGD;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.train.Callback;
import org.teenygrad.train.CheckpointStore;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Step;
import org.teenygrad.train.TrainResult;
import org.teenygrad.train.TrainState;
import org.teenygrad.train.Trainer;

/// Trains a [Gpt] on documents as nanochat's base_train.py does: what [Trainer] needs to know for that.
///
/// ```java
/// var trainer = BaseTrainer.start(settings, List.of(Path.of("corpus")), tokenizer, new BaseFolder(Path.of("out")));
/// TrainResult result = trainer.train(callback, () -> false);
/// result.last().metric(BaseTrainer.VAL_BPB);
/// ```
/// It can stop and go on at any iteration without a trace in the losses. Each evaluation reads the same text.
public final class BaseTrainer {
  /// Bits for each byte of the text for validation, in evaluations.
  public static final String VAL_BPB = "val_bpb";

  private static final String VALIDATION = "val";
  private static final String BPB = "bpb";

  private final TrainingPlan plan;
  private final BaseFolder folder;
  private final NanochatTokenizer tokenizer;
  private final Gpt model;
  private final MuonAdamW optimizer;
  private final DocumentBatches batches;
  private final Trainer<Gpt> loop;
  private LossPicture picture;

  private BaseTrainer(BaseSettings settings, List<Path> data, NanochatTokenizer tokenizer, BaseFolder folder) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    plan = TrainingPlan.of(settings, tokenizer.vocabularySize());
    Tensor.manualSeed(settings.seed());
    model = model(plan);
    optimizer = MuonAdamW.of(plan, model);
    picture = LossPicture.from(folder.log(), folder.picture(), 0);
    PackingOptions packing = PackingOptions.of(settings.deviceBatchSize(), settings.maxSeqLen());
    batches = new DocumentBatches(() -> PackedBatches.ofDocuments(data, Split.TRAIN, tokenizer, packing));
    loop = Trainer.of(model, optimizer.both(), batches, (Gpt gpt, Batch batch) -> gpt.loss(batch.inputs(), batch.targets()))
        .iterations(plan.iterations())
        .schedule(optimizer::schedule)
        .accumulate(plan.accumulatedBatches())
        .every(settings.evalEvery())
        .keep(new Store(), folder.log());
    evaluating(loop, settings, tokenizer)
        .evaluate(VALIDATION, iteration -> some(data, Split.VALIDATION, tokenizer, packing, settings.evalTokens()));
  }

  /// A training at its beginning. Nothing is written before [#train].
  /// @param data files and folders of documents, as [org.teenygrad.nanochat.data.Documents#of]
  /// @throws IllegalArgumentException if settings do not fit each other
  public static BaseTrainer start(BaseSettings settings, List<Path> data, NanochatTokenizer tokenizer, BaseFolder folder) {
    return new BaseTrainer(settings, data, tokenizer, folder);
  }

  /// A training where its checkpoint left it.
  /// @param changes what to change in its settings
  /// @throws org.teenygrad.state.FileException if there is no checkpoint, or it cannot be read
  /// @throws IllegalArgumentException if the changed settings ask for a model of another shape or longer rows, or the tokenizer is
  ///     another one
  public static BaseTrainer resume(List<Path> data, NanochatTokenizer tokenizer, BaseFolder folder, UnaryOperator<BaseSettings> changes) {
    BaseCheckpoint.Content content = BaseCheckpoint.open(folder.checkpoint());
    BaseCheckpoint saved = content.facts();
    BaseSettings settings = changes.apply(saved.settings());
    requireSame(folder, saved.settings(), settings);
    if (saved.vocabSize() != tokenizer.vocabularySize()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "the checkpoint in %s was trained with a tokenizer of %d tokens, and this one has %d", folder.path(), saved.vocabSize(),
          tokenizer.vocabularySize()));
    }
    BaseTrainer trainer = new BaseTrainer(settings, data, tokenizer, folder);
    content.restore(trainer.model, trainer.optimizer, trainer.batches);
    trainer.loop.restore(saved.state());
    return trainer;
  }

  /// The shapes of the weights cannot change in the course of a training, nor those of the rows that were packed.
  private static void requireSame(BaseFolder folder, BaseSettings saved, BaseSettings wanted) {
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

  /// A model that has learned nothing.
  static Gpt model(TrainingPlan plan) {
    BaseSettings settings = plan.settings();
    return Gpt.of(plan.config(), settings.embeddingMasters() ? DType.FLOAT32 : settings.dtype().dtype());
  }

  private static Trainer<Gpt> evaluating(Trainer<Gpt> loop, BaseSettings settings, NanochatTokenizer tokenizer) {
    BitsPerByte bpb = BitsPerByte.of(tokenizer);
    return loop
        .precision(settings.dtype(), gpt -> gpt.in(settings.dtype().dtype()))
        .ratio(BPB, bpb::bits, (gpt, batch) -> bpb.bytes(batch));
  }

  /// Bits per byte, and losses, of both parts of a corpus.
  ///
  /// @param tokens how many of each part are read
  /// @return metrics `train_bpb`, `val_bpb`, `train_loss` and `val_loss`
  /// @throws IllegalArgumentException if the tokenizer is not the model's
  public static Evaluation evaluate(BaseCheckpoint.Trained trained, List<Path> data, NanochatTokenizer tokenizer, int batchSize, long tokens) {
    Gpt model = trained.model();
    if (model.config().vocabSize() != tokenizer.vocabularySize()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "the model was trained with a tokenizer of %d tokens, and this one has %d",
          model.config().vocabSize(), tokenizer.vocabularySize()));
    }
    PackingOptions packing = PackingOptions.of(batchSize, model.config().sequenceLen());
    DocumentBatches none = new DocumentBatches(() -> {
      throw new NoSuchElementException("nothing is trained");
    });
    Trainer<Gpt> loop = Trainer.of(model, new SGD(Map.of(), 0), none, (Gpt gpt, Batch batch) -> gpt.loss(batch.inputs(), batch.targets()));
    evaluating(loop, trained.settings(), tokenizer)
        .evaluate("train", iteration -> some(data, Split.TRAIN, tokenizer, packing, tokens))
        .evaluate(VALIDATION, iteration -> some(data, Split.VALIDATION, tokenizer, packing, tokens));
    return Objects.requireNonNull(loop.evaluate(() -> false));
  }

  /// The first batches of a part, as many as have so many tokens, and at least one.
  private static Iterator<Batch> some(List<Path> data, Split split, NanochatTokenizer tokenizer, PackingOptions packing, long tokens) {
    PackedBatches packed = PackedBatches.ofDocuments(data, split, tokenizer, packing);
    long count = Math.max(1, tokens / ((long) packing.batchSize() * packing.sequenceLength()));
    return new Iterator<>() {
      private long left = count;

      @Override
      public boolean hasNext() {
        return left > 0;
      }

      @Override
      public Batch next() {
        Batch batch = packed.next();
        if (--left == 0) {
          packed.close();
        }
        return batch;
      }
    };
  }

  public TrainingPlan plan() {
    return plan;
  }

  public Gpt model() {
    return model;
  }

  /// How many iterations are done.
  public long iteration() {
    return loop.iteration();
  }

  /// Goes on to the last iteration, evaluating and saving on the way.
  ///
  /// @param stop asked after each batch; if true, what is done by then is saved, and the method returns
  /// @throws org.teenygrad.state.FileException if a file cannot be written; what was saved before is still there
  /// @throws IllegalStateException if the loss is no number any more
  /// @throws OutOfMemoryException if the device has no room for an evaluation or an iteration: said before anything of it runs
  public TrainResult train(Callback progress, BooleanSupplier stop) {
    folder.create();
    if (iteration() == 0) {
      TokenizerFiles.write(tokenizer, folder.tokenizerFile()); // a model is nothing without it
    }
    picture = LossPicture.from(folder.log(), folder.picture(), (int) iteration());
    loop.callback(new Report()).callback(progress);
    TrainResult result;
    try {
      result = loop.train(stop);
    } catch (OutOfMemoryException e) {
      throw new OutOfMemoryException(e.getMessage() + advice());
    } finally {
      batches.close();
    }
    if (result.stopped()) {
      picture.draw(title());
    }
    return result;
  }

  /// What to change in the settings for less memory.
  private String advice() {
    int batch = plan.settings().deviceBatchSize();
    return String.format(Locale.ROOT, ". Here device_batch_size is %d, max_seq_len %d and dtype %s; less is needed by a lower %s", batch,
        plan.settings().maxSeqLen(), plan.settings().dtype(), batch > 1 ? "--device-batch-size, which takes the same steps" : "--max-seq-len or --depth");
  }

  private String title() {
    return String.format(Locale.ROOT, "nanochat d%d, %d parameters", plan.settings().depth(), plan.config().parameterCounts().total());
  }

  /// Draws the picture.
  private final class Report implements Callback {
    @Override
    public void step(Step step) {
      picture.train((int) step.iteration(), step.loss());
    }

    @Override
    public void evaluated(Evaluation evaluation) {
      picture.validation((int) evaluation.iteration(), evaluation.metric(VALIDATION + "_loss"));
      picture.draw(title());
    }
  }

  /// Keeps the files of a [BaseFolder].
  private final class Store implements CheckpointStore {
    @Override
    public Path checkpoint() {
      return folder.checkpoint();
    }

    @Override
    public Runnable saving(TrainState state, boolean best) {
      BaseCheckpoint facts = new BaseCheckpoint(plan.settings(), tokenizer.vocabularySize(), state);
      Runnable weights = best ? facts.savingModel(folder.best(), model) : () -> {};
      Runnable checkpoint = facts.saving(folder.checkpoint(), model, optimizer, batches.position());
      return () -> {
        weights.run(); // before the checkpoint that says how good it is
        checkpoint.run();
        AtomicFiles.write(folder.config(), JsonText.indented(facts.facts()));
      };
    }
  }
}
