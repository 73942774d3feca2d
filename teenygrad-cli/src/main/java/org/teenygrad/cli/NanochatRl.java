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
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import org.teenygrad.nanochat.evaluation.WrittenSamples;
import org.teenygrad.nanochat.rl.RlSettings;
import org.teenygrad.nanochat.rl.RlTrainer;
import org.teenygrad.nanochat.tasks.Gsm8k;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.web.ProgramView;
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

  @Option(
      names = "--model-step",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Begin with the checkpoint that sft's --keep has kept of that iteration; -1 for the best model (default: ${DEFAULT-VALUE}).")
  private long modelStep;

  @Mixin private StageOptions options;
  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintStream screen = options.screen();
    ModelFolder folder = options.folder(Stage.RL);
    NanochatTokenizer tokenizer = folder.tokenizer();
    ProgramView.trainsIn(folder.path());
    Device device = deviceOptions.choose();
    screen.println("device: " + device);
    RlTrainer trainer = trainer(tokenizer, folder);
    RlSettings settings = trainer.settings();
    screen.printf(Locale.ROOT, "training: iterations %d to %,d, %d answers to each of %d problems%n", trainer.iteration(), trainer.iterations(),
        settings.numSamples(), settings.examplesPerStep());
    options.sayReplaced(folder);
    trainer.show(WrittenSamples.of(folder, tokenizer, settings.dtype(), trainer.iteration() == 0));
    long answers = (long) settings.numSamples() * settings.examplesPerStep();
    return new StageRun(screen, (Main) spec.root().userObject(), folder, device, options.json()).train(
        (progress, stop) -> trainer.train(progress, (iteration, reward, length) -> {
          if (iteration % settings.logEvery() == 0) {
            screen.printf(Locale.ROOT, "iteration %d: mean reward %.3f of %d answers, %.0f tokens long%n", iteration, reward, answers, length);
          }
        }, stop),
        trainer.model().config(), new ProgressPrinter.Run(trainer.iteration(), trainer.iterations(), answers, Integer.MAX_VALUE));
  }

  private RlTrainer trainer(NanochatTokenizer tokenizer, ModelFolder folder) {
    Path problems = gsm8k == null ? EmbeddedCorpus.write(folder.out().resolve("data")).folder().resolve("problems") : gsm8k;
    Gsm8k train = Gsm8k.read(problems.resolve("train.jsonl"));
    Gsm8k test = Gsm8k.read(problems.resolve("test.jsonl"));
    Map<String, Object> given = SettingOptions.given(spec, RlSettings.class);
    if (options.resumes(folder)) {
      return RlTrainer.resume(options.saved(folder, tokenizer), saved -> saved.with(given), train, test, tokenizer, folder);
    }
    Map<String, Object> changes = new LinkedHashMap<>(gsm8k == null ? RlSettings.EMBEDDED : Map.of());
    changes.putAll(given);
    UnaryOperator<RlSettings> settings = inherited -> inherited.with(changes);
    ModelFolder tuned = folder.at(Stage.SFT);
    return RlTrainer.start(modelStep < 0 ? tuned.model() : tuned.model(modelStep), settings, train, test, tokenizer, folder);
  }
}
