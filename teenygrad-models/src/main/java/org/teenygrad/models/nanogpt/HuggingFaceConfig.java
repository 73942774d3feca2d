package org.teenygrad.models.nanogpt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.teenygrad.engine.runtime.RegularFile;
import org.teenygrad.state.FileException;

/// The `config.json` of a GPT-2 directory of Hugging Face's.
///
/// What this model does not do is refused, rather than computed in another way than the weights were made for.
final class HuggingFaceConfig {
  private static final String KIND = "a configuration of GPT-2";
  private static final int MAX_BYTES = 1 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final Map<String, Object> values;

  private HuggingFaceConfig(Path file, Map<String, Object> values) {
    this.file = file;
    this.values = values;
  }

  /// @throws FileException if it cannot be read, or is not of a GPT-2 that this model can be
  static GptConfig read(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(RegularFile.read(file, MAX_BYTES));
      return new HuggingFaceConfig(file, values(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString())).config();
    } catch (JsonProcessingException e) {
      throw FileException.malformed(file, KIND, "it is not valid JSON (" + e.getOriginalMessage() + ")");
    } catch (CharacterCodingException e) {
      throw FileException.malformed(file, KIND, "it is not UTF-8");
    } catch (IOException e) {
      throw FileException.cannotRead(file, e);
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file, KIND, String.valueOf(e.getMessage()));
    }
  }

  /// The numbers, strings and truths of the outermost object.
  private static Map<String, Object> values(String text) throws IOException {
    Map<String, Object> values = new HashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is not a JSON object");
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        switch (json.nextToken()) {
          case VALUE_STRING -> values.put(name, json.getText());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> values.put(name, json.getDoubleValue());
          case VALUE_TRUE, VALUE_FALSE -> values.put(name, json.getBooleanValue());
          case null, default -> json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("it goes on after the JSON object");
      }
    }
    return values;
  }

  private GptConfig config() {
    require("model_type", "gpt2");
    require("layer_norm_epsilon", 1e-5);
    require("scale_attn_weights", true);
    require("scale_attn_by_inverse_layer_idx", false);
    require("tie_word_embeddings", true);
    require("add_cross_attention", false);
    int dim = size("n_embd");
    require("n_inner", 4.0 * dim);
    int context = values.containsKey("n_positions") ? size("n_positions") : size("n_ctx");
    double dropout = values.get("resid_pdrop") instanceof Double p ? p : 0.1;
    return new GptConfig(size("vocab_size"), context, size("n_layer"), size("n_head"), dim, dropout, true, gelu());
  }

  private GptConfig.Gelu gelu() {
    return switch (values.getOrDefault("activation_function", "gelu_new").toString()) {
      case "gelu" -> GptConfig.Gelu.ERF;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> GptConfig.Gelu.TANH;
      case String other -> throw FileException.malformed(file, KIND, "its activation_function is " + other);
    };
  }

  private int size(String name) {
    if (values.get(name) instanceof Double size && size == Math.rint(size) && size >= 1 && size <= Integer.MAX_VALUE) {
      return (int) (double) size;
    }
    throw FileException.malformed(file, KIND, "it has no " + name);
  }

  private void require(String name, Object only) {
    Object value = values.getOrDefault(name, only);
    if (!value.equals(only)) {
      throw FileException.malformed(file, KIND, String.format(Locale.ROOT, "its %s is %s, but this model has %s",
          name, value, only));
    }
  }
}
