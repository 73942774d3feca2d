package org.teenygrad.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.huggingface.ModelExport;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import picocli.CommandLine.Option;

/// Which model of nanochat a command is about.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ModelOptions {
  @Option(
      names = {"-i", "--source"},
      paramLabel = "base|sft|rl",
      description = "The stage of the model; by default the last that there is.")
  private @Nullable Stage source;

  @Option(
      names = {"-s", "--step"},
      paramLabel = "N",
      defaultValue = "-1",
      description = "The iteration of a checkpoint that --keep has kept; by default the best model of the stage.")
  private long step;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "The --out folder of the trainings (default: ${DEFAULT-VALUE}).")
  private Path out;

  Path out() {
    return out;
  }

  /// Where the stage's files are.
  ModelFolder folder() {
    return folder(out, source);
  }

  /// Where the files of a stage, or of the last that there is, are below a folder.
  static ModelFolder folder(Path out, @Nullable Stage source) {
    return ModelFolder.of(out, source != null ? source : Arrays.stream(Stage.values())
        .filter(stage -> ModelFolder.of(out, stage).hasCheckpoint()).max(Comparator.naturalOrder()).orElse(Stage.BASE));
  }

  /// The model as it was trained.
  TrainedModel trained() {
    return step < 0 ? folder().model() : folder().model(step);
  }

  /// What is read of a folder that `export --to hf` has written, in place of all those above.
  static final class Exported {
    @Option(names = "--from", paramLabel = "DIR", description = "A folder that export --to hf has written, in place of --out.")
    private @Nullable Path from;

    TrainedModel trained(ModelOptions options) {
      return from == null ? options.trained() : ModelExport.read(from);
    }

    NanochatTokenizer tokenizer(ModelOptions options) {
      return from == null ? options.folder().tokenizer() : ModelExport.tokenizer(from);
    }

    /// What the model is called on the screen.
    String name(ModelOptions options) {
      return from == null ? options.folder().stage() + " of " + options.out() : from.toString();
    }

    /// Where the answers to an evaluation's questions are written.
    Path evaluation(ModelOptions options) {
      return from == null ? options.folder().evaluation() : from.resolve("evaluation.csv");
    }
  }
}
