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
import org.teenygrad.nanochat.corpus.EmbeddedCorpus;
import org.teenygrad.nanochat.evaluation.WrittenSamples;
import org.teenygrad.nanochat.sft.ChatData;
import org.teenygrad.nanochat.sft.SftSettings;
import org.teenygrad.nanochat.sft.SftTrainer;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageCheckpoint;
import org.teenygrad.nanochat.training.StageTraining;
import org.teenygrad.web.ProgramView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad nanochat sft`: from a base model to one that answers.
@Command(
    name = "sft",
    description = {
      "Fine-tunes the base model in --out on conversations; the result goes to its folder sft.",
      "Without data, on conversations about a small world that come with the program. Ctrl-C saves, and --init-from resume goes on."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatSft implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "FILE",
      arity = "1..*",
      description = "Conversations, {\"messages\": [...]} a line; a file that is named twice is there twice.")
  private List<Path> data = List.of();

  @Option(names = "--val-data", paramLabel = "FILE", arity = "1..*", description = "Conversations to judge by; by default each tenth of --data.")
  private List<Path> valData = List.of();

  @Option(names = "--gsm8k", paramLabel = "DIR", description = "A folder with train.jsonl and test.jsonl: question and answer.")
  private @Nullable Path gsm8k;

  @Option(names = "--mmlu", paramLabel = "DIR", description = "A folder with train.jsonl and test.jsonl: multiple choice as MMLU or ARC has it.")
  private @Nullable Path mmlu;

  @Option(names = "--words", paramLabel = "FILE", description = "Words to spell, one a line.")
  private @Nullable Path words;

  @Option(
      names = "--model-step",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Begin with the checkpoint that base-train's --keep has kept of that iteration; -1 for the last (default: ${DEFAULT-VALUE}).")
  private long modelStep;

  @Mixin private StageOptions options;
  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintStream screen = options.screen();
    ModelFolder folder = options.folder(Stage.SFT);
    NanochatTokenizer tokenizer = folder.tokenizer();
    ProgramView.trainsIn(folder.path());
    Device device = deviceOptions.choose();
    screen.println("device: " + device);
    SftTrainer trainer = options.resumes(folder)
        ? SftTrainer.resume(
            options.saved(folder, tokenizer), saved -> saved.with(given()), settings -> chatData(folder).tasks(settings), tokenizer, folder)
        : start(tokenizer, folder);
    SftSettings settings = trainer.settings();
    screen.printf(Locale.ROOT, "training: iterations %d to %,d, %,d tokens each (%d x %d x %d)%n", trainer.iteration(), trainer.iterations(),
        settings.totalBatchSize(), settings.accumulatedBatches(), settings.deviceBatchSize(), settings.maxSeqLen());
    options.sayReplaced(folder);
    trainer.show(WrittenSamples.of(folder, tokenizer, settings.dtype(), trainer.iteration() == 0));
    return new StageRun(screen, (Main) spec.root().userObject(), folder, device, options.json()).train(
        trainer::train, trainer.model().config(),
        new ProgressPrinter.Run(trainer.iteration(), trainer.iterations(), settings.totalBatchSize(), settings.logEvery()));
  }

  private SftTrainer start(NanochatTokenizer tokenizer, ModelFolder folder) {
    Map<String, Object> changes = new LinkedHashMap<>(isEmbedded() ? SftSettings.EMBEDDED : Map.of());
    changes.putAll(given());
    StageCheckpoint base = modelStep < 0 ? SftTrainer.base(folder, tokenizer) : StageTraining.open(folder.at(Stage.BASE), modelStep, tokenizer);
    SftSettings settings = SftSettings.inheriting(base).with(changes);
    return SftTrainer.start(settings, chatData(folder).tasks(settings), base, tokenizer, folder);
  }

  private Map<String, Object> given() {
    return SettingOptions.given(spec, SftSettings.class);
  }

  private boolean isEmbedded() {
    return data.isEmpty() && valData.isEmpty() && gsm8k == null && mmlu == null && words == null;
  }

  private ChatData chatData(ModelFolder folder) {
    return isEmbedded() ? ChatData.of(EmbeddedCorpus.write(folder.out().resolve("data"))) : new ChatData(data, valData, gsm8k, mmlu, words);
  }
}
