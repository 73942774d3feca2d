package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.base.TrainingPlan;
import org.teenygrad.nanochat.model.ParameterCounts;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat base-train`: from documents to a model that continues them.
@Command(
    name = "base-train",
    description = {
      "Trains a model on documents; all of it follows from --depth.",
      "On a CPU: --depth 4 --max-seq-len 512 --device-batch-size 1 --total-batch-size 512 --num-iterations 20 --eval-tokens 512",
      "Ctrl-C saves, and --init-from resume goes on."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatBaseTrain implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "PATH",
      arity = "1..*",
      required = true,
      description = "Files, or folders of them, as tok-train's. The last file, or each tenth document of a single one, is for validation.")
  private List<Path> data;

  @Option(names = "--tokenizer", paramLabel = "FILE", description = "By default tokenizer.json in --out, where tok-train has written it.")
  private @Nullable Path tokenizer;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--init-from",
      paramLabel = "scratch|resume",
      defaultValue = "scratch",
      description = "Begin anew, or go on with the checkpoint in --out and its settings.")
  private TrainNanoGpt.InitFrom initFrom;

  @Option(names = "--plan", description = "Only say what would be trained, and for how long.")
  private boolean planOnly;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintStream screen = json ? System.err : System.out;
    Map<String, Object> given = SettingOptions.given(spec, BaseSettings.class);
    ModelFolder folder = ModelFolder.of(out, Stage.BASE);
    NanochatTokenizer tokens = tokenizer == null ? folder.tokenizer() : TokenizerFiles.read(tokenizer);
    if (planOnly) {
      describe(screen, TrainingPlan.of(BaseSettings.DEFAULT.with(given), tokens.vocabularySize()), 0);
      return 0;
    }
    if (initFrom == TrainNanoGpt.InitFrom.SCRATCH) {
      TrainingPlan.of(BaseSettings.DEFAULT.with(given), tokens.vocabularySize()); // wrong settings are told before anything else happens
    }
    Device device = deviceOptions.choose();
    screen.println("device: " + device);
    BaseTrainer trainer = initFrom == TrainNanoGpt.InitFrom.SCRATCH
        ? BaseTrainer.start(BaseSettings.DEFAULT.with(given), data, tokens, folder)
        : BaseTrainer.resume(data, tokens, folder, saved -> saved.with(given));
    describe(screen, trainer.plan(), trainer.iteration());
    if (initFrom == TrainNanoGpt.InitFrom.SCRATCH && folder.hasCheckpoint()) {
      screen.println("the earlier training in " + Printable.of(out) + " will be replaced");
    }
    TrainingPlan plan = trainer.plan();
    return new StageRun(screen, (Main) spec.root().userObject(), folder, device, json).train(
        trainer::train, plan.config(),
        new ProgressPrinter.Run(trainer.iteration(), plan.iterations(), plan.totalBatchSize(), plan.settings().logEvery()));
  }

  private static void describe(PrintStream screen, TrainingPlan plan, long done) {
    ParameterCounts counts = plan.config().parameterCounts();
    screen.printf(Locale.ROOT, "model: %d blocks of %d, %d heads, context %d, %,d tokens in the vocabulary%n", plan.config().nLayer(),
        plan.config().nEmbd(), plan.config().nHead(), plan.config().sequenceLen(), plan.config().vocabSize());
    screen.printf(Locale.ROOT, "parameters: %,d; token embeddings %,d, value embeddings %,d, blocks %,d, head %,d%n", counts.total(), counts.wte(),
        counts.valueEmbeds(), counts.transformerMatrices(), counts.lmHead());
    screen.printf(Locale.ROOT, "training: iterations %d to %,d, %,d tokens each (%d x %d x %d), %,d in all; %.3g FLOPs a token, %.3g in all%n", done,
        plan.iterations(), plan.totalBatchSize(), plan.accumulatedBatches(), plan.settings().deviceBatchSize(), plan.settings().maxSeqLen(),
        plan.iterations() * plan.totalBatchSize(), (double) plan.config().flopsPerToken(), plan.flops());
    screen.printf(Locale.ROOT, "learning rates times %.4f for the batch, weight decay %.4f%n", plan.learningRateScale(), plan.weightDecay());
  }
}
