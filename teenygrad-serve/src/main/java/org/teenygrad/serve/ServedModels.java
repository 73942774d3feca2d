package org.teenygrad.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.HuggingFace;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.state.FileException;

/// Finds out what a folder has, and reads it to the default device.
public final class ServedModels {
  private static final int GPT2_END = 50256;

  private ServedModels() {}

  /// | folder of | is told by |
  /// | --- | --- |
  /// | GPT-2, in Hugging Face's layout | the `model_type` in its `config.json` |
  /// | nanochat's trainings | `tokenizer.json` |
  /// | a training of nanoGPT | neither |
  ///
  /// @param stage of nanochat's; null for the last that there is
  /// @throws FileException if something is missing, damaged, or of another kind
  public static ServedModel read(Path folder, @Nullable Stage stage) {
    if (isHuggingFace(folder.resolve("config.json"))) {
      return new ServedModel("gpt2", HuggingFace.gpt2(folder), Tokenizer.gpt2(), new int[] {GPT2_END}, new int[] {GPT2_END}, null, Gpt.SAMPLING);
    }
    if (Files.exists(folder.resolve("tokenizer.json")) || !Files.exists(new RunFolder(folder).config())) {
      return NanochatModel.read(folder, stage);
    }
    RunFolder.Trained trained = new RunFolder(folder).model();
    return new ServedModel("nanogpt", trained.model(), trained.tokenizer(), new int[0], new int[0], null, Gpt.SAMPLING);
  }

  private static boolean isHuggingFace(Path config) {
    try {
      return Files.exists(config) && Files.readString(config).contains("\"model_type\"");
    } catch (IOException e) {
      throw FileException.cannotRead(config, e);
    }
  }
}
