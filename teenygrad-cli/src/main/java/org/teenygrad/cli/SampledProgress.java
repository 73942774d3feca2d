package org.teenygrad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.models.nanogpt.Evaluation;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.Progress;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.nanogpt.Trainer;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.state.FileException;

/// Has the model write some text at each evaluation, and notes how much memory tensors take, for the view of trainings; tells another of all the rest. The training's random numbers stay as they are.
///
/// @param file where the texts go, a line of JSON each
record SampledProgress(Progress told, Trainer trainer, Path file) implements Progress {
  private static final int CHARACTERS = 160;

  /// Begins the file, unless a training goes on.
  SampledProgress {
    try {
      if (trainer.iteration() == 0) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  @Override
  public void iteration(int iteration, double loss, double millis) {
    told.iteration(iteration, loss, millis);
  }

  @Override
  public void evaluated(Evaluation evaluation) {
    told.evaluated(evaluation);
    StringBuilder text = new StringBuilder();
    RunFolder.Trained now = new RunFolder.Trained(trainer.model(), trainer.corpus().tokenizer(), evaluation.iteration());
    now.model().generate(now.encode(Speech.defaultPrompt(now)), CHARACTERS, Gpt.SAMPLING, token -> text.append(now.tokenizer().decode(token)));
    try {
      Files.writeString(file, JsonText.oneLine(Map.of("iteration", evaluation.iteration(), "text", text.toString(), "live_bytes", liveBytes())) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  private long liveBytes() {
    return Devices.runtime(trainer.model().wte().weight().device()).allocator().liveBytes();
  }

  @Override
  public void warned(String sentence) {
    told.warned(sentence);
  }

  @Override
  public void saved(Path saved, int iteration) {
    told.saved(saved, iteration);
  }
}
