package org.teenygrad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.BiConsumer;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.models.nanogpt.Evaluation;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.state.FileException;

/// Has a model write some text at each evaluation, and notes how much memory tensors take, for the view of trainings. The training's random numbers stay as they are.
final class ModelTexts implements BiConsumer<Gpt, Evaluation> {
  private static final int CHARACTERS = 160;

  private final CharTokenizer tokenizer;
  private final Path file;
  private boolean isNew;

  /// @param file where the texts go, a line of JSON each
  /// @param isNew whether the training is at its beginning, so that its first text replaces those of an earlier one
  ModelTexts(CharTokenizer tokenizer, Path file, boolean isNew) {
    this.tokenizer = tokenizer;
    this.file = file;
    this.isNew = isNew;
  }

  /// @throws FileException if the file cannot be written
  @Override
  public void accept(Gpt model, Evaluation evaluation) {
    StringBuilder text = new StringBuilder();
    RunFolder.Trained now = new RunFolder.Trained(model, tokenizer, evaluation.iteration());
    now.model().generate(now.encode(Speech.defaultPrompt(now)), CHARACTERS, Gpt.SAMPLING, token -> text.append(tokenizer.decode(token)));
    long liveBytes = Devices.runtime(model.wte().weight().device()).allocator().liveBytes();
    try {
      String line = JsonText.oneLine(Map.of("iteration", evaluation.iteration(), "text", text.toString(), "live_bytes", liveBytes));
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, isNew ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND, StandardOpenOption.WRITE);
      isNew = false;
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }
}
