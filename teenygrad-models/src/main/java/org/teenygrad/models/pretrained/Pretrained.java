package org.teenygrad.models.pretrained;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.teenygrad.data.Tokenizer;
import org.teenygrad.models.huggingface.ConfigFile;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.state.FileException;

/// A model that others trained, with what belongs to it.
///
/// @param name of the file or folder
/// @param beginning the tokens before a text that is to be continued
/// @param ends tokens that end a text
/// @param chat how conversations are written; null for a model that only continues texts
/// @param sampling how its makers choose tokens
public record Pretrained(
    String name, CausalModel model, Tokenizer tokenizer, int[] beginning, int[] ends, @Nullable ChatTemplate chat, Sampling sampling) {
  private static final int MAX_BYTES = 1 << 20;

  /// What there is at a path.
  public enum Kind {
    /// A GGUF file: any file.
    GGUF,
    /// A folder in Hugging Face's layout, of a model that there is here.
    HUGGING_FACE,
    /// Something else.
    OTHER
  }

  public static Kind kind(Path path) {
    return Files.isRegularFile(path) ? Kind.GGUF
        : switch (modelType(path)) {
          case "gpt2", "llama", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text" -> Kind.HUGGING_FACE;
          default -> Kind.OTHER;
        };
  }

  /// The `model_type` in a folder's `config.json`; empty where there is none.
  /// @throws FileException if that is damaged
  public static String modelType(Path folder) {
    Path config = folder.resolve("config.json");
    return Files.exists(config) ? ConfigFile.read(config, MAX_BYTES, "a configuration", file -> file.text("model_type", "")) : "";
  }

  /// Reads a file or a folder to the default device.
  /// @throws FileException if something is missing, damaged, or of a model that there is none of here
  public static Pretrained read(Path path) {
    return Files.isRegularFile(path) ? GgufModel.read(path) : HuggingFaceFolder.read(path);
  }
}
