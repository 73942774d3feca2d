package org.teenygrad.nanochat.training;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.teenygrad.Device;
import org.teenygrad.Mesh;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.distributed.World;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.models.report.LossPicture;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.train.Callback;
import org.teenygrad.train.CheckpointStore;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Step;
import org.teenygrad.train.TrainResult;
import org.teenygrad.train.TrainState;
import org.teenygrad.train.Trainer;

/// The training of a stage: a [Trainer] whose files are those of a [ModelFolder]. A stage says what its batches, loss, schedule and
/// evaluations are.
public final class StageTraining {
  /// What the validation set's metrics begin with.
  public static final String VALIDATION = "val";

  /// Bits for each byte of the text for validation, in evaluations.
  public static final String VAL_BPB = "val_bpb";

  private static final String VAL_LOSS = VALIDATION + "_loss";

  private static final String BPB = "bpb";

  /// What is trained.
  ///
  /// @param tokens of an iteration; 0 where they differ from one to the next
  public record Subject(ModelFolder folder, NanochatTokenizer tokenizer, StageSettings settings, Gpt model, Optimizer optimizer, long tokens) {}

  private final Subject subject;
  private final StageBatches batches;
  private final Trainer<Gpt> loop;
  private LossPicture picture;
  private boolean leads = true;
  private int ranks = 1;

  /// @param loss what is to fall
  public StageTraining(Subject subject, StageBatches batches, Trainer.Objective<Gpt> loss) {
    this.subject = subject;
    this.batches = batches;
    picture = LossPicture.from(subject.folder.log(), subject.folder.picture(), 0);
    loop = Trainer.of(subject.model, subject.optimizer, batches, loss)
        .precision(subject.settings.dtype(), subject.settings::computing)
        .keep(new Store(), subject.folder.log());
  }

  /// Cross-entropy of the next tokens, the loss of base training and of fine-tuning. The model with the fewest bits per byte is the best.
  public static StageTraining ofTokens(Subject subject, StageBatches batches) {
    StageTraining training = new StageTraining(subject, batches, (gpt, batch) -> gpt.loss(batch.inputs(), batch.targets()));
    withBitsPerByte(training.loop, subject.tokenizer).best(VAL_BPB);
    return training;
  }

  /// Has evaluations say bits per byte.
  public static Trainer<Gpt> withBitsPerByte(Trainer<Gpt> loop, NanochatTokenizer tokenizer) {
    BitsPerByte bpb = BitsPerByte.of(tokenizer);
    return loop.ratio(BPB, bpb::bits, (gpt, batch) -> bpb.bytes(batch));
  }

  /// What takes the steps, to say how long and to add evaluations.
  public Trainer<Gpt> loop() {
    return loop;
  }

  /// Shares each batch, the weights and the optimizer's states among ranks, all of which run this training; rank 0 alone writes files.
  /// @return this
  public StageTraining ranks(World world) {
    Mesh mesh = world.mesh("data");
    if (world.size() > 1) {
      subject.optimizer.shard(mesh);
    }
    loop.ranks(world, mesh);
    leads = world.rank() == 0;
    ranks = world.size();
    return this;
  }

  /// Goes on where a checkpoint left the training.
  /// @throws org.teenygrad.state.FileException if its tensors are others
  public void restore(StageCheckpoint saved) {
    saved.restore(subject.model, subject.optimizer, batches);
    loop.restore(saved.state());
  }

  /// The last checkpoint of a stage.
  /// @throws org.teenygrad.state.FileException if there is none, or it cannot be read
  /// @throws IllegalArgumentException if it is one of another stage, or of another tokenizer's model
  public static StageCheckpoint open(ModelFolder folder, NanochatTokenizer tokenizer) {
    return open(folder, folder.checkpoint(), tokenizer);
  }

  /// A checkpoint that was kept of an earlier iteration.
  /// @throws org.teenygrad.state.FileException if it cannot be read
  /// @throws IllegalArgumentException as [#open(ModelFolder, NanochatTokenizer)]; if none was kept of that iteration
  public static StageCheckpoint open(ModelFolder folder, long iteration, NanochatTokenizer tokenizer) {
    return open(folder, folder.requireCheckpoint(iteration), tokenizer);
  }

