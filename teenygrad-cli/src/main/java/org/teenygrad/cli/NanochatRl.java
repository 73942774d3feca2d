package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import org.teenygrad.nanochat.rl.RlSettings;
import org.teenygrad.nanochat.rl.RlTrainer;
import org.teenygrad.nanochat.tasks.Gsm8k;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat rl`: from a model that answers to one that answers rightly.
@Command(
    name = "rl",
    description = {
      "Reinforces the fine-tuned model in --out on problems as GSM8K has them; the result goes to its folder rl.",
      "Without data, on sums about a small world that come with the program. Ctrl-C saves, and --init-from resume goes on."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatRl implements Callable<Integer> {
  @Option(names = "--gsm8k", paramLabel = "DIR", description = "A folder with train.jsonl and test.jsonl: question and answer.")
  private @Nullable Path gsm8k;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "The --out folder of sft (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--init-from",
      paramLabel = "scratch|resume",
      defaultValue = "scratch",
      description = "Begin with the fine-tuned model, or go on with the checkpoint in --out's folder rl and its settings.")
  private TrainNanoGpt.InitFrom initFrom;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintStream screen = json ? System.err : System.out;
    ModelFolder folder = ModelFolder.of(out, Stage.RL);
    NanochatTokenizer tokenizer = folder.tokenizer();
    Device device = deviceOptions.choose();
    screen.println("device: " + device);
    RlTrainer trainer = trainer(tokenizer, folder);
    RlSettings settings = trainer.settings();
    screen.printf(Locale.ROOT, "training: iterations %d to %,d, %d answers to each of %d problems%n", trainer.iteration(), trainer.iterations(),
        settings.numSamples(), settings.examplesPerStep());
    if (initFrom == TrainNanoGpt.InitFrom.SCRATCH && folder.hasCheckpoint()) {
      screen.println("the earlier training in " + Printable.of(folder.path()) + " will be replaced");
    }
    long answers = (long) settings.numSamples() * settings.examplesPerStep();
    return new StageRun(screen, (Main) spec.root().userObject(), folder, device, json).train(
        (progress, stop) -> trainer.train(progress, (iteration, reward, length) -> {
          if (iteration % settings.logEvery() == 0) {
            screen.printf(Locale.ROOT, "iteration %d: mean reward %.3f of %d answers, %.0f tokens long%n", iteration, reward, answers, length);
          }
        }, stop),
        trainer.model().config(), new ProgressPrinter.Run(trainer.iteration(), trainer.iterations(), answers, Integer.MAX_VALUE));
  }

  private RlTrainer trainer(NanochatTokenizer tokenizer, ModelFolder folder) {
    Path problems = gsm8k == null ? EmbeddedCorpus.write(out.resolve("data")).folder().resolve("problems") : gsm8k;
    Gsm8k train = Gsm8k.read(problems.resolve("train.jsonl"));
    Gsm8k test = Gsm8k.read(problems.resolve("test.jsonl"));
    Map<String, Object> given = SettingOptions.given(spec, RlSettings.class);
    if (initFrom == TrainNanoGpt.InitFrom.RESUME) {
      return RlTrainer.resume(saved -> saved.with(given), train, test, tokenizer, folder);
    }
    Map<String, Object> changes = new LinkedHashMap<>(gsm8k == null ? RlSettings.EMBEDDED : Map.of());
    changes.putAll(given);
    UnaryOperator<RlSettings> settings = inherited -> inherited.with(changes);
    return RlTrainer.start(settings, train, test, tokenizer, folder);
  }
}
