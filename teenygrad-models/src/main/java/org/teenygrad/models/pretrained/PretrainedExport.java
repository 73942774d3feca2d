package org.teenygrad.models.pretrained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.models.inference.CausalModel;
import org.teenygrad.models.llama.Gemma;
import org.teenygrad.models.llama.GgufExport;
import org.teenygrad.models.llama.HuggingFaceLlama;
import org.teenygrad.models.llama.Llama;
import org.teenygrad.models.nanogpt.GgufGpt;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.HuggingFace;
import org.teenygrad.models.nanogpt.RunFolder;
import org.teenygrad.models.tokenizer.VocabularyExport;
import org.teenygrad.state.FileException;
import org.teenygrad.state.GgufWriter;
import org.teenygrad.state.TensorFile;

/// Writes models for other programs: what there is at a path, a training of nanoGPT's, a GGUF file or a folder in Hugging Face's
/// layout, as one of the last two. [Pretrained#read] reads them again.
///
/// ```java
/// PretrainedExport.gguf(Path.of("out/nanogpt"), GgufWriter.Type.Q8_0, Path.of("model.gguf"));
/// ```
public final class PretrainedExport {
  /// What belongs to a folder's tokenizer.
  private static final List<String> TOKENIZER_FILES = List.of(
      "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json", "special_tokens_map.json", "vocab.json", "merges.txt");

  private PretrainedExport() {}

  /// @param vocabulary as the metadata of a GGUF file
  private record Source(CausalModel model, Map<String, Object> vocabulary) {}

  /// @param type of the matrices
  /// @throws FileException if something cannot be read or written
  /// @throws IllegalArgumentException if a GGUF file cannot have the model or its tokenizer
  public static void gguf(Path from, GgufWriter.Type type, Path file) {
    Source source = read(from);
    switch (source.model) {
      case Llama llama -> GgufExport.write(llama, type, source.vocabulary, file);
      case Gemma gemma -> GgufExport.write(gemma, type, source.vocabulary, file);
      default -> GgufGpt.write(source.model, type, source.vocabulary, file);
    }
  }

  /// @param type of the weights
  /// @param folder is made if need be
  /// @throws FileException if something cannot be read or written
  /// @throws IllegalArgumentException if such a folder cannot have the model or its tokenizer
  public static void huggingFace(Path from, DType type, Path folder) {
    boolean isFolder = Pretrained.kind(from) == Pretrained.Kind.HUGGING_FACE;
    Source source = isFolder ? new Source(Pretrained.read(from).model(), Map.of()) : read(from);
    create(folder);
    switch (source.model) {
      case Llama llama -> HuggingFaceLlama.write(llama, type, folder);
      case Gpt gpt -> HuggingFace.write(gpt, type, folder);
      case Gemma _ -> throw new IllegalArgumentException("Gemma is written for llama.cpp only: folders come from its makers");
      default -> throw new IllegalArgumentException("its head is not its embedding, as transformers' GPT-2 has it");
    }
    if (isFolder) {
      copy(from, folder);
    } else {
      VocabularyExport.write(source.vocabulary, folder);
    }
  }

  private static Source read(Path from) {
    return switch (Pretrained.kind(from)) {
      case OTHER -> {
        RunFolder.Trained trained = new RunFolder(from).model();
        yield new Source(trained.model(), VocabularyExport.ofCharacters(trained.tokenizer()));
      }
      case GGUF -> {
        CausalModel model = Pretrained.read(from).model();
        try (TensorFile file = TensorFile.open(from)) {
          yield new Source(model, VocabularyExport.ofGguf(file.metadata()));
        }
      }
      case HUGGING_FACE -> folder(from);
    };
  }

  private static Source folder(Path from) {
    Pretrained read = Pretrained.read(from);
    if (!Files.exists(from.resolve("tokenizer.json"))) {
      throw FileException.lacking(from, "a tokenizer.json, whose vocabulary the file would have");
    }
    Map<String, Object> vocabulary = new HashMap<>(VocabularyExport.ofFolder(from, read.model().vocabSize()));
    vocabulary.put("tokenizer.ggml.add_bos_token", read.beginning().length > 0);
    if (read.beginning().length > 0) {
      vocabulary.put("tokenizer.ggml.bos_token_id", read.beginning()[0]);
    }
    if (read.ends().length > 0) {
      vocabulary.put("tokenizer.ggml.eos_token_id", read.ends()[0]);
    }
    @Nullable String template = HuggingFaceFolder.template(from);
    if (template != null) {
      vocabulary.put("tokenizer.chat_template", template);
    }
    return new Source(read.model(), vocabulary);
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.cannotWrite(folder, e);
    }
  }

  private static void copy(Path from, Path folder) {
    for (String name : TOKENIZER_FILES) {
      Path file = from.resolve(name);
      try {
        if (Files.exists(file) && !(Files.exists(folder.resolve(name)) && Files.isSameFile(file, folder.resolve(name)))) {
          Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      } catch (IOException e) {
        throw FileException.cannotWrite(folder.resolve(name), e);
      }
    }
  }
}
