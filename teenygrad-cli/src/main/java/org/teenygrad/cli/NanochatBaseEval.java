package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.base.BaseTrainer;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.train.Evaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `teenygrad nanochat base-eval`: how many bits a base model needs for each byte of a text.
@Command(
    name = "base-eval",
    description = "Says how many bits per byte the model with the lowest validation loss needs for both parts of a corpus.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NanochatBaseEval implements Callable<Integer> {
  @Option(names = "--data", paramLabel = "PATH", arity = "1..*", required = true, description = "Files, or folders of them, as base-train's.")
  private List<Path> data;

  @Option(names = "--from", paramLabel = "DIR", defaultValue = "out/nanochat", description = "The --out folder of base-train (default: ${DEFAULT-VALUE}).")
  private Path from;

  @Option(names = "--tokenizer", paramLabel = "FILE", description = "By default tokenizer.json in --from.")
  private @Nullable Path tokenizer;

  @Option(names = "--device-batch-size", paramLabel = "N", defaultValue = "32", description = "Sequences in a batch (default: ${DEFAULT-VALUE}).")
  private int deviceBatchSize;

  @Option(names = "--split-tokens", paramLabel = "N", defaultValue = "20971520", description = "Tokens of each part (default: ${DEFAULT-VALUE}).")
  private long splitTokens;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  @Mixin private DeviceOptions deviceOptions;

  @Override
  public Integer call() {
    PrintStream screen = json ? System.err : System.out;
    screen.println("device: " + deviceOptions.choose());
    ModelFolder folder = ModelFolder.of(from, Stage.BASE);
    TrainedModel trained = folder.model();
    Evaluation evaluation = BaseTrainer.evaluate(
        trained, data, tokenizer == null ? folder.tokenizer() : TokenizerFiles.read(tokenizer), deviceBatchSize, splitTokens);
    screen.printf(Locale.ROOT, "model of iteration %d: train %.4f bits per byte (loss %.4f), validation %.4f (loss %.4f)%n", trained.iteration(),
        evaluation.metric("train_bpb"), evaluation.metric("train_loss"), evaluation.metric("val_bpb"), evaluation.metric("val_loss"));
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("iteration", trained.iteration());
      evaluation.metrics().forEach(facts::put);
      System.out.println(JsonText.oneLine(facts));
    }
    return 0;
  }
}
