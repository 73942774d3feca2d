package org.teenygrad.nanochat.huggingface;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.Tensor;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.tokenizer.TokenizerFiles;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;
import org.teenygrad.state.State;
import org.teenygrad.train.ComputeType;

/// A model as a folder of Hugging Face's transformers: `config.json`, `model.safetensors`, `tokenizer.json`.
///
/// ```java
/// ModelExport.write(folder.model(), folder.tokenizer(), Path.of("exported"));
/// TrainedModel same = ModelExport.read(Path.of("exported"));   // the same logits, to the last bit
/// ```
/// What transformers' NanoChatForCausalLM has, has its names. It is an earlier nanochat: value embeddings and their gates, the smear, the
/// backout, the factors of the residual stream, windows and the sharper attention are not in it. They are in the files nevertheless, and
/// `config.json` lists them under `nanochat`.
public final class ModelExport {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String TOKENIZER = "tokenizer.json";

  /// The member of `config.json` that says what NanoChatConfig has no word for.
  private static final String OURS = "nanochat";

  private ModelExport() {}

  /// Writes the three files into a folder, which is made if need be.
  /// @throws FileException if one cannot be written
  /// @throws IllegalArgumentException if the tokenizer is not the model's
  public static void write(TrainedModel trained, NanochatTokenizer tokenizer, Path folder) {
    Gpt model = trained.requireTokenizer(tokenizer).model();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.cannotWrite(folder, e);
    }
    Map<String, Tensor> weights = new LinkedHashMap<>();
    model.stateDict().forEach((name, tensor) -> weights.put(ParameterNames.of(name), tensor));
    State.save(folder.resolve(WEIGHTS), weights, Map.of("format", "pt"));
    TokenizerFiles.write(tokenizer, folder.resolve(TOKENIZER));
    AtomicFiles.write(folder.resolve(CONFIG), Json.text(config(trained, tokenizer)) + "\n");
  }

  /// Names of a model's parameters that NanoChatForCausalLM lacks.
  public static List<String> unknownParameters(Gpt model) {
    return model.stateDict().keySet().stream().filter(name -> !ParameterNames.isKnown(name)).map(ParameterNames::of).toList();
  }

  private static Map<String, Object> config(TrainedModel trained, NanochatTokenizer tokenizer) {
    GptConfig shape = trained.model().config();
    Map<String, Object> ours = new LinkedHashMap<>();
    ours.put("vocab_size", shape.vocabSize());
    ours.put("window_pattern", shape.windowPattern());
    ours.put("stage", trained.stage().toString());
    ours.put("iteration", trained.iteration());
    ours.put("dtype", trained.dtype().toString());
    ours.put("parameters_not_in_NanoChatForCausalLM", unknownParameters(trained.model()));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("NanoChatForCausalLM"));
    config.put("model_type", "nanochat");
    config.put("vocab_size", shape.paddedVocabSize());
    config.put("hidden_size", shape.nEmbd());
    config.put("intermediate_size", 4 * shape.nEmbd());
    config.put("num_hidden_layers", shape.nLayer());
    config.put("num_attention_heads", shape.nHead());
    config.put("num_key_value_heads", shape.nKvHead());
    config.put("max_position_embeddings", shape.sequenceLen());
    config.put("hidden_act", "relu2");
    config.put("rms_norm_eps", Gpt.NORM_EPS);
    config.put("final_logit_softcapping", Gpt.SOFT_CAP);
    config.put("rope_parameters", Map.of("rope_type", "default", "rope_theta", Gpt.ROTARY_BASE));
    config.put("attention_bias", false);
    config.put("tie_word_embeddings", false);
    config.put("bos_token_id", tokenizer.token(SpecialToken.BOS));
    config.put("eos_token_id", tokenizer.token(SpecialToken.ASSISTANT_END));
    config.put("dtype", trained.model().lmHead().weight().dtype().toString());
    config.put(OURS, ours);
    return config;
  }

  /// The model in a folder that [#write] has written, on the default device.
  /// @throws FileException if a file cannot be read or is not what it should be
  public static TrainedModel read(Path folder) {
    Path file = folder.resolve(CONFIG);
    try {
      Map<String, Object> config = Json.object(Files.readString(file));
      if (!(config.get(OURS) instanceof Map<?, ?>)) {
        throw new IllegalArgumentException("it has no \"" + OURS + "\", so that its model lacks value embeddings, smear and backout: "
            + "only what export --to hf has written is read");
      }
      Map<String, Object> ours = Json.object(config, OURS);
      GptConfig shape = new GptConfig(
          Json.integer(config, "max_position_embeddings"), Json.integer(ours, "vocab_size"), Json.integer(config, "num_hidden_layers"),
          Json.integer(config, "num_attention_heads"), Json.integer(config, "num_key_value_heads"), Json.integer(config, "hidden_size"),
          Json.string(ours, "window_pattern"));
      return new TrainedModel(
          model(shape, folder.resolve(WEIGHTS)),
          Stage.valueOf(Json.string(ours, "stage").toUpperCase(Locale.ROOT)),
          ComputeType.valueOf(Json.string(ours, "dtype").toUpperCase(Locale.ROOT)),
          Json.integer(ours, "iteration"));
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file, "the configuration of an exported model", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    }
  }

  private static Gpt model(GptConfig shape, Path file) {
    Map<String, Tensor> stored = State.load(file);
    Tensor embedding = stored.get(ParameterNames.of("transformer.wte.weight"));
    if (embedding == null) {
      throw new IllegalArgumentException(file.getFileName() + " has no token embedding");
    }
    Gpt model = Gpt.of(shape, embedding.dtype());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (String name : model.stateDict().keySet()) {
      Tensor weight = stored.get(ParameterNames.of(name));
      if (weight == null) {
        throw new IllegalArgumentException(file.getFileName() + " has no " + ParameterNames.of(name));
      }
      weights.put(name, weight);
    }
    model.loadStateDict(weights);
    return model;
  }

  /// The tokenizer in a folder that [#write] has written.
  /// @throws IllegalArgumentException if there is none, or it is of another kind
  public static NanochatTokenizer tokenizer(Path folder) {
    return TokenizerFiles.read(folder.resolve(TOKENIZER));
  }
}