  private static StageCheckpoint open(ModelFolder folder, Path file, NanochatTokenizer tokenizer) {
    StageCheckpoint saved = StageCheckpoint.open(file);
    if (saved.stage() != folder.stage()) {
      throw new IllegalArgumentException(
          "the checkpoint in " + folder.path() + " is one of stage " + saved.stage() + ", not " + folder.stage());
    }
    int vocabSize = saved.config().vocabSize();
    if (vocabSize != tokenizer.vocabularySize()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "the checkpoint in %s was trained with a tokenizer of %d tokens, and this one has %d", folder.path(), vocabSize,
          tokenizer.vocabularySize()));
    }
    return saved;
  }

  /// Goes on to the last iteration, evaluating and saving on the way.
  ///
  /// @param title of the picture
  /// @param advice what to change in the settings for less memory, a clause
  /// @param stop asked after each batch; if true, what is done by then is saved, and the method returns
  /// @throws org.teenygrad.state.FileException if a file cannot be written; what was saved before is still there
  /// @throws IllegalStateException if the loss is no number any more
  /// @throws OutOfMemoryException if the device has no room for an evaluation or an iteration: said before anything of it runs
  public TrainResult train(String title, String advice, Callback progress, BooleanSupplier stop) {
    ModelFolder folder = subject.folder;
    if (leads) {
      folder.create();
    }
    if (leads && loop.iteration() == 0) {
      TokenizerFiles.write(subject.tokenizer, folder.tokenizerFile()); // a model is nothing without it
    }
    picture = LossPicture.from(folder.log(), folder.picture(), (int) loop.iteration());
    loop.callback(new Report(title)).callback(progress);
    TrainResult result;
    try {
      result = loop.train(stop);
    } catch (OutOfMemoryException e) {
      throw new OutOfMemoryException(e.getMessage() + ". " + advice);
    } finally {
      batches.close();
    }
    if (result.stopped() && leads) {
      picture.draw(title);
    }
    return result;
  }

  /// Draws the picture.
  private final class Report implements Callback {
    private final String title;

    Report(String title) {
      this.title = title;
    }

    @Override
    public void step(Step step) {
      picture.train((int) step.iteration(), step.loss());
    }

    @Override
    public void evaluated(Evaluation evaluation) {
      if (evaluation.metrics().containsKey(VAL_LOSS)) {
        picture.validation((int) evaluation.iteration(), evaluation.metric(VAL_LOSS));
      }
      picture.draw(title);
    }
  }

  /// What `config.json` says: the checkpoint's facts, and what speed is measured by.
  private Map<String, Object> forPeople(StageCheckpoint.Facts facts) {
    Map<String, Object> all = facts.toMap();
    Device device = subject.model.parameters().getFirst().device();
    all.put("device", device.name());
    all.put("machine", Devices.runtime(device).machine());
    all.put("ranks", ranks);
    if (subject.tokens > 0) {
      all.put("tokens_per_iteration", subject.tokens);
      all.put("flops_per_token", subject.model.config().flopsPerToken());
    }
    return all;
  }

  /// Keeps the files of a [ModelFolder].
  private final class Store implements CheckpointStore {
    @Override
    public Path checkpoint() {
      return subject.folder.checkpoint();
    }

    @Override
    public Runnable saving(TrainState state, boolean best) {
      ModelFolder folder = subject.folder;
      var facts = new StageCheckpoint.Facts(folder.stage(), subject.model.config(), subject.settings, state);
      Runnable weights = best ? facts.savingModel(folder.best(), subject.model) : () -> {};
      Runnable checkpoint = facts.saving(folder.checkpoint(), subject.model, subject.optimizer, batches.position());
      return () -> {
        weights.run(); // before the checkpoint that says how good it is
        checkpoint.run();
        new CheckpointHistory(folder).add(state.iteration(), subject.settings.keep());
        AtomicFiles.write(folder.config(), JsonText.indented(forPeople(facts)));
      };
    }
  }
}
