package org.teenygrad.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.StageCheckpoint;
import org.teenygrad.nanochat.training.StageTraining;
import picocli.CommandLine.Option;

/// What the commands that train a stage of nanochat have in common.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StageOptions {
  @Option(names = "--out", paramLabel = "DIR", defaultValue = "out/nanochat", description = "Where the files of all stages are (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--init-from",
      paramLabel = "scratch|resume|auto",
      defaultValue = "scratch",
      description = "Begin this stage anew, or go on with its checkpoint in --out, and its settings; auto goes on where there is one.")
  private TrainNanoGpt.InitFrom initFrom;

  @Option(
      names = "--resume-from-step",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Go on with the checkpoint that --keep has kept of that iteration; -1 for none (default: ${DEFAULT-VALUE}).")
  private long resumeFromStep;

  @Option(names = "--json", description = "End with one line of JSON on stdout; all else goes to stderr.")
  private boolean json;

  ModelFolder folder(Stage stage) {
    return ModelFolder.of(out, stage);
  }

  boolean resumes() {
    return initFrom == TrainNanoGpt.InitFrom.RESUME || resumeFromStep >= 0;
  }

  /// As [#resumes()], or because there is a checkpoint.
  boolean resumes(ModelFolder folder) {
    return resumes() || initFrom == TrainNanoGpt.InitFrom.AUTO && folder.hasCheckpoint();
  }

  /// The checkpoint that is gone on with.
  StageCheckpoint saved(ModelFolder folder, NanochatTokenizer tokenizer) {
    return resumeFromStep < 0 ? StageTraining.open(folder, tokenizer) : StageTraining.open(folder, resumeFromStep, tokenizer);
  }

  boolean json() {
    return json;
  }

  /// Where what people read is written.
  PrintStream screen() {
    return json ? System.err : System.out;
  }

  /// Says what a training that begins anew takes the place of.
  void sayReplaced(ModelFolder folder) {
    if (!resumes(folder) && folder.hasCheckpoint()) {
      screen().println("the earlier training in " + Printable.of(folder.path()) + " will be replaced");
    }
  }
}
