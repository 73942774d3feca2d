package org.teenygrad.serve;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.pretrained.Pretrained;
import org.teenygrad.nanochat.huggingface.ModelExport;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.state.FileException;

/// Finds out what a file or folder has, and reads it to the default device.
public final class ServedModels {
  private ServedModels() {}

  /// | file or folder of | is told by |
  /// | --- | --- |
  /// | a GGUF file with GPT-2, Llama, Qwen2, Qwen3 or Gemma | being a file |
  /// | GPT-2, Llama, Qwen2, Qwen3, Gemma or an exported nanochat, in Hugging Face's layout | the `model_type` in its `config.json` |
  /// | nanochat's trainings | `tokenizer.json` |
  /// | a training of nanoGPT | neither |
  ///
  /// @param stage of nanochat's; null for the last that there is
  /// @throws FileException if something is missing, damaged, or of another kind
  public static ServedModel read(Path folder, @Nullable Stage stage) {
    if (Pretrained.kind(folder) != Pretrained.Kind.OTHER) {
      return TemplateFormat.served(Pretrained.read(folder));
    }
    String type = Pretrained.modelType(folder);
    if (type.equals("nanochat")) {
      NanochatTokenizer tokenizer = ModelExport.tokenizer(folder);
      return NanochatModel.served("nanochat", ModelExport.read(folder).requireTokenizer(tokenizer).computing(), tokenizer);
    }
    if (!type.isEmpty()) {
      throw FileException.lacking(folder, "a model that there is one of here: its model_type is '" + type + "'");
    }
    if (Files.exists(folder.resolve("tokenizer.json")) || !Files.exists(new RunFolder(folder).config())) {
      return NanochatModel.read(folder, stage);
    }
    RunFolder.Trained trained = new RunFolder(folder).model();
    return new ServedModel("nanogpt", trained.model(), trained.tokenizer(), new int[0], new int[0], null, Gpt.SAMPLING);
  }
}
