package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.base.BaseSettings;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.base.TrainingPlan;
import org.teenygrad.nanochat.model.ParameterCounts;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Step;
import org.teenygrad.train.TrainResult;
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
    return train(screen, trainer, device);
  }

  private int train(PrintStream screen, BaseTrainer trainer, Device device) {
    Main main = (Main) spec.root().userObject();
    TrainingPlan plan = trainer.plan();
    ProgressPrinter printer = new ProgressPrinter(
        screen, new ProgressPrinter.Run(trainer.iteration(), plan.iterations(), plan.totalBatchSize(), plan.settings().logEvery()));
    TrainResult result;
    try (Interrupt.Listening _ = main.interrupt().listen(printer::stopping)) {
      result = trainer.train(new Progress(printer), main.interrupt()::isRequested);
    } catch (OutOfMemoryError e) {
      throw new Failures.HeapExhausted(e);
    } finally {
      printer.end();
    }
    if (result.stopped()) {
      screen.println(printer.lastSaved() == null
          ? "stopped; nothing new to save"
          : String.format(Locale.ROOT, "stopped after iteration %d and saved %s: go on with --out %s --init-from resume", result.iterations(),
              printer.lastSaved(), Printable.of(out)));
      return main.interrupt().status();
    }
    screen.printf(Locale.ROOT, "%d iterations in %.1f s. Files in %s: model.safetensors, checkpoint.safetensors, config.json, log.csv, loss.svg%n",
        result.iterations(), result.seconds(), Printable.of(out));
    if (json) {
      System.out.println(JsonText.oneLine(facts(result, plan, device)));
    }
    return 0;
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

  private static Map<String, @Nullable Object> facts(TrainResult result, TrainingPlan plan, Device device) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    Evaluation last = result.last();
    facts.put("finalValBpb", last == null ? null : last.metric(StageTraining.VAL_BPB));
    facts.put("finalValLoss", last == null ? null : last.metric("val_loss"));
    facts.put("bestValLoss", result.bestLoss());
    facts.put("iterations", result.iterations());
    facts.put("seconds", result.seconds());
    facts.put("msPerStep", result.msPerStep());
    facts.put("tokensPerSecond", plan.totalBatchSize() * 1000 / result.msPerStep());
    facts.put("flopsPerSecond", plan.config().flopsPerToken() * plan.totalBatchSize() * 1000 / result.msPerStep());
    facts.put("kernelsPerStep", result.kernelsPerStep().isPresent() ? result.kernelsPerStep().getAsLong() : null);
    facts.put("device", device.name());
    facts.put("parameters", plan.config().parameterCounts().total());
    return facts;
  }

  /// Tells a printer.
  private record Progress(ProgressPrinter printer) implements Callback {
    @Override
    public void step(Step step) {
      printer.iteration((int) step.iteration() + 1, step.loss(), step.millis());
    }

    @Override
    public void evaluated(Evaluation evaluation) {
      printer.evaluated(String.format(Locale.ROOT, "iteration %d: val loss %.4f, %.4f bits per byte", evaluation.iteration(),
          evaluation.metric("val_loss"), evaluation.metric(StageTraining.VAL_BPB)));
    }

    @Override
    public void warned(String sentence) {
      printer.warned(sentence);
    }

    @Override
    public void saved(Path file, long iteration) {
      printer.saved(file, (int) iteration);
    }
  }
}
